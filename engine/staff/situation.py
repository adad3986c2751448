"""The situation of one side at one minute, as its staffs see it: maps derived from the view, once for all of them."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import PPM
from engine.core.calendar import DAY
from engine.core.columns import Array, anywhere
from engine.core.once import Once
from engine.core.paths import field
from engine.model.codes import Ground, Mobility
from engine.rules.steps import MEAN, bridged_steps
from engine.staff.control import Ints, Mask
from engine.staff.doings import Doings
from engine.staff.lately import judge_faces, mark_lately
from engine.staff.threat import Threat, ln

FIELDS = 64
"""Fields of travel kept at a time."""


class Situation(Doings, Threat):
    """Derived maps of a view. Arrays over hexes have shape (hexes,); nothing here is kept between calls."""

    @Once
    def own_pockets(self) -> frozenset[int]:
        """Pieces of own land that the enemy rings, or cut off with the sea behind, with nothing in them that supplies them."""
        found = self.control.own_pockets | self.cut_off_parts
        return found - self.supplied_parts if found else found

    @Once
    def cut_off_parts(self) -> frozenset[int]:
        """Pieces of own land whose formations have all long been cut off: the enemy on one side, the sea on the other."""
        bad = self.long_cut_off
        if not anywhere(bad):
            return frozenset()
        return frozenset(self.part[bad].tolist()) - frozenset(self.part[~bad].tolist()) - {-1}

    @Once
    def supplied_parts(self) -> set[int]:
        """Pieces of own land with a supply source, port or railhead of one's own in them."""
        depots = self.view.depots
        cells = depots.hex[(depots.hex >= 0)]
        mine = cells[(self.owner[cells] == self.side)]
        parts: set[int] = set(self.control.part[mine].tolist()) - {-1}
        return parts

    # What happened lately.

    @Once
    def hot(self) -> Mask:
        """Hexes with fighting or a change of owner within two hexes in the last day."""
        return self._lately[0]

    @Once
    def need_along_the_front(self) -> tuple[Mask, Array, Array]:
        """Of each side of the front: whether it is hot, the threat that nobody covers, and the threat."""
        own, other = self.front.own, self.front.other
        threat = self.threat[other]
        short = np.maximum(threat - self.cover[own] * round(self.rules["staff.need_cover"] * 10) // 10, 0)
        return self.hot[own], short, threat

    @Once
    def provoked(self) -> Mask:
        """Hexes near which the enemy has attacked or taken ground within the days that a counter-attack answers."""
        return self._lately[1]

    @Once
    def _lately(self) -> tuple[Mask, Mask]:
        """``hot`` and ``provoked``."""
        hot, provoked = np.zeros(self.grid.size, bool), np.zeros(self.grid.size, bool)
        cells, since = self._ever_changed
        battles, discs = self.view.battles, self.grid.ring_table(self.whole("staff.need_hexes"))
        mark_lately(
            cells, since, self.owner, self.side, battles.hex, battles.ended_at, battles.attacking, discs,
            self.minute - self.hours("staff.need_h"), self.minute - round(self.rules["staff.counter_days"] * DAY),
            hot, provoked,
        )  # fmt: skip
        return hot, provoked

    @Once
    def won(self) -> Ints:
        """Own hexes that were taken within the span that counts for a breach."""
        since = self.minute - self.hours("staff.commit_h")
        cells = self._changed_after(max(since, 0))
        own: Ints = cells[self.owner[cells] == self.side]
        return own

    def _changed_after(self, minute: int) -> Ints:
        """Land that has changed hands later than a minute."""
        cells, since = self._ever_changed
        later: Ints = cells[since > minute]
        return later

    @Once
    def _ever_changed(self) -> tuple[Ints, Ints]:
        """Land that has changed hands since the beginning, and when: looked for once in each frame of control."""
        since, memo = self.view.hexes.owner_since, self.statics.memo
        held = memo.get("staff.changed")
        if held is None or held[0] is not since:
            cells = (since > 0).nonzero()[0]
            cells = cells[self.control.land[cells]]
            held = memo["staff.changed"] = (since, cells, since[cells])
        found: tuple[Ints, Ints] = held[1:]
        return found

    @Once
    def counter_faces(self) -> tuple[Mask, Mask]:
        """Faces worth a counter-attack: bases of fresh penetrations, and salients of known enemies where they attack.

        A salient that lies still is part of a quiet front and stays one.
        """
        control, rules = self.control, self.rules
        since = self.minute - round(rules["staff.counter_days"] * DAY)
        bases, salients = np.empty(len(control.faces), bool), np.empty(len(control.faces), bool)
        judge_faces(
            control.faces, control.face_share, control.face_own, self.view.hexes.owner_since, self.occupied, self.provoked,
            max(since, 0), round(rules["staff.counter_own_share"] * PPM), self.whole("staff.pinch_neighbours"), bases, salients,
        )  # fmt: skip
        return bases, salients

    def travel(self, objective: int) -> Array:
        """Minutes of a march on foot to an objective through all ground, whosever it is, bridges standing."""
        fields: dict[int, Array] = self.statics.private.setdefault("staff.travel", {})
        if objective not in fields:
            if len(fields) >= FIELDS:
                fields.clear()
            steps = bridged_steps(self.statics, Mobility.FOOT, Ground.DRY, MEAN)
            fields[objective] = field(self.grid.neighbours, steps, [objective], backward=True)
        return fields[objective]


__all__ = ["Situation", "ln"]
