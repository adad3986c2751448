"""Who screens a battle does not depend on what else happens far away, nor on how often the battle is looked at."""

from __future__ import annotations

import pytest

from engine.run.session import Session
from tests.rules.battlefield import DAY, battle, combat, register, row

register()
WIDTH = 30
LEFT, RIGHT = ["r1", "r2", "a1", "a2", "b1"], ["s1", "s2", "c1", "d1"]
FIELD = ["::::R:R::", ".........", "..A...A..", "....B....", "........."]
"""R R attack the hex between the As, which both screen; B comes up to screen it, too, while they fight."""
COMES_UP_AT, FAR_AWAY_AT = 1500, 1560


def _field(seed: int, *, far_away: bool = False, every_hour: bool = False) -> Session:
    rows = [list(text + ("." if text[-1] == "." else ":") * (WIDTH - len(text))) for text in FIELD]
    orders = {name: {"attack": WIDTH + 4} for name in ("r1", "r2")} | {name: {"in_place_since": -DAY} for name in ("a1", "a2")}
    kinds = {}
    if far_away:  # twenty hexes east, a battle that somebody enters an hour later
        rows[0][24] = rows[0][25] = "S"
        rows[1][24], rows[2][24] = "C", "D"
        orders |= {"s1": {"attack": "c1"}, "s2": {"attack": "c1"}}
        kinds = {"S": {"kind": "rifle", "side": "soviet"}, "C": {"kind": "infantry", "side": "axis"}}
        kinds["D"] = kinds["C"]
    system = combat.SYSTEM.replace(next_due=lambda world, now: now) if every_hour else combat.SYSTEM
    session = battle("\n".join(map("".join, rows)), orders, kinds, seed=seed, combat_system=system)
    _comes(session, "b1", 2 * WIDTH + 4, COMES_UP_AT)
    if far_away:
        _comes(session, "d1", WIDTH + 24, FAR_AWAY_AT)
    session.advance(2 * DAY)
    return session


def _comes(session: Session, name: str, cell: int, minute: int) -> None:
    who, formations = row(session, name), session._pen["formations"]
    formations["leg_to"][who], formations["leg_at"][who] = cell, minute


def _losses(session: Session) -> dict[str, int]:
    formations = session.world.formations
    return {name: int(formations.read("battle", session.now)[row(session, name)]) for name in LEFT}


@pytest.mark.parametrize("seed", [2, 3, 5, 7])
def test_a_battle_far_away_that_somebody_enters_changes_no_bit(seed: int) -> None:
    assert _losses(_field(seed)) == _losses(_field(seed, far_away=True))


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_look_every_hour_changes_no_bit_though_somebody_comes_up_to_screen(seed: int) -> None:
    usual, woken = _field(seed), _field(seed, every_hour=True)
    assert _losses(usual) == _losses(woken)
    for name in ("battles", "participants"):
        for column, values in getattr(usual.world, name).columns():
            assert values.tolist() == getattr(woken.world, name)[column.name].tolist(), column.name


def test_who_comes_up_screens_from_the_next_look_on() -> None:
    session = _field(2)
    joined = [(e.minute, who) for e in session.events if e.kind.name == "Joined" for who in e["formation"].tolist()]
    there = [minute for minute, who in joined if who == row(session, "b1")]
    assert there, "it was meant to screen"
    assert COMES_UP_AT <= min(there) <= COMES_UP_AT + 360
