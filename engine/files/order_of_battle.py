"""Headquarters, formations, assets and dated changes from their rows: who obeys whom, who stands where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.files.checked import Table, shared
from engine.files.faults import shown
from engine.files.setting import HEADQUARTERS, Setting
from engine.model.forces import DEPARTURES, AssetSpec, FormationSpec, HeadquartersSpec, KindSpec, ReinforcementSpec

_SUBJECTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "asset": (("assets",), "the id of an asset"),
    "commander": (("forces", "headquarters"), "the id of a formation or headquarters"),
    "rename": (("forces", "headquarters"), "the id of a formation or headquarters"),
    "attach": (("forces", "headquarters"), "the id of a formation or headquarters"),
}


def headquarters_of(setting: Setting) -> tuple[HeadquartersSpec, ...]:
    """All headquarters; faults for unknown superiors, other sides and circles."""
    table = setting.tables["headquarters"]
    found = []
    for key, checked in table.items():
        data = checked.data
        if key in setting.tables["forces"]:
            setting.complain(checked.at("id"), "an id of its own", f"{key!r}, a formation's, too", code="ref/twice")
        if data.parent:
            setting.refer(checked, "parent", data.parent, "headquarters", HEADQUARTERS)
            setting.same_side(checked, "parent", data.parent, data.side)
        here = setting.needed_place(checked)
        if here is not None:
            values = shared(checked, HeadquartersSpec) | {"lat": here.lat, "lon": here.lon, "cell": here.cell}
            found.append(HeadquartersSpec(**values))
    _check_tree(setting, table)
    return tuple(found)


def _check_tree(setting: Setting, table: Table) -> None:
    settled: set[str] = set()
    for key in table:
        chain: list[str] = []
        here = key
        while here in table and here not in settled and here not in chain:
            chain.append(here)
            here = table[here].data.parent
        if here in chain:
            circle = chain[chain.index(here) :]
            first = circle.index(min(circle))
            turned = [*circle[first:], *circle[:first], circle[first]]
            found = f"a circle: {' -> '.join(turned)}"
            setting.complain(table[circle[first]].at("parent"), "a tree of command", found, code="tree/circle")
        settled.update(chain)


def formations_of(setting: Setting, kinds: Mapping[str, KindSpec]) -> tuple[FormationSpec, ...]:
    """All formations; what a row leaves blank is its kind's."""
    changes = setting.tables["reinforcements"].values()
    entering = {c.data.subject for c in changes if c.data.kind == "arrive"}
    found = []
    for key, checked in setting.tables["forces"].items():
        data = checked.data
        setting.refer(checked, "parent", data.parent, "headquarters", HEADQUARTERS)
        setting.same_side(checked, "parent", data.parent, data.side)
        kind = kinds.get(data.kind)
        if kind is None:
            setting.refer(checked, "kind", data.kind, "kinds", "a kind of common/kinds.csv")
            continue
        here = setting.place(checked) if key in entering else setting.needed_place(checked)
        if here is None and key not in entering:
            continue
        values = shared(checked, FormationSpec) | {
            "cell": here.cell if here else -1,
            "lat": here.lat if here else 0.0,
            "lon": here.lon if here else 0.0,
            "arrives_min": max(0, setting.minute(data.arrives, 0)),
            "men": kind.men if data.men is None else data.men,
            "afv": kind.afv if data.afv is None else data.afv,
            "guns": kind.guns if data.guns is None else data.guns,
            "quality": kind.cev if data.quality is None else data.quality,
        }
        found.append(FormationSpec(**values))
    return tuple(found)


def assets_of(setting: Setting) -> tuple[AssetSpec, ...]:
    """All army troops, air and ships; their side is their headquarters'."""
    superiors = setting.tables["headquarters"]
    found = []
    for key, checked in setting.tables["assets"].items():
        data = checked.data
        if key in superiors or key in setting.tables["forces"]:
            setting.complain(checked.at("id"), "an id of its own", f"{key!r}, another's too", code="ref/twice")
        if data.until is not None and data.from_ is not None and data.until <= data.from_:
            late = shown(data.until.isoformat())
            setting.complain(checked.at("until"), "a time after `from`", late, code="date/order")
        here = setting.place(checked)
        if setting.refer(checked, "hq", data.hq, "headquarters", HEADQUARTERS):
            values = shared(checked, AssetSpec) | {
                "side": superiors[data.hq].data.side,
                "cell": here.cell if here else -1,
                "from_min": setting.minute(data.from_, 0),
                "until_min": setting.minute(data.until, -1),
            }
            found.append(AssetSpec(**values))
    return tuple(found)


def reinforcements_of(setting: Setting) -> tuple[ReinforcementSpec, ...]:
    """All dated changes, in order of time."""
    found = []
    for checked in setting.tables["reinforcements"].values():
        data = checked.data
        tables, what = _SUBJECTS.get(data.kind, (("forces",), "the id of a formation"))
        setting.refer(checked, "subject", data.subject, tables, what)
        if data.kind in ("attach", "asset") or data.hq:
            setting.refer(checked, "hq", data.hq, "headquarters", HEADQUARTERS)
        if data.kind == "rename" and not data.text:
            setting.complain(checked.at("text"), "a name in `text`", "nothing", code="row/missing")
        here = setting.place(checked)
        values = shared(checked, ReinforcementSpec) | {
            "at_min": setting.minute(data.at, 0),
            "cell": here.cell if here else -1,
            "staff": data.staff or 0.0,
        }
        found.append(ReinforcementSpec(**values))
    return tuple(sorted(found, key=lambda row: (row.at_min, row.id)))


def arrivals_folded(
    formations: tuple[FormationSpec, ...], reinforcements: tuple[ReinforcementSpec, ...]
) -> tuple[tuple[FormationSpec, ...], tuple[ReinforcementSpec, ...]]:
    """Put each formation's first `arrive` into its own row (time, superior, place); the other rows stay."""
    first: dict[str, ReinforcementSpec] = {}
    rest = []
    left: set[str] = set()
    for row in reinforcements:  # by time: who leaves before he arrives is there at the start, and comes back
        if row.kind == "arrive" and row.subject not in first and row.subject not in left:
            first[row.subject] = row
        else:
            rest.append(row)
            left |= {row.subject} if row.kind in DEPARTURES else set()
    changed = []
    for formation in formations:
        arrival = first.get(formation.id)
        if arrival is not None:
            formation = replace(
                formation,
                arrives_min=max(0, arrival.at_min),
                cell=arrival.cell if arrival.cell >= 0 else formation.cell,
                parent=arrival.hq or formation.parent,
            )
        changed.append(formation)
    return tuple(changed), tuple(rest)
