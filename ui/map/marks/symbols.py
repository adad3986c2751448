"""Which counters stand where: stacks by hex in close zoom, brigades in divisions, divisions in corps, corps in armies.

Merging follows the order of battle, not distance. A merged symbol carries the summed strength and the worst supply
of its parts; two that overlap are pushed apart towards their own rear.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from ui.map.camera import ARMY, OPERATIONAL, STOPS, THEATRE, tier_of
from ui.map.marks.counters import DAY_OLD, HOURS_OLD, KNOWN, Look
from ui.map.scene import Frame, Story

VALUES = ("strength", "power", "readiness", "supply days", "order")
CARD_SIZE = {6: 32, 10: 32, 14: 32, 20: 32, 28: 24, 36: 32, 56: 48, 72: 64, 96: 64}
"""Card side in logical pixels at each zoom stop."""
REST = 5
DIVISION, CORPS, ARMY_LEVEL = 5, 6, 7


@dataclass(frozen=True)
class Symbol:
    """A counter on the map at a projected point."""

    x_m: float
    y_m: float
    hex: int
    look: Look
    members: tuple[int, ...]
    """Units that it stands for, the top one first; empty for a sighting of something unknown."""
    moving: bool = False
    label: str = ""

    @property
    def top(self) -> int:
        """The unit a click selects first."""
        return self.members[0] if self.members else -1


def present(story: Story, frame: Frame) -> np.ndarray:
    """Numbers of the units that the viewer sees on the map."""
    return np.flatnonzero(frame.hex >= 0)


def position(story: Story, frame: Frame, unit: int, minute: float) -> tuple[float, float, bool]:
    """Where a unit is at a minute, between hexes while it marches; and whether it is moving."""
    grid = story.theatre.grid
    x, y = grid.centres_m[frame.hex[unit]]
    to = int(frame.leg_to[unit])
    if to < 0 or frame.leg_at[unit] <= frame.departed_at[unit]:
        return float(x), float(y), False
    share = (minute - frame.departed_at[unit]) / (frame.leg_at[unit] - frame.departed_at[unit])
    share = min(max(share, 0.0), 1.0)
    tx, ty = grid.centres_m[to]
    return float(x + (tx - x) * share), float(y + (ty - y) * share), True


def look_of(story: Story, frame: Frame, unit: int, size: int, value: str = "strength") -> Look:
    """The look of one unit's card."""
    u = story.units[unit]
    men = int(frame.men[unit])
    share = min(1.0, men / u.men_full) if men >= 0 and u.men_full else -1.0
    ready = int(frame.readiness[unit])
    age = int(frame.age_min[unit])
    works = int(frame.works[unit])
    return Look(
        size, u.side, u.nation, u.arm, u.echelon, u.face, _value(story, frame, unit, value, share),
        strength=-1 if u.headquarters or share < 0 else max(1, round(share * 8)) if men else 0,
        readiness=-1 if u.headquarters or ready < 0 else min(4, (ready + 125) // 250),
        supply=max(0, int(frame.supply[unit])),
        works=5 if works >= 3 else 3 if works >= 1 else 0,
        headquarters=u.headquarters,
        knowledge=DAY_OLD if age > 1440 else HOURS_OLD if age > 360 else KNOWN,
        age_h=age // 60 if age > 1440 else 0,
        resting=int(frame.task[unit]) == REST,
        hollow=bool(frame.hollow[unit]),
    )  # fmt: skip


def _value(story: Story, frame: Frame, unit: int, value: str, share: float) -> str:
    if story.units[unit].headquarters:
        return ""
    if value == "power":
        return str(round(frame.power[unit] / 1000)) if frame.power[unit] >= 0 else ""
    if value == "readiness":
        return str(int(frame.readiness[unit]) // 10) if frame.readiness[unit] >= 0 else ""
    if value == "supply days":
        return f"{frame.ammo[unit] / 10:.0f}" if frame.ammo[unit] >= 0 else ""
    if value == "order":
        return {1: "M", 2: "A", 3: "W", 8: "X"}.get(int(frame.task[unit]), "")
    return str(round(share * 100)) if share >= 0 else ""


def card_size(stop: int, factor: float) -> int:
    """Pixels of a card's side at a zoom stop."""
    return round(CARD_SIZE[STOPS[stop]] * factor)


def symbols(story: Story, frame: Frame, stop: int, factor: float, minute: float, *, value: str = "strength",
            on_top: int = -1) -> list[Symbol]:  # fmt: skip
    """All counters of a moment at a zoom stop, drawn in this order. Where marching ones are: `places`."""
    tier, size = tier_of(stop), card_size(stop, factor)
    if tier >= OPERATIONAL:
        out = _stacks(story, frame, minute, size, value, _single(story, frame, tier), on_top)
    elif STOPS[stop] == 28:
        out = _divisions(story, frame, minute, size, value, on_top)
    else:
        out = _merged(story, frame, size, theatre=tier == THEATRE)
    out += _blips(story, frame, size) if tier >= ARMY else []
    return out


def _single(story: Story, frame: Frame, tier: int) -> list[int]:
    """Units with a card of their own; headquarters above corps are left out below the close zoom only when shared."""
    return [int(u) for u in present(story, frame)]


def _stacks(story: Story, frame: Frame, minute: float, size: int, value: str, units: list[int], on_top: int) -> list[Symbol]:
    standing: dict[int, list[int]] = defaultdict(list)
    out: list[Symbol] = []
    for u in units:
        x, y, moving = position(story, frame, u, minute)
        if moving:
            out.append(Symbol(x, y, int(frame.hex[u]), look_of(story, frame, u, size, value), (u,), True))
        else:
            standing[int(frame.hex[u])].append(u)
    still: list[Symbol] = []
    for cell, stack in standing.items():
        stack.sort(key=lambda u: _rank(story, frame, u, on_top))
        x, y = story.theatre.grid.centres_m[cell]
        look = replace(look_of(story, frame, stack[0], size, value), stack=len(stack))
        still.append(Symbol(float(x), float(y), cell, look, tuple(stack)))
    still.sort(key=lambda s: (-s.y_m, s.x_m))
    return still + sorted(out, key=lambda s: s.members)


def _rank(story: Story, frame: Frame, unit: int, on_top: int) -> tuple[bool, bool, int, int]:
    return unit != on_top, story.units[unit].headquarters, -int(frame.power[unit]), unit


def _divisions(story: Story, frame: Frame, minute: float, size: int, value: str, on_top: int) -> list[Symbol]:
    """Divisions with a card each; brigades and smaller ones go into their corps where it has no division beside it."""
    keep: list[int] = []
    smaller: dict[int, list[int]] = defaultdict(list)
    for u in present(story, frame):
        unit = story.units[u]
        if unit.headquarters:
            continue
        if unit.echelon >= DIVISION or frame.parent[u] < 0:
            keep.append(int(u))
        else:
            smaller[int(frame.parent[u])].append(int(u))
    out = _stacks(story, frame, minute, size, value, keep, on_top)
    for parent, parts in smaller.items():
        if story.units[parent].echelon == CORPS and len(parts) > 1:
            out.append(_merge(story, frame, parent, parts, size))
        else:
            out += _stacks(story, frame, minute, size, value, parts, on_top)
    return out


def superior(story: Story, frame: Frame, unit: int, level: int) -> int:
    """The first headquarters of at least a level above a unit, or -1."""
    at = int(frame.parent[unit])
    while at >= 0 and story.units[at].echelon < level:
        at = int(frame.parent[at])
    return at


def _merged(story: Story, frame: Frame, size: int, *, theatre: bool) -> list[Symbol]:
    """Corps; in the theatre tier armies for the Soviet side, whose army is of the size of a German corps."""
    groups: dict[int, list[int]] = defaultdict(list)
    for u in present(story, frame):
        if story.units[u].headquarters:
            continue
        soviet = story.units[u].side == 1
        head = superior(story, frame, int(u), ARMY_LEVEL if theatre and soviet else CORPS)
        if head >= 0 and story.units[head].echelon > ARMY_LEVEL:
            head = superior(story, frame, int(u), CORPS)
        groups[head if head >= 0 else int(u)].append(int(u))
    out = []
    for head, parts in groups.items():
        if head == parts[0]:
            look = look_of(story, frame, head, size)
            x, y = story.theatre.grid.centres_m[frame.hex[head]]
            out.append(Symbol(float(x), float(y), int(frame.hex[head]), look, (head,)))
        else:
            out.append(_merge(story, frame, head, parts, size))
    out.sort(key=lambda s: (-s.y_m, s.x_m))
    return out


def _merge(story: Story, frame: Frame, head: int, parts: list[int], size: int) -> Symbol:
    """One symbol of the higher headquarters for its parts, at their mean, on the nearest hex of their own."""
    grid = story.theatre.grid
    cells = frame.hex[parts]
    x, y = grid.centres_m[cells].mean(axis=0)
    cell = grid.cell_at(float(x), float(y))
    side = story.units[head].side
    if cell < 0 or frame.owner[cell] != side:
        away = np.hypot(*(grid.centres_m[cells] - (x, y)).T)
        cell = int(cells[int(away.argmin())])
        x, y = grid.centres_m[cell]
    men = [int(frame.men[u]) for u in parts if frame.men[u] >= 0]
    full = sum(story.units[u].men_full for u in parts if frame.men[u] >= 0)
    ready = [int(frame.readiness[u]) for u in parts if frame.readiness[u] >= 0]
    own = look_of(story, frame, head, size)
    look = replace(
        own,
        arm=_leading_arm(story, parts) if own.arm == "infantry" else own.arm,
        strength=max(1, round(8 * min(1.0, sum(men) / full))) if full else -1,
        readiness=min(4, (sum(ready) // len(ready) + 125) // 250) if ready else -1,
        supply=max((int(frame.supply[u]) for u in parts), default=0),
        works=0, headquarters=True, value="", age_h=0,
        knowledge=KNOWN if any(frame.age_min[u] <= 360 for u in parts) else HOURS_OLD,
        hollow=bool(frame.hollow[parts].all()),
    )  # fmt: skip
    return Symbol(float(x), float(y), cell, look, (head, *parts))


def _leading_arm(story: Story, parts: list[int]) -> str:
    armour = sum(story.units[u].arm == "armour" for u in parts)
    return "armour" if armour * 2 > len(parts) else "infantry"


def _blips(story: Story, frame: Frame, size: int) -> list[Symbol]:
    out = []
    for blip in frame.blips:
        if blip.hex < 0:
            continue
        x, y = story.theatre.grid.centres_m[blip.hex]
        age = blip.age_min
        look = Look(
            size, blip.side, "red" if blip.side == 1 else "army", "", 0, "", "", strength=-1, readiness=-1,
            knowledge=DAY_OLD if age > 1440 else HOURS_OLD if age > 360 else KNOWN, age_h=age // 60 if age > 1440 else 0,
        )  # fmt: skip
        out.append(Symbol(float(x), float(y), blip.hex, look, (), label=blip.kind))
    return out


def places(story: Story, frame: Frame, plan: list[Symbol], minute: float) -> np.ndarray:
    """Shape (n, 2): projected positions of symbols at a minute; only those on the march are worked out anew."""
    out = np.array([(s.x_m, s.y_m) for s in plan], float).reshape(-1, 2)
    for k, symbol in enumerate(plan):
        if symbol.moving:
            out[k] = position(story, frame, symbol.members[0], minute)[:2]
    return out


def push_apart(places: list[tuple[float, float]], rears: list[tuple[float, float]], size: int) -> list[tuple[float, float]]:
    """Screen positions with overlapping ones moved towards their own rear by at most 1.5 card sides."""
    moved = [list(p) for p in places]
    reach = 1.5 * size
    for _ in range(6):
        still = True
        for a in range(len(moved)):
            for b in range(a + 1, len(moved)):
                dx, dy = moved[b][0] - moved[a][0], moved[b][1] - moved[a][1]
                lap = size * 1.05 - max(abs(dx), abs(dy))
                if lap <= 0:
                    continue
                still = False
                for k, sign in ((a, -1), (b, 1)):
                    rx, ry = rears[k]
                    if abs(dx) + abs(dy) > 1:
                        length = (dx * dx + dy * dy) ** 0.5
                        px, py = sign * dx / length, sign * dy / length
                    else:
                        px, py = sign, 0.0
                    moved[k][0] += (px * 0.6 + rx * 0.4) * lap * 0.5
                    moved[k][1] += (py * 0.6 + ry * 0.4) * lap * 0.5
                    ox, oy = places[k]
                    away = ((moved[k][0] - ox) ** 2 + (moved[k][1] - oy) ** 2) ** 0.5
                    if away > reach:
                        moved[k][0] = ox + (moved[k][0] - ox) * reach / away
                        moved[k][1] = oy + (moved[k][1] - oy) * reach / away
        if still:
            break
    return [(x, y) for x, y in moved]
