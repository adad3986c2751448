"""The input log: every order and every change of notes, in the order in which they count."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from engine.model.codes import SIDES
from engine.model.instruction import Instruction
from engine.model.orders import Order

Change = tuple[int, int, int, tuple[int, ...]]
"""A changed note: table, row, column, values."""


@dataclass(frozen=True, slots=True)
class Input:
    """What one side did at one minute: orders, directives and changed notes (rows [table, row, column, values])."""

    at: int
    side: int
    sequence: int
    human: bool
    orders: tuple[Order, ...] = ()
    notes: tuple[Change, ...] = ()
    directives: tuple[Instruction, ...] = ()
    fault: str = ""
    """Why a commander gave no orders, if it failed."""

    @property
    def key(self) -> tuple[int, int, bool, int]:
        """Inputs of one minute are applied by side, the commander's before a human's, then in sequence."""
        return (self.at, self.side, self.human, self.sequence)

    def record(self) -> dict[str, Any]:
        """The input as a line of the recording."""
        row: dict[str, Any] = {"at": self.at, "side": SIDES[self.side], "seq": self.sequence, "human": self.human}
        if self.orders:
            row["orders"] = [o.record() for o in self.orders]
        if self.directives:
            row["directives"] = [d.record() for d in self.directives]
        if self.notes:
            row["notes"] = self.notes
        if self.fault:
            row["fault"] = self.fault
        return row

    @staticmethod
    def from_record(row: dict[str, Any]) -> Input:
        """The input of a line of the recording."""
        return Input(
            int(row["at"]), SIDES.index(row["side"]), int(row["seq"]), bool(row["human"]),
            tuple(Order.from_record(o) for o in row.get("orders", ())),
            tuple((int(t), int(r), int(c), tuple(int(x) for x in v)) for t, r, c, v in row.get("notes", ())),
            tuple(Instruction.from_record(d) for d in row.get("directives", ())),
            str(row.get("fault", "")),
        )  # fmt: skip


_LINE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False)


class Lines:
    """Inputs as lines of a recording, kept by identity: they never change."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Input, bytes]] = {}

    def of(self, entry: Input) -> bytes:
        """The line of an input."""
        known = self._known.get(id(entry))
        if known is None or known[0] is not entry:
            known = self._known[id(entry)] = (entry, _LINE.encode(entry.record()).encode() + b"\n")
        return known[1]

    def copy(self) -> Lines:
        """The same lines, for a branch."""
        twin = Lines()
        twin._known = dict(self._known)
        return twin
