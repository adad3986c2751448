"""Who won: points of objectives and of the enemy's losses, beside what history came to.

A pure function of the world, asked between minutes. A side's points are those of its objectives that it held when
they counted, and the share of the enemy's men that are lost times a weight of all its points. The margin is the Red
Army's points less the Axis', each as a share of the side's own possible points. The level of victory is how far
the margin lies from history's: a draw near it, else minor, major or decisive for who did better than in history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.core.calendar import NEVER
from engine.model.codes import AXIS, SIDES, SOVIET
from engine.model.scenario import Objective, Scenario
from engine.model.world import World
from engine.rules.politics import lost_share
from engine.rules.score import held

LEVELS: Final = ("draw", "minor", "major", "decisive")


@dataclass(frozen=True)
class Goal:
    """An objective at the end: `met` in this run, and in history (None = no record says)."""

    id: str
    side: str
    place: str
    points: int
    met: bool
    in_history: bool | None


@dataclass(frozen=True)
class Verdict:
    """The outcome of a run. `points`, `possible` and `lost` (share of men) by side; shares of 1 elsewhere.

    `margin` and `history` are Soviet less Axis; `history` is None if the record does not say enough, and then there
    is no `level`. `winner` is a side's id, or empty for a draw or without a level.
    """

    goals: tuple[Goal, ...]
    points: Mapping[str, float]
    possible: Mapping[str, int]
    lost: Mapping[str, float]
    margin: float
    history: float | None
    level: str
    winner: str
    unknown: tuple[str, ...] = ()
    """What the record does not say."""
    terms: tuple[tuple[str, float, str], ...] = field(default=(), repr=False)
    """(what, value, parameter) behind the level."""

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "level": self.level,
            "winner": self.winner,
            "margin": round(self.margin, 4),
            "history": None if self.history is None else round(self.history, 4),
            "points": {side: round(value, 2) for side, value in self.points.items()},
            "possible": dict(self.possible),
            "men_lost_share": {side: round(value, 4) for side, value in self.lost.items()},
            "objectives": [
                {"id": g.id, "side": g.side, "place": g.place, "points": g.points, "met": g.met, "in_history": g.in_history}
                for g in self.goals
            ],
            "unknown": list(self.unknown),
        }  # fmt: skip


def verdict(world: World, minute: int) -> Verdict:
    """How the run stands at a minute."""
    scenario, rules = world.statics.scenario, world.statics.rules
    weight = rules["victory.loss_weight"]
    goals = tuple(_goal(world, row, goal, minute) for row, goal in enumerate(scenario.objectives))
    possible = {side: sum(g.points for g in goals if g.side == side) for side in SIDES}
    lost = {side: lost_share(world, number, minute) for number, side in enumerate(SIDES)}
    points = {
        side: sum(g.points for g in goals if g.side == side and g.met) + weight * possible[side] * lost[SIDES[1 - number]]
        for number, side in enumerate(SIDES)
    }
    shares = {side: points[side] / possible[side] if possible[side] else 0.0 for side in SIDES}
    margin = shares[SIDES[SOVIET]] - shares[SIDES[AXIS]]
    history, unknown = _history(world, goals, possible, lost, weight)
    level, winner = _level(margin, history, rules)
    terms = (
        ("loss_weight", weight, "victory.loss_weight"), ("margin", margin, ""),
        ("history", history if history is not None else 0.0, ""),
        *((name, rules[f"victory.{name}"], f"victory.{name}") for name in LEVELS[1:]),
    )  # fmt: skip
    return Verdict(goals, points, possible, lost, margin, history, level, winner, unknown, terms)


def _level(margin: float, history: float | None, rules: Mapping[str, float]) -> tuple[str, str]:
    """The level of victory and whose it is, by the distance from history's margin."""
    if history is None:
        return "", ""
    apart = margin - history
    reached = sum(abs(apart) >= rules[f"victory.{name}"] for name in LEVELS[1:])
    return LEVELS[reached], SIDES[SOVIET if apart > 0 else AXIS] if reached else ""


def _goal(world: World, row: int, goal: Objective, minute: int) -> Goal:
    settled = int(world.goals.settled_at[row]) < NEVER
    met = bool(world.goals.met[row]) if settled else held(world, goal, minute)
    return Goal(goal.id, goal.side, goal.place, goal.points, met, in_history(world.statics.scenario, goal, minute))


def in_history(scenario: Scenario, goal: Objective, minute: int) -> bool | None:
    """Whether an objective's side held it in history when it counts: as its row says, else by the latest fact about control.

    None if no fact speaks of its place before then, and the ground at the start decides nothing.
    """
    if goal.in_history:
        return goal.in_history == "yes"
    at = goal.by_min if goal.by_min >= 0 else max(minute, 0)
    told = [
        fact for fact in scenario.history
        if fact.kind == "control" and fact.from_min <= at and any(p.cell == goal.cell for p in fact.places)
    ]  # fmt: skip
    if not told:
        return None
    last = max(told, key=lambda fact: (fact.from_min, fact.to_min, fact.id))
    return last.side == goal.side


def _history(
    world: World, goals: tuple[Goal, ...], possible: Mapping[str, int], lost: Mapping[str, float], weight: float
) -> tuple[float | None, tuple[str, ...]]:
    """History's margin, and what the record leaves open; losses that it does not tell count as those of the run."""
    unknown = list(dict.fromkeys(f"{g.place}: held or not" for g in goals if g.in_history is None))
    shares: dict[str, float] = {}
    for number, side in enumerate(SIDES):
        enemy = SIDES[1 - number]
        recorded = lost_in_history(world, enemy)
        if recorded is None:
            unknown.append(f"men lost by the {enemy} side")
        other = lost[enemy] if recorded is None else recorded
        held_then = sum(g.points for g in goals if g.side == side and g.in_history)
        shares[side] = (held_then / possible[side] + weight * other) if possible[side] else 0.0
    if not goals or any(g.in_history is None for g in goals):
        return None, tuple(unknown)
    return shares[SIDES[SOVIET]] - shares[SIDES[AXIS]], tuple(unknown)


def lost_in_history(world: World, side: str) -> float | None:
    """Share of a side's men lost in history, of those it has in this scenario at the start and to come; None if not told."""
    scenario = world.statics.scenario
    men = {"axis": scenario.victory.axis_men_lost, "soviet": scenario.victory.soviet_men_lost}[side]
    had = sum(f.men for f in scenario.formations if f.side == side)
    return None if men < 0 or not had else men / had


__all__ = ["LEVELS", "Goal", "Verdict", "in_history", "lost_in_history", "verdict"]
