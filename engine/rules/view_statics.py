"""What one side may know of what never changes: the ground, the rules, its own order of battle, plans and calendar.

Of the other side it knows what its card index holds, who there is by name and kind (a report of level 2 names a
formation), and the harbours. Not where anybody stood at the start or how strong, who commands him, what arrives,
what is planned, what guns, aircraft and ships there are. Of what is to come, nobody knows the weather or what history
came to.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.codes import SIDES
from engine.model.forces import FormationSpec, HeadquartersSpec
from engine.model.politics import VictorySpec
from engine.model.scenario import Scenario, SupplySource
from engine.model.theatre import Theatre
from engine.model.world import Statics

Ints = npt.NDArray[np.int16]


def statics_known(statics: Statics, side: int) -> Statics:
    """The part of ``statics`` that a side may know; made once for all views of a run and its branches.

    Rows keep their numbers: names of headquarters, depots, ships and directives of the other side are blank. Commanders
    are numbered anew, in the view too. Its ``memo`` and ``private`` are the side's own; what all may hold in common is in
    ``shared``.
    """
    name = f"views.statics.{side}"
    found: Statics | None = statics.memo.get(name)
    if found is None:
        found = statics.memo[name] = _cut(statics, side)
    return found


def _cut(statics: Statics, side: int) -> Statics:
    full = statics.scenario
    known = scenario_known(full, SIDES[side])
    plans, ships = {d.id for d in known.directives}, {a.id for a in known.assets}
    return replace(
        statics,
        theatre=known.theatre,
        scenario=known,
        headquarters_ids=tuple(h.id for h in known.headquarters),
        depot_ids=tuple(source.id for source in known.supply_sources),
        ship_ids=tuple(name if name in ships else "" for name in statics.ship_ids),
        directive_ids=tuple(name if name in plans else "" for name in statics.directive_ids),
        commanders=_commanders(known),
        memo={},
        private=statics.private.setdefault(f"views.{side}", {}),
    )


def scenario_known(full: Scenario, side: str) -> Scenario:
    """A scenario as one side knows it before the first shot. Formations, headquarters and sources keep their rows."""
    own = {row.id for row in full.by_id.values() if row.side == side}
    return replace(
        full,
        theatre=_theatre(full.theatre, side, full.start.isoformat()),
        formations=tuple(f if f.side == side else _named(f) for f in full.formations),
        headquarters=tuple(h if h.side == side else HeadquartersSpec("", "", h.side, "", "", -1) for h in full.headquarters),
        assets=tuple(a for a in full.assets if a.side == side),
        reinforcements=tuple(r for r in full.reinforcements if r.subject in own),
        directives=tuple(d for d in full.directives if d.side == side),
        supply_sources=tuple(s if side == s.side or s.kind == "port" else _somewhere(s) for s in full.supply_sources),
        shipping=tuple(s for s in full.shipping if s.side == side),
        objectives=tuple(replace(o, in_history="") for o in full.objectives),
        people=tuple(p for p in full.people if p.side == side),
        events=tuple(e for e in full.events if e.side == side),
        victory=VictorySpec(), weather=(), history=(), summary="", overlays=(), drawing="",
    )  # fmt: skip


def _named(formation: FormationSpec) -> FormationSpec:
    """An enemy formation as the card index has it: who it is, not where or how strong."""
    f = formation
    return FormationSpec(f.id, f.name, f.side, f.kind, "", -1, f.nation, f.echelon, f.sidc, f.name_de, f.name_ru)


def _somewhere(source: SupplySource) -> SupplySource:
    return SupplySource("", source.side, "", -1, source.kind, 0.0)


def commander_numbers(statics: Statics, side: int) -> Ints:
    """The number in a side's own list of each commander in the world's; -1, the last, stays nobody. (commanders + 1,)"""
    name = f"views.commanders.{side}"
    found: Ints | None = statics.memo.get(name)
    if found is None:
        own = {commander: k for k, commander in enumerate(statics_known(statics, side).commanders)}
        numbers = [own.get(commander, -1) for commander in statics.commanders]
        found = statics.memo[name] = np.array([*numbers, -1], dtype=np.int16)
    return found


def _commanders(known: Scenario) -> tuple[str, ...]:
    """Own commanders, now or by a dated change or an event."""
    own = {h.commander for h in known.headquarters} | {f.commander for f in known.formations}
    own |= {change.text for change in known.reinforcements if change.kind == "commander"}
    own |= {effect.text for event in known.events for effect in event.effects if effect.kind == "commander"}
    return tuple(sorted(own - {""}))


def _theatre(full: Theatre, side: str, start: str) -> Theatre:
    """The same ground without the enemy's prepared lines, but for those whose course is known when it begins."""
    known = copy.copy(full)  # with all that is already worked out about the ground
    lines = tuple(line for line in full.lines if line.side == side or (line.known and line.known <= start))
    object.__setattr__(known, "lines", lines)
    vars(known).pop("_features", None)  # names of lines among them
    return known
