"""Dated changes of command: who leads a formation or a headquarters, and whom it obeys."""

from __future__ import annotations

from bisect import bisect_right

from engine.core.arithmetic import PPM
from engine.core.calendar import NEVER
from engine.model.events import Event
from engine.model.events.command import ATTACHED, COMMANDER_CHANGED, SUBORDINATED, TOOK_COMMAND
from engine.model.world import Statics, World


def _schedule(statics: Statics) -> list[tuple[int, str, int, int, int]]:
    """(minute, kind, row, other row, staff) of changes of commander and of subordination, by minute."""
    found: list[tuple[int, str, int, int, int]] | None = statics.memo.get("command.schedule")
    if found is None:
        found = []
        hqs, formations = statics.headquarters_rows, statics.formation_rows
        for change in statics.scenario.reinforcements:
            at, staff = max(change.at_min, 0), round(change.staff * PPM)
            if change.kind == "commander":
                name = statics.commanders.index(change.text) if change.text in statics.commanders else -1
                led = change.subject in formations
                kind, row = ("leader", formations[change.subject]) if led else ("commander", hqs[change.subject])
                found.append((at, kind, row, name, staff))
            elif change.kind == "attach" and change.hq in hqs and change.subject in hqs:
                found.append((at, "subordinate", hqs[change.subject], hqs[change.hq], 0))
            elif change.kind == "attach" and change.hq in hqs and change.subject in formations:
                found.append((at, "attach", formations[change.subject], hqs[change.hq], 0))
        found.sort(key=lambda c: c[0])
        statics.memo["command.schedule"] = found
    return found


def next_change(statics: Statics, minute: int) -> int:
    """The minute of the next of them, NEVER after the last."""
    dates = _dates(statics)
    at = bisect_right(dates, minute)
    return dates[at] if at < len(dates) else NEVER


def _dates(statics: Statics) -> list[int]:
    """The minutes of all of them, in order."""
    found: list[int] | None = statics.memo.get("command.dates")
    if found is None:
        found = statics.memo["command.dates"] = [at for at, *_ in _schedule(statics)]
    return found


def changes(world: World, minute: int, grain_min: int) -> list[Event]:
    """Changes dated since the last quarter of an hour (the clock wakes command for each)."""
    dates = _dates(world.statics)
    first, last = bisect_right(dates, minute - grain_min), bisect_right(dates, minute)
    events: list[Event] = []
    for _, kind, row, other, staff in _schedule(world.statics)[first:last] if first < last else ():
        if kind == "commander":
            events.append(COMMANDER_CHANGED(minute, hq=row, commander=other, staff=staff))
        elif kind == "leader":
            events.append(TOOK_COMMAND(minute, formation=row, commander=other))
        elif kind == "subordinate":
            events.append(SUBORDINATED(minute, hq=row, parent=other))
        else:
            events.append(ATTACHED(minute, formation=row, hq=other))
    return events
