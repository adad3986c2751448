"""The commander that needs no plan: the high command chooses directives, the staffs carry them out.

It can also follow the plan files first and take over at a date, when a place falls, or when something happens.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.calendar import HOUR, parse
from engine.core.dice import Dice
from engine.model.commander import Notes
from engine.model.instruction import Instruction
from engine.model.orders import Order
from engine.model.view import SideView
from engine.rules.directing import PRELUDE
from engine.staff import timing
from engine.staff.high.bodies import tops
from engine.staff.high.choice import all_clear, review
from engine.staff.situation import Situation
from engine.staff.staff import Staff


class HighCommand:
    """A side without a script. It keeps nothing between calls: what it has told is in the notes and directives.

    ``since`` is empty (from the start), a date such as ``1944-08-20``, ``taken:PLACE``, ``lost:PLACE`` or
    ``event:ID`` (of the scenario's events.toml): until then the plan files lead. ValueError at the first call if it names no
    date of the scenario and no place of the theatre; an event that there is not, or of which its side never hears, never
    comes.
    """

    built_in = True

    def __init__(self, since: str = "") -> None:
        self.since = since
        self.digest = f"high-4{'@' + since if since else ''} {Staff.digest}"
        self._staff = Staff()

    def hears(self, minute: int) -> bool:
        """Whether alarms call headquarters at a minute: as their staffs do."""
        return self._staff.hears(minute)

    def plan(self, view: SideView, notes: Notes, dice: Dice, due: Sequence[int]) -> Sequence[Order | Instruction]:
        """Directives of a review, once a day, and the orders of all due headquarters."""
        s = Situation(view, notes)
        told, acting = self._directives(s), timing.acting(view, notes, due)
        return [*told, *self._staff.orders(s, acting)] if acting else told

    def _directives(self, s: Situation) -> list[Order | Instruction]:
        view, notes = s.view, s.notes
        heads = tops(s)
        last = max((int(notes.staff["directed_at"][hq]) for hq in heads), default=-1)
        first = last < 0
        if not heads or (not self._due(view, last) if not first else not self._begins(view)):
            return []
        for hq in heads:
            notes.staff["directed_at"][hq] = view.minute
        # Before the first reports have come in nobody can tell where to attack.
        told = [] if view.minute < PRELUDE else review(s, first=last < PRELUDE)
        return [*(all_clear(s, heads) if first else ()), *told]

    def _due(self, view: SideView, last: int) -> bool:
        """Once a day, and as soon as the first reports are in."""
        every = round(view.statics.rules["high.look_h"] * HOUR)
        return view.minute - last >= every or last < PRELUDE <= view.minute

    def _begins(self, view: SideView) -> bool:
        """Whether it is time to take over from the plan files."""
        if not self.since:
            return True
        scenario = view.statics.scenario
        kind, colon, name = self.since.partition(":")
        if kind == "event" and colon:
            return name in view.events.ids
        if not colon or kind not in ("taken", "lost"):
            return view.minute >= parse(scenario.start, self.since)
        place = view.statics.theatre.find_place(name)
        if place is None:
            raise ValueError(f"expected a place of the theatre after {kind}:, found {name!r}")
        own = int(view.hexes.owner[place.cell]) == view.side
        return own if kind == "taken" else not own
