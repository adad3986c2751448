"""Who won and what happened, in the words of `run`."""

from __future__ import annotations

from dataclasses import replace

from engine.lab.outcome import Watch
from engine.lab.report import _victories
from engine.lab.store import Row
from tests.rules.politics_kit import Condition, Effect, event, hands
from tests.rules.test_politics import AS_IT_STARTED, DAY, TWO, judged
from ui.cli import running, summary
from ui.cli.verbs.run import _length

HELD = Condition("held", "soviet", cell=TWO, text="held:soviet:goal_2")


def played(**more):
    events = [
        event("armistice", at_min=DAY + 240),
        event("it_is_over", HELD, does=[Effect("end")]),
    ]
    session = judged(AS_IT_STARTED, events=events, **more)
    return session, Watch(session).run(session.scenario.end_min)


def test_events_and_verdict_are_told_with_what_went_otherwise_than_in_history():
    session, result = played(systems=(hands(2 * DAY, [TWO], "soviet"),))
    assert result.minute == 3 * DAY
    assert summary.politics(session.scenario, result) == "\n".join([
        "Events", "  16 August 04:00  armistice", "  17 August 06:00  it is over",
    ])  # fmt: skip
    assert summary.victory(session.scenario, result) == "\n".join([
        "Victory: decisive victory of the Soviet side (margin +1.00, history +0.00; Soviet less Axis); "
        "not told by history: men lost by the soviet side; men lost by the axis side",
        "                                   Axis    Soviet",
        "  points of objectives          0 of 20  20 of 20",
        "  points of the enemy's losses      0.0       0.0",
        "  share of men lost               0.0 %     0.0 %",
        "  otherwise than in history: goal_2 not held by Axis (10), goal_2 held by Soviet (10)",
    ])  # fmt: skip


def test_a_run_that_was_stopped_says_so():
    session = judged(AS_IT_STARTED)
    result = Watch(session).run(DAY)
    assert summary.victory(session.scenario, result).startswith("Victory so far: a draw")
    assert _victories([], whole=False) == []


def test_a_run_like_history_is_a_draw():
    session, result = played()
    assert summary.victory(session.scenario, result).startswith("Victory: a draw (margin +0.00, history +0.00")
    assert "otherwise" not in summary.victory(session.scenario, result)


def test_without_a_record_no_level_is_given():
    session = judged({})
    text = summary.victory(session.scenario, Watch(session).run(session.scenario.end_min))
    assert text.startswith("Victory: no level, for history does not say: goal: held or not; goal_2: held or not")


def test_nothing_is_told_where_there_is_nothing_to_tell():
    session = judged(AS_IT_STARTED)
    session = type(session)(replace(session.scenario, objectives=()), 1)
    result = Watch(session).run(DAY)
    assert summary.victory(session.scenario, result) == summary.politics(session.scenario, result) == ""
    assert {"victory", "events"}.isdisjoint(result.record())


def test_a_report_of_many_runs_counts_the_levels():
    def row(level: str, winner: str) -> Row:
        return Row("key", 0, 0, 0, 1, "ok", outcome={"victory": {"level": level, "winner": winner}})

    rows = [row("draw", ""), row("major", "soviet"), row("draw", "")]
    assert _victories(rows) == ["Beside history's result: 2 times a draw, 1 times a major victory of the Red Army."]
    assert _victories(rows[:1]) == ["Beside history's result it is a draw."]
    assert _victories([]) == []


def test_a_run_that_an_event_ends_is_whole():
    session, _ = played()
    session.rewind(0)
    over = event("over", at_min=2 * DAY, does=[Effect("end")])
    session = type(session)(replace(session.scenario, events=(over,)), 1)
    result, whole, _ = running.advance(session, session.end, {}, lambda now: None)
    assert (result.minute, whole) == (3 * DAY, True)


def test_the_length_of_a_run_is_told_in_hours_or_days():
    assert [_length(m) for m in (60, 360, DAY, DAY + 720, 2 * DAY, 13 * DAY)] == [
        "1 hour", "6 hours", "1 day", "36 hours", "2 days", "13 days",
    ]  # fmt: skip
