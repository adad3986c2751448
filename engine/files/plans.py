"""Directives from the rows of plan files: places become hexes, groups become ids, dates become minutes."""

from __future__ import annotations

from engine.files.checked import Checked, shared
from engine.files.faults import shown
from engine.files.setting import HEADQUARTERS, Setting, item
from engine.model.directive import Directive, Group

_PATHS = ("axis", "line", "fall_back", "objective", "main_effort", "dummy")
_GROUPS = ("assault", "mobile", "reserve")


def directives_of(setting: Setting) -> tuple[Directive, ...]:
    """All directives of both sides."""
    superiors = setting.tables["headquarters"]
    found = []
    for checked in setting.tables["plans"].values():
        data = checked.data
        if not setting.refer(checked, "hq", data.hq, "headquarters", HEADQUARTERS):
            continue
        side = superiors[data.hq].data.side
        written = checked.row.values.get("_side", side)
        if written != side:
            expected = f"a headquarters of side {written} in plan_{written}.toml"
            setting.complain(checked.at("hq"), expected, f"{data.hq!r} of {side}", code="ref/side")
        paths = {name: setting.points(checked, name) for name in _PATHS}
        if data.kind != "evacuate":  # without an objective ships leave the map
            paths["objective"] = paths["objective"] or paths["axis"][-1:]
        _check_trigger(setting, checked)
        values = {
            **shared(checked, Directive),
            **{name: _group(setting, checked, name, side) for name in _GROUPS},
            **paths,
            "side": side,
            "corridor_km": data.corridor_km or 0.0,
            "reserve_share": -1.0 if data.reserve_share is None else data.reserve_share,
            "start_min": max(0, setting.minute(data.start, 0)),
            "end_min": setting.minute(data.end, -1),
            "known_min": max(0, setting.minute(data.known, 0)),
        }
        if data.end is not None and values["end_min"] <= values["start_min"]:
            late = shown(data.end.isoformat())
            setting.complain(checked.at("end"), "an end after the start", late, code="date/order")
        found.append(Directive(**values))
    return tuple(found)


def _group(setting: Setting, checked: Checked, name: str, side: str) -> Group:
    forces = setting.tables["forces"]
    members: list[str] = getattr(checked.data, name)
    if name != "reserve" and len(members) == 1 and members[0].startswith("strongest "):
        return Group(strongest=int(members[0].split()[1]))
    for number, member in enumerate(members):
        spot = item(checked, name, number)
        if member not in forces:
            setting.unknown(spot, member, ("forces",), "the id of a formation")
        elif forces[member].data.side != side:
            setting.complain(spot, f"a formation of side {side}", repr(member), code="ref/side")
        elif member in members[:number]:
            setting.complain(spot, "each formation once", f"{member!r} again", code="row/twice")
    return Group(ids=tuple(sorted(set(members))))


def _check_trigger(setting: Setting, checked: Checked) -> None:
    verb, _, name = checked.data.trigger.partition(":")
    theatre = setting.theatre
    if verb == "after":
        setting.refer(checked, "trigger", name, "plans", "after: and the id of a directive")
        if name == checked.data.id:
            setting.complain(checked.at("trigger"), "another directive", repr(name), code="directive/itself")
    elif verb == "event":
        setting.refer(checked, "trigger", name, "events", "event: and the id of an event of events.toml")
    elif verb and theatre.find_place(name) is None:
        near = theatre.nearest_names(name)
        hint = f"did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        expected = f"{verb}: and a place of theatre {theatre.id}"
        setting.complain(checked.at("trigger"), expected, repr(name), hint, "place/unknown")
