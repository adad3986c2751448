"""Orders and refusals: what a formation may be told, in code and as one line of text both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.hexes import Grid
from engine.model.codes import OrderKind, Task

NO_DETAIL = (0, 0, 0, 0)
NO_GOAL = -1
NEEDS_GOAL = frozenset(
    {OrderKind.MARCH, OrderKind.ATTACK, OrderKind.WITHDRAW, OrderKind.PROBE, OrderKind.BOMBARD, OrderKind.EXPLOIT,
     OrderKind.FOLLOW, OrderKind.FORCED_MARCH, OrderKind.ENTRAIN, OrderKind.LAND}
)  # fmt: skip
TAKES_NO_GOAL = frozenset({OrderKind.CANCEL, OrderKind.ATTACH, OrderKind.KEEP, OrderKind.LET_GO})
"""Kinds that say something of a formation wherever it stands."""
TASK_OF: Mapping[OrderKind, Task] = {
    OrderKind.MARCH: Task.MARCH,
    OrderKind.ATTACK: Task.ATTACK,
    OrderKind.HOLD: Task.HOLD,
    OrderKind.WITHDRAW: Task.WITHDRAW,
    OrderKind.ENTRENCH: Task.ENTRENCH,
    OrderKind.REST: Task.REST,
    OrderKind.SUPPORT: Task.SUPPORT,
    OrderKind.CANCEL: Task.HOLD,
    OrderKind.PROBE: Task.PROBE,
    OrderKind.BOMBARD: Task.BOMBARD,
    OrderKind.EXPLOIT: Task.EXPLOIT,
    OrderKind.FOLLOW: Task.FOLLOW,
    OrderKind.FORCED_MARCH: Task.MARCH,
    OrderKind.ENTRAIN: Task.ENTRAIN,
    OrderKind.EMBARK: Task.EMBARK,
    OrderKind.LAND: Task.LAND,
}
"""What an order of a kind makes a formation do; the others change its place in the order of battle."""
_LINE = re.compile(r"\s*([a-z0-9_]+)\s*:\s*([a-z_]+)(?:\s+([A-Za-z]\d{3}\.\d{3}))?\s*")


@dataclass(frozen=True, slots=True)
class Order:
    """One order to one formation. ``formation`` is its id, ``goal`` a cell (-1 where the kind needs none)."""

    kind: OrderKind
    formation: str
    goal: int = NO_GOAL
    hq: str = ""
    """Id of the headquarters that gives it; empty: the side's command itself."""
    by_human: bool = False
    reason: int = 0
    detail: tuple[int, int, int, int] = NO_DETAIL
    """Numbers of the reason; of ATTACH, first the row of the headquarters that is to command, counted from 1."""

    def text(self, grid: Grid) -> str:
        """Such as ``s_rd_417: attack B087.064``."""
        goal = f" {grid.text(self.goal)}" if self.goal >= 0 else ""
        return f"{self.formation}: {self.kind.name.lower()}{goal}"

    @staticmethod
    def parse(text: str, grid: Grid, *, by_human: bool = True) -> Order:
        """The order of a line of text; ValueError says what was expected."""
        match = _LINE.fullmatch(text)
        if match is None:
            raise ValueError(f"expected 'formation: kind hex', such as 's_rd_417: attack B087.064', found {text!r}")
        name, kind, goal = match.groups()
        if kind.upper() not in OrderKind.__members__:
            kinds = ", ".join(k.name.lower() for k in OrderKind)
            raise ValueError(f"expected one of {kinds}, found {kind!r}")
        cell = grid.parse(goal) if goal else NO_GOAL
        return Order(OrderKind[kind.upper()], name, cell, by_human=by_human)

    def record(self) -> dict[str, Any]:
        """The order as a row of the input log."""
        row: dict[str, Any] = {"kind": self.kind.name.lower(), "formation": self.formation, "goal": self.goal}
        if self.hq:
            row["hq"] = self.hq
        if self.by_human:
            row["by_human"] = True
        if self.reason:
            row["reason"] = self.reason
        if self.detail != NO_DETAIL:
            row["detail"] = list(self.detail)
        return row

    @staticmethod
    def from_record(row: dict[str, Any]) -> Order:
        """The order of a row of the input log."""
        detail = row.get("detail", NO_DETAIL)
        return Order(
            OrderKind[row["kind"].upper()], row["formation"], int(row["goal"]), row.get("hq", ""),
            bool(row.get("by_human", False)), int(row.get("reason", 0)), (detail[0], detail[1], detail[2], detail[3]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be given: a stable code and a sentence for people. A value, not an exception."""

    code: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence
