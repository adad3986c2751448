"""Names and commanders as they are at a minute: by dated lines of the order of battle, and by events that have happened."""

from __future__ import annotations

from engine.core.calendar import NEVER
from engine.model.world import World


def name_of(world: World, subject: str, minute: int) -> str:
    """The name of a formation, headquarters or asset: its last `rename`, dated or by an event, else its own."""
    scenario = world.statics.scenario
    told = [(r.at_min, r.text) for r in scenario.reinforcements if r.kind == "rename" and r.subject == subject]
    for row, event in enumerate(scenario.events):
        at = int(world.happenings.happened_at[row])
        if at < NEVER:
            told += [(at, e.text) for e in event.effects if e.kind == "rename" and subject in e.subjects]
    past = [entry for entry in told if entry[0] <= minute]
    return max(past, key=lambda entry: entry[0])[1] if past else scenario.by_id[subject].name


def commander_of(world: World, subject: str) -> str:
    """Who commands a formation or headquarters now; empty if nobody is named."""
    statics = world.statics
    table, row = (
        (world.formations, statics.formation_rows[subject])
        if subject in statics.formation_rows
        else (world.headquarters, statics.headquarters_rows[subject])
    )
    number = int(table.commander[row])
    return statics.commanders[number] if number >= 0 else ""
