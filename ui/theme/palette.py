"""Colours: the map's printed-sheet tones, four sets of side colours, cards of nations, the graphite and paper panels.

A side is never told by colour alone: corner shape, hatch and line pattern go with it (`ui.map.marks.counters`,
`ui.map.ground.control`). `USES` lists which ink stands on which ground, so that contrast is tested as a table.
"""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[int, int, int]


def rgb(text: str) -> Rgb:
    """``#1F3A57`` -> (31, 58, 87)."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """Colour `a` with `share` (0..1) of `b`."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


# The map.
HEIGHT_STOPS_M = (0, 20, 60, 110, 170, 230, 300)
HEIGHT_TINTS = tuple(rgb(c) for c in
                     ("#DDE2D3", "#E2E4D2", "#E6E3CD", "#E3DAC0", "#DBCDAE", "#CFBB98", "#C2AA85"))  # fmt: skip
FOREST, DENSE_FOREST = rgb("#B3C3A0"), rgb("#8BA27C")
MARSH, MARSH_STROKE = rgb("#CFDCD6"), rgb("#5E8AA0")
BUILT_UP = rgb("#B9A79B")
SEA_SHORE, SEA_NEAR, SEA_FAR = rgb("#D3E0E6"), rgb("#C2D4DE"), rgb("#B3C9D6")
LAKE, COAST = rgb("#BCD0DB"), rgb("#5F8299")
RIVER, RIVER_CASING, RIVER_CORE, RIVER_NAME = rgb("#4A82A6"), rgb("#DCE8EC"), rgb("#9FC3D8"), rgb("#275D7D")
RAILWAY, RAIL_GAP = rgb("#2B2B2B"), rgb("#F4F1E4")
MAIN_ROAD, ROAD_CASING, OTHER_ROAD = rgb("#B5793D"), rgb("#FBF4E2"), rgb("#C9A87C")
GRID, GRATICULE = rgb("#6E6A58"), rgb("#4F5F66")
PLACE_NAME, PLACE_HALO = rgb("#1F1E1A"), rgb("#F6F3E6")
SECOND_NAME = rgb("#4A4638")
WATER_NAME, WATER_HALO = rgb("#2E5C78"), rgb("#E4ECF0")
OUTSIDE, OUTSIDE_LINE = rgb("#CFCBBE"), rgb("#B5B1A4")
MUD, SNOW, ICE = rgb("#8A6B45"), rgb("#EEF1F1"), rgb("#E6EDF0")
RECORDED = rgb("#1B1B1B")
REACH = rgb("#FFF4C2")


@dataclass(frozen=True)
class SideSet:
    """Line and tint of both sides (Axis, Soviet), and the cards of the Army and the Red Army in this set."""

    name: str
    lines: tuple[Rgb, Rgb]
    tints: tuple[Rgb, Rgb]
    army: tuple[Rgb, Rgb]
    """Card and ink of the German Army."""
    red_army: tuple[Rgb, Rgb]


_DARK, _WHITE = rgb("#14181B"), rgb("#FFFFFF")
SIDE_SETS = {
    "standard": SideSet("Standard", (rgb("#1F3A57"), rgb("#A8401F")), (rgb("#7F9BB8"), rgb("#D89A7C")),
                        (rgb("#A7B0A8"), _DARK), (rgb("#8E3B26"), _WHITE)),
    "blue_orange": SideSet("Blue and orange", (rgb("#1F4E79"), rgb("#A65A00")), (rgb("#8FB6DA"), rgb("#F0B46A")),
                           (rgb("#9DC0E0"), _DARK), (rgb("#8A4A00"), _WHITE)),
    "violet_yellow": SideSet("Violet and yellow", (rgb("#3B2A6B"), rgb("#6B5B00")),
                             (rgb("#9C8FC7"), rgb("#D6C24A")), (rgb("#B9AEDD"), _DARK), (rgb("#5A4C00"), _WHITE)),
    "ink": SideSet("Ink", (rgb("#1B1B1B"), rgb("#5A5A5A")), (rgb("#8A8A8A"), rgb("#D8D8D8")),
                   (rgb("#B8B8B8"), _DARK), (rgb("#4A4A4A"), _WHITE)),
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A counter's body: card, ink on it, and the field inside the frame."""

    card: Rgb
    ink: Rgb
    frame: Rgb


CARDS = {
    "army": Card(rgb("#A7B0A8"), _DARK, rgb("#F4F3EA")),
    "ss": Card(rgb("#26282B"), _WHITE, rgb("#E9E6DA")),
    "luftwaffe": Card(rgb("#6E97B5"), rgb("#10202B"), rgb("#F2F1E6")),
    "hungary": Card(rgb("#7D8B4B"), rgb("#10150A"), rgb("#F2F1E6")),
    "romania": Card(rgb("#C2A24A"), rgb("#1D1705"), rgb("#F6F0DD")),
    "finland": Card(rgb("#C9D3DA"), rgb("#1A2733"), rgb("#FFFFFF")),
    "red": Card(rgb("#8E3B26"), _WHITE, rgb("#F6EBDD")),
    "guards": Card(rgb("#8E3B26"), _WHITE, rgb("#F6EBDD")),
}
AXIS_EDGE, AXIS_KEYLINE, SOVIET_EDGE = rgb("#14181B"), rgb("#E9EAE4"), rgb("#2A0F08")
ICON_INK = rgb("#101214")


def card_of(nation: str, sides: SideSet) -> Card:
    """The card of a nation under a set of side colours (only the Army and the Red Army follow the set)."""
    base = CARDS.get(nation, CARDS["army"])
    if nation == "army":
        return Card(*sides.army, base.frame)
    if nation in ("red", "guards"):
        return Card(*sides.red_army, base.frame)
    return base


@dataclass(frozen=True)
class Panel:
    """Interface tones of one theme."""

    name: str
    background: Rgb
    panel: Rgb
    raised: Rgb
    on: Rgb
    line: Rgb
    text: Rgb
    second: Rgb
    faint: Rgb
    accent: Rgb
    on_accent: Rgb
    focus: Rgb
    link: Rgb
    fault: Rgb
    bar: Rgb
    bar_ground: Rgb
    axis_bar: Rgb
    soviet_bar: Rgb
    soviet_stroke: Rgb
    row_on: Rgb


GRAPHITE = Panel(
    "graphite", rgb("#1B2026"), rgb("#232A31"), rgb("#2B333B"), rgb("#3E4A55"), rgb("#3C4650"), rgb("#E8E6DF"),
    rgb("#A9B0B5"), rgb("#8E989F"), rgb("#E3B23C"), rgb("#14181B"), rgb("#FFD866"), rgb("#6FB1D6"), rgb("#E07B53"),
    rgb("#D9DDE0"), rgb("#12161A"), rgb("#8FB0CE"), rgb("#E09A78"), rgb("#7A2A18"), rgb("#4A3F20"),
)  # fmt: skip
PAPER = Panel(
    "paper", rgb("#F3EFE2"), rgb("#FBF9F1"), rgb("#FFFFFF"), rgb("#E4DFCE"), rgb("#B9B29C"), rgb("#1F1E1A"),
    rgb("#4A4638"), rgb("#6B6757"), rgb("#8A5A00"), rgb("#FFFFFF"), rgb("#8A5A00"), rgb("#1F4E79"), rgb("#A33A1A"),
    rgb("#3A3A34"), rgb("#DAD5C4"), rgb("#3E6C99"), rgb("#B86A45"), rgb("#FBE9DC"), rgb("#EBDDB4"),
)  # fmt: skip
PANELS = {"graphite": GRAPHITE, "paper": PAPER}
SELECTION, SELECTION_RIM = rgb("#FFD866"), rgb("#1A1710")


def uses(panel: Panel) -> list[tuple[str, Rgb, Rgb, float]]:
    """(what, ink, ground, least contrast): every text on every ground it is used on."""
    grounds = {"background": panel.background, "panel": panel.panel, "raised": panel.raised}
    rows = [(f"text on {n}", panel.text, g, 4.5) for n, g in grounds.items()]
    rows += [(f"secondary on {n}", panel.second, g, 4.5) for n, g in grounds.items()]
    rows += [
        ("text on a pressed button", panel.text, panel.on, 4.5),
        ("secondary on a pressed button", panel.second, panel.on, 3.0),
        ("faint on panel", panel.faint, panel.panel, 4.5),
        ("accent on panel", panel.accent, panel.panel, 4.5),
        ("text on accent", panel.on_accent, panel.accent, 4.5),
        ("link on panel", panel.link, panel.panel, 4.5),
        ("fault on panel", panel.fault, panel.panel, 4.5),
        ("text on the selected row", panel.text, panel.row_on, 4.5),
        ("bar on its ground", panel.bar, panel.bar_ground, 3.0),
        ("focus on panel", panel.focus, panel.panel, 3.0),
    ]
    for name, card in CARDS.items():
        rows.append((f"ink on the card of {name}", card.ink, card.card, 4.5))
    for sides in SIDE_SETS.values():
        rows.append((f"Army ink, {sides.name}", sides.army[1], sides.army[0], 4.5))
        rows.append((f"Red Army ink, {sides.name}", sides.red_army[1], sides.red_army[0], 4.5))
    rows += [
        ("place name on its halo", PLACE_NAME, PLACE_HALO, 4.5),
        ("second name on its halo", SECOND_NAME, PLACE_HALO, 4.5),
        ("water name on its halo", WATER_NAME, WATER_HALO, 4.5),
        ("river name on its halo", RIVER_NAME, WATER_HALO, 4.5),
    ]
    return rows
