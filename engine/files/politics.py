"""People, political events and victory from their rows: places become hexes, names are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.files.checked import Checked, shared
from engine.files.faults import shown
from engine.files.places import waypoint
from engine.files.setting import HEADQUARTERS, Setting, item
from engine.files.texts import Spot
from engine.model.politics import Condition, Effect, PeopleSpec, PoliticalEvent, VictorySpec

_FORMATION = (("forces",), "the id of a formation")
_ANYBODY = (("forces", "headquarters"), "the id of a formation or headquarters")
_SUBJECTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "withdraw": _FORMATION,
    "arrive": _FORMATION,
    "attach": _ANYBODY,
    "commander": _ANYBODY,
    "rename": _ANYBODY,
    "supply": (("supply_sources",), "the id of a [[supply]]"),
    "permission": (("headquarters",), HEADQUARTERS),
    "people": (("people",), "the id of a row of people.csv"),
    "surrender": _ANYBODY,
}
"""Whom an effect is about: the tables, and what a wrong name should have been."""
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "attach": ("hq",),
    "commander": ("text",),
    "rename": ("text",),
    "supply": ("capacity_t",),
    "permission": ("permission",),
    "hand_over": ("side",),
    "fortress": ("place", "side"),
}
_KNOWS: Mapping[str, tuple[str, ...]] = {
    "arrive": ("place",),
    "commander": ("staff",),
    "people": ("open",),
    "surrender": ("side",),
    "fortress": ("ring", "open"),
}
"""What an effect must have, and what it may have, beside `kind` and `subject`."""
_COPIED = ("kind", "side", "hq", "place", "text", "permission", "open", "ring")
_PEOPLE_NEEDS: Mapping[str, tuple[str, ...]] = {
    "conscription": ("place", "radius_km", "men_day"),
    "drafts": ("men_day",),
    "release": ("share_day",),
    "partisans": ("place", "radius_km", "men"),
}


def people_of(setting: Setting) -> tuple[PeopleSpec, ...]:
    """All rows of people.csv."""
    found = []
    for checked in setting.tables["people"].values():
        data = checked.data
        for key in _PEOPLE_NEEDS.get(data.kind, ()):
            standing = key == "place" and data.lat is not None
            if not getattr(data, key) and not standing:
                setting.complain(checked.at(key), f"{key} of a {data.kind}", "nothing", code="row/missing")
        if data.hq and setting.refer(checked, "hq", data.hq, "headquarters", HEADQUARTERS):
            setting.same_side(checked, "hq", data.hq, data.side)
        if data.subject and setting.refer(checked, "subject", data.subject, *_FORMATION):
            unit = setting.tables["forces"].get(data.subject)
            if unit is not None and unit.data.side != data.side:
                setting.complain(checked.at("subject"), f"a formation of side {data.side}", repr(data.subject), code="ref/side")
        if data.until is not None and data.from_ is not None and data.until <= data.from_:
            setting.complain(checked.at("until"), "a time after `from`", shown(data.until.isoformat()), code="date/order")
        here = setting.place(checked)
        found.append(
            PeopleSpec(
                **shared(checked, PeopleSpec) | {
                    "place": data.place or (here.text if here else ""),
                    "cell": here.cell if here else -1,
                    "from_min": max(0, setting.minute(data.from_, 0)),
                    "until_min": -1 if data.until is None else max(0, setting.minute(data.until, 0)),
                }
            )
        )  # fmt: skip
    return tuple(found)


def events_of(setting: Setting) -> tuple[PoliticalEvent, ...]:
    """All events of events.toml."""
    found = []
    for checked in setting.tables["events"].values():
        data = checked.data
        if data.secret and not data.side:
            setting.complain(checked.at("secret"), "the side that knows of it in `side`", "nothing", code="row/missing")
        if data.until is not None and data.at is not None and data.until <= data.at:
            setting.complain(checked.at("until"), "a time after `at`", shown(data.until.isoformat()), code="date/order")
        if data.at is None and not data.trigger:
            setting.complain(checked.row.spot, "at, or a trigger", "neither", code="row/missing")
        conditions = [_condition(setting, checked, n, text) for n, text in enumerate(data.trigger)]
        effects = [_effect(setting, checked, n) for n in range(len(data.effect))]
        found.append(
            PoliticalEvent(
                **shared(checked, PoliticalEvent) | {
                    "at_min": max(0, setting.minute(data.at, 0)),
                    "until_min": -1 if data.until is None else max(0, setting.minute(data.until, 0)),
                    "conditions": tuple(c for c in conditions if c is not None),
                    "effects": tuple(effects),
                }
            )
        )  # fmt: skip
    return tuple(found)


def _condition(setting: Setting, checked: Checked, number: int, text: str) -> Condition | None:
    """What one text of a trigger means; None, with a fault, when it names nothing."""
    listed = isinstance(checked.row.values.get("trigger"), list)
    spot = item(checked, "trigger", number if listed else None)
    kind, _, rest = text.partition(":")
    if kind in ("fallen", "event"):
        tables = ("forces",) if kind == "fallen" else ("events",)
        if rest not in setting.tables[tables[0]]:
            setting.unknown(spot, rest, tables, f"{kind}: and the id of {'a formation' if kind == 'fallen' else 'an event'}")
        if kind == "event" and rest == checked.data.id:
            setting.complain(spot, "another event", repr(rest), code="event/itself")
        return Condition(kind, subject=rest, text=text)
    side, _, what = rest.partition(":")
    if kind == "held":
        point = waypoint(what, setting.theatre, spot, setting.report)
        return None if point is None else Condition(kind, side, cell=point.cell, text=text)
    return Condition(kind, side, number=float(what), text=text)


def _effect(setting: Setting, checked: Checked, number: int) -> Effect:
    row = checked.data.effect[number]
    given = checked.row.values["effect"][number]
    whole = _inner(checked, number)
    tables, what = _SUBJECTS.get(row.kind, ((), ""))
    known = {"kind", *(("subject",) if tables else ()), *_NEEDS.get(row.kind, ()), *_KNOWS.get(row.kind, ())}
    for key in sorted(set(given) - known):
        setting.complain(_inner(checked, number, key), f"a key of {row.kind}: {', '.join(sorted(known))}", repr(key),
                         code="effect/key")  # fmt: skip
    for key in _NEEDS.get(row.kind, ()):
        if getattr(row, key) in ("", None):
            setting.complain(whole, f"{key} of effect {row.kind}", "nothing", code="row/missing")
    if tables and not row.subject and not (row.kind == "surrender" and row.side):
        setting.complain(whole, f"{what} in `subject`", "nothing", code="row/missing")
    for name in row.subject if tables else ():
        if not any(name in setting.tables[table] for table in tables):
            setting.unknown(_inner(checked, number, "subject"), name, tables, what)
    if row.hq and row.hq not in setting.tables["headquarters"]:
        setting.unknown(_inner(checked, number, "hq"), row.hq, ("headquarters",), HEADQUARTERS)
    here = waypoint(row.place, setting.theatre, _inner(checked, number, "place"), setting.report) if row.place else None
    values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    return Effect(
        **values,
        subjects=tuple(row.subject),
        cell=here.cell if here else -1,
        staff=row.staff or 0.0,
        capacity_t=-1.0 if row.capacity_t is None else row.capacity_t,
    )


def _inner(checked: Checked, number: int, *key: str) -> Spot:
    """The place of an effect, or of one of its keys."""
    spot = checked.at("effect")
    return Spot(spot.text, (*spot.key, number, *key))


def victory_of(setting: Setting) -> VictorySpec:
    """What [victory] says of history."""
    table = setting.head.victory
    if table is None:
        return VictorySpec()
    lost = {f"{side}_men_lost": getattr(table, f"{side}_men_lost") for side in ("axis", "soviet")}
    return VictorySpec(
        **{name: -1 if value is None else value for name, value in lost.items()},
        src=table.src,
        grade=table.grade or "estimate",
        note=table.note,
    )
