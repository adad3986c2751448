"""Landings: the force comes to the craft, crosses to a beach that is known to be free, and waits for its others there.

The first two places of the directive's axis are the coast where troops embark and the beach. If an enemy is known to
stand at the beach the nearest free one is taken; across a narrow strait he is attacked instead. Orders go out so that
they arrive at about the hour. The staff knows the beach only as its side's reports have it. When everybody is ashore the
directive is done; what follows is another.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np

from engine.core.calendar import HOUR
from engine.core.columns import Array
from engine.core.paths import components
from engine.model.codes import HexKind, OrderKind, Outcome
from engine.rules.craft import narrow
from engine.staff import timing
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.plans import NONE, Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.situation import Situation

_BROKEN_OFF: Final = int(Outcome.BROKEN_OFF)
BEACH_HEXES: Final = 2
"""Beaches so far from the one named will do."""
COAST_HEXES: Final = 1
"""Troops embark so far from the coast named."""
REST_MIN: Final = 12 * HOUR
"""Who has been beaten off tries again after so long."""
EARLY_MIN: Final = 24 * HOUR
"""Orders that are sent ahead may come so much before the hour: who has landed by one is ashore all the same."""


def land(s: Situation, wishes: Intentions, plans: Plans, members: dict[int, Ints], acting: list[int]) -> None:
    """Lead the landings of those headquarters that have one in force or soon."""
    for hq in acting if plans.landings else ():
        i = plans.landing_of(hq)
        axis = plans.axis_points(i) if i >= 0 else ()
        if len(axis) >= 2:
            mine = set(members.get(hq, np.zeros(0, np.int64)).tolist())
            force = [at for at in plans.named(i, "assault").tolist() if at in mine]
            _Landing(s, wishes, plans, i, axis[0], axis[1]).lead(hq, force)


def islands(s: Situation) -> Array:
    """Shape (hexes,): number of the piece of land each hex belongs to, whoever holds it; -1 water."""
    found: Array | None = s.statics.shared.get("staff.islands")
    if found is None:
        theatre = s.statics.theatre
        whole = ~narrow(s.statics)
        found = s.statics.shared["staff.islands"] = components(s.grid.neighbours, theatre.kind == HexKind.LAND, whole)
    return found


class _Landing:
    def __init__(self, s: Situation, wishes: Intentions, plans: Plans, i: int, coast: int, beach: int) -> None:
        self.s, self.wishes, self.i = s, wishes, i
        self.coast, self.beach = coast, beach
        self.start = int(plans.d.start_at[i])
        hq = int(plans.d.hq[i])
        self.begun = plans.of[hq].current == i
        self.released = self.begun or (not plans.waits(i) and timing.arrives_at(s, hq, self.start))
        self.limit = round(2 * s.rules["contact.stack_limit"])
        self.island = islands(s)
        self.taken: dict[int, int] = {}
        for at, cell in enumerate(s.hex_of):
            self.taken[cell] = self.taken.get(cell, 0) + int(s.view.own.stack[at])

    @cached_property
    def _enemy_left(self) -> bool:
        """An attack on the beach has lately ended because nobody was there any more: then there is no time to rest."""
        battles, since = self.s.view.battles, self.s.minute - REST_MIN
        lately = (battles.hex == self.beach) & (battles.ended_at > since) & (battles.ended_at <= self.s.minute)
        return bool((lately & (battles.outcome != _BROKEN_OFF)).any())

    def lead(self, hq: int, force: list[int]) -> None:
        """What each of the landing force does now."""
        ashore = [at for at in force if self._landed(at)]
        if self.begun and len(ashore) == len(force):
            self.s.notes.staff["end_reason"][hq] = int(EndReason.ASHORE)
            return
        for at in force:
            if not self.wishes.free(at):
                continue
            if at in ashore:
                self.wishes.stay(at, Reason.BEACHHEAD)
            elif not self._at_the_craft(at):
                self._come(at)
            elif self.released and not self._resting(at):
                self._cross(at)
            else:
                self.wishes.stay(at, Reason.TO_THE_CRAFT, self.s.hex_of[at], self.beach)

    def _landed(self, at: int) -> bool:
        here = self.s.hex_of[at]
        if int(self.s.view.own.landed_at[at]) >= self.start - EARLY_MIN:
            return True
        return bool(self.island[here] == self.island[self.beach] != self.island[self.coast])

    def _at_the_craft(self, at: int) -> bool:
        here = self.s.hex_of[at]
        near = self.s.apart(here, self.coast) <= COAST_HEXES
        # Who has set out for the beach, which its enemy has left, has the craft beside him still.
        stands = self.s.leg_of[at] in (NONE, self.beach)
        return near and bool(self.s.statics.theatre.sea_coast[here]) and stands

    def _resting(self, at: int) -> bool:
        own = self.s.view.own
        if own.contact[at] or self.s.minute - int(own.last_fight_at[at]) >= REST_MIN:
            return False
        return not self._enemy_left

    def _come(self, at: int) -> None:
        """To the coast where the craft are, or beside it if there is no room."""
        ring = self.s.grid.ring_table(COAST_HEXES)[self.coast]
        ring = ring[ring >= 0]
        fit = [c for c in ring.tolist() if self.s.statics.theatre.sea_coast[c] and self.s.owner[c] == self.s.side]
        goal = self.s.intent[1][at]
        if not fit:
            return
        best = goal if goal in fit else min(fit, key=lambda c: (self._full(at, c), self.s.apart(c, self.coast), c))
        self.taken[best] = self.taken.get(best, 0) + int(self.s.view.own.stack[at])
        self.wishes.place(at, best, Reason.TO_THE_CRAFT, best, self.beach)

    def _full(self, at: int, cell: int) -> bool:
        return self.taken.get(cell, 0) + int(self.s.view.own.stack[at]) > self.limit

    def _cross(self, at: int) -> None:
        s, here = self.s, self.s.hex_of[at]
        if s.occupied[self.beach] and self._over_a_strait(here):
            self.wishes.want(at, OrderKind.ATTACK, self.beach, Reason.ATTACK, self.beach)
            return
        best = self._free_beach(at)
        if best < 0:
            self.wishes.stay(at, Reason.NO_BEACH, here, self.beach)
            return
        self.taken[best] = self.taken.get(best, 0) + int(s.view.own.stack[at])
        self.wishes.want(at, OrderKind.LAND, best, Reason.LAND, here, best)

    def _over_a_strait(self, here: int) -> bool:
        across = self.s.grid.neighbours[here] == self.beach
        return bool((across & narrow(self.s.statics)[here]).any())

    def _free_beach(self, at: int) -> int:
        """The beach, or the nearest hex of the coast round it with room and nobody known to stand there; -1 none."""
        s, ring = self.s, self.s.grid.ring_table(BEACH_HEXES)[self.beach]
        coast, here = s.statics.theatre.sea_coast, s.hex_of[at]
        goal = s.intent[1][at]
        cells = [c for c in ring[ring >= 0].tolist() if coast[c] and s.view.hexes.inside[c] and c != here]
        cells = [c for c in cells if self.island[c] == self.island[self.beach]]
        if self.island[self.coast] == self.island[self.beach]:
            cells = [c for c in cells if s.apart(c, self.coast) > COAST_HEXES]
        cells = [c for c in cells if not s.occupied[c] and not self._full(at, c)]
        if self.beach in cells and s.owner[self.beach] != s.side:
            return self.beach
        return min(cells, key=lambda c: (s.apart(c, self.beach), c != goal, bool(s.enemy_zone[c]), c), default=NONE)
