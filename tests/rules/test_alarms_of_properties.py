"""The property tests of battles can fail: each catches the fault that it is there for, planted in the one writer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from engine.core.dice import Dice
from engine.model.events import Event
from engine.model.world import Pen, World
from engine.rules import combat
from engine.rules.apply import APPLY
from engine.rules.combat_rates import Curves
from engine.rules.system import System, Trace
from tests.rules import battlefield, test_combat, test_engage

Fault = Callable[[Pen, Event], None]


def planted(monkeypatch: pytest.MonkeyPatch, kind: str, fault: Fault) -> None:
    """After every event of a kind the fault is written, too."""
    right = APPLY[kind]

    def wrong(pen: Pen, event: Event) -> None:
        right(pen, event)
        fault(pen, event)

    monkeypatch.setitem(APPLY, kind, wrong)


def a_man_vanishes(pen: Pen, event: Event) -> None:
    pen["formations"]["men_u"][event["formation"][0]] -= 1


def a_gun_is_made(pen: Pen, event: Event) -> None:
    pen["formations"]["guns_u"][event["formation"][0]] += 1


def a_tank_vanishes(pen: Pen, event: Event) -> None:
    pen["formations"]["afv_lost_u"][event["formation"][0]] += 1


def luck_counts_formations(pen: Pen, event: Event) -> None:
    pen["battles"]["yield_left"][event["battle"]] += 50_000_000 * len(pen["formations"].table)


def losses_count_those_who_fight_elsewhere(pen: Pen, event: Event) -> None:
    pen["formations"]["battle_rate"][event["formation"]] += len(event)


def one_side_bleeds_more(pen: Pen, event: Event) -> None:
    rows = event["formation"]
    rates = pen["formations"]["battle_rate"]
    rates[rows] += rates[rows] // 10 * (pen["formations"].table.side[rows] == 0)


def the_first_row_is_lucky(pen: Pen, event: Event) -> None:
    if len(pen["participants"].table):
        pen["battles"]["yield_left"][event["battle"]] += 1000 * int(pen["participants"].table.formation[0])


@pytest.mark.parametrize(
    ("kind", "fault", "prop"),
    [
        ("Suffered", a_man_vanishes, lambda: test_combat.test_every_man_vehicle_and_gun_is_accounted_for(1)),
        ("Suffered", a_gun_is_made, lambda: test_combat.test_every_man_vehicle_and_gun_is_accounted_for(1)),
        ("Suffered", a_tank_vanishes, lambda: test_combat.test_every_man_vehicle_and_gun_is_accounted_for(1)),
        ("Fought", luck_counts_formations, test_combat.test_an_inert_formation_far_away_changes_nothing),
        ("Suffered", losses_count_those_who_fight_elsewhere,
         test_combat.test_two_unconnected_sectors_together_are_as_each_by_itself),
        ("Suffered", one_side_bleeds_more, test_combat.test_swapping_the_sides_swaps_the_results),
        ("Fought", the_first_row_is_lucky, test_combat.test_the_order_of_rows_does_not_matter),
    ],
)
def test_alarm_a_planted_fault_is_caught(
    monkeypatch: pytest.MonkeyPatch, kind: str, fault: Fault, prop: Callable[[], Any]
) -> None:
    planted(monkeypatch, kind, fault)
    with pytest.raises(AssertionError):
        prop()


def test_alarm_a_rule_that_tires_at_every_look_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = combat.SYSTEM

    def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
        tired = int(world.formations.fatigue_n[0]) + 1
        column = battlefield.COLUMNS.index("fatigue_n")
        return [*right.decide(world, minute, dice, trace), battlefield.TOLD(minute, row=0, value=tired, column=column)]

    monkeypatch.setattr(combat, "SYSTEM", System("combat", right.phase, right.grain_min, right.next_due, decide))
    monkeypatch.setattr(test_combat, "battle", partial(battlefield.battle, combat_system=combat.SYSTEM))
    with pytest.raises(AssertionError):
        test_combat.test_waking_more_often_changes_no_bit()


@pytest.mark.parametrize(
    "prop",
    [test_engage.test_a_thousand_situations_all_answer_more_power_in_the_same_direction,
     test_engage.test_the_limits_of_superiority_are_certainty],
)  # fmt: skip
def test_alarm_a_curve_that_falls_with_power_is_caught(monkeypatch: pytest.MonkeyPatch, prop: Callable[[], Any]) -> None:
    slope = -float(test_engage.RULES["combat.win_slope"])
    rules = {**test_engage.RULES, "combat.win_slope": slope}
    monkeypatch.setattr(test_engage, "RULES", rules)
    monkeypatch.setattr(test_engage, "CURVE", Curves.of(rules))
    with pytest.raises(AssertionError):
        prop()
