"""`deepbattle play --until-history`: the plans lead to a date or an event, then the player."""

from __future__ import annotations

import click
import pytest

from engine import Session, load_scenario
from ui.cli.running import follow_history

DAY = 1440


def session() -> Session:
    return Session(load_scenario("memel"), 1, {})


def test_to_a_date() -> None:
    s = session()
    follow_history(s, "1944-10-05", "soviet")
    assert s.now == DAY


@pytest.mark.parametrize(("side", "event"), [("soviet", "lost:Kuršėnai"), ("axis", "taken:kursenai")])
def test_what_is_so_from_the_start_takes_no_time(side: str, event: str) -> None:
    s = session()
    follow_history(s, event, side)
    assert s.now == 0


def test_until_a_town_is_taken() -> None:
    from engine import commanders

    s = Session(load_scenario("memel"), 1, commanders({}))
    follow_history(s, "taken:Kuršėnai", "soviet")
    town = s.scenario.theatre.find_place("Kuršėnai")
    assert town is not None
    assert 0 < s.now < 10 * DAY
    assert s.world.hexes.owner[town.cell] == 1
    s.rewind(s.now - 120)
    assert s.world.hexes.owner[town.cell] == 0, "the player has it at the hour at which it happens"


@pytest.mark.parametrize(("words", "says"), [
    ("taken:Kursk", "expected a place"), ("banana", "expected a date"), ("1950-01-01", "not after"),
])  # fmt: skip
def test_anything_else_is_refused_in_words(words: str, says: str) -> None:
    with pytest.raises(click.UsageError, match=says):
        follow_history(session(), words, "soviet")


def test_what_does_not_happen_is_said() -> None:
    with pytest.raises(click.UsageError, match="is not taken by the end"):
        follow_history(session(), "taken:Kuršėnai", "soviet")
