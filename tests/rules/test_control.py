"""Ground that changes hands without a fight, and bridges: on drawn maps."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.model.codes import OrderKind, Taking
from engine.rules.alarms import alarms
from tests.rules.marches import (
    DAY,
    HOUR,
    at,
    changed_hands,
    entered_at,
    field,
    hex_of,
    march,
    row,
    rows_of,
)


def owned(session, cell: int) -> int:
    return int(session.world.hexes.owner[cell])


def hostile_round(session, cell: int) -> int:
    near = session.world.statics.grid.neighbours[cell]
    owner = session.world.hexes.owner
    return int((owner[near[near >= 0]] == 1 - owner[cell]).sum())


# Salients.

TOOTH = """
:::::::::
:::::::::
::::{tooth}::::
...:{neck}....
.........
A.......A
"""


def tooth(neck: str, *, tooth: str = ".", beside: str = "R", kind: str = "infantry"):
    """An own hex that sticks out, with one formation of the enemy beside it."""
    drawing = TOOTH.format(tooth=tooth, neck=neck)
    rows = drawing.strip("\n").split("\n")
    rows[1] = rows[1][:4] + beside + rows[1][5:]
    return field("\n".join(rows), {"A": kind, "R": "rifle"}, ground={"1": "axis"})


def test_an_unguarded_salient_falls_after_12_hours_if_4_of_its_6_neighbours_are_hostile():
    s = tooth(".")
    cell = at(s, 2, 4)
    assert hostile_round(s, cell) >= 4
    s.advance(12 * HOUR)
    assert owned(s, cell) == 0
    s.advance(13 * HOUR)
    assert owned(s, cell) == 1
    assert rows_of(s, "Captured", hex=cell)[0]["how"] == Taking.SALIENT


def test_with_3_of_6_it_stays():
    s = field(
        """
        :::::::::
        ::::R::::
        .........
        .........
        .........
        A.......A
        """
    )
    cell = at(s, 2, 4)
    assert hostile_round(s, cell) == 3
    s.advance(5 * DAY)
    assert owned(s, cell) == 0
    assert changed_hands(s) == 0


def test_without_a_hostile_formation_beside_it_a_salient_stays():
    s = tooth(".", beside=":")
    assert hostile_round(s, at(s, 2, 4)) >= 4
    s.advance(5 * DAY)
    assert changed_hands(s) == 0


def test_a_salient_with_a_defender_within_two_stays():
    s = field(
        """
        :::::::::
        ::::R::::
        ::::.::::
        ...:.....
        ....A....
        .........
        """
    )
    assert hostile_round(s, at(s, 2, 4)) >= 4
    s.advance(5 * DAY)
    assert owned(s, at(s, 2, 4)) == 0


def test_a_town_does_not_fall_as_a_salient():
    s = tooth(".", tooth="1")
    assert owned(s, at(s, 2, 4)) == 0
    s.advance(5 * DAY)
    assert owned(s, at(s, 2, 4)) == 0


def test_a_defender_who_comes_back_in_time_stops_the_clock():
    s = tooth(".", kind="panzer")
    s.advance(3 * HOUR + 1)
    assert s.world.hexes.closing_since[at(s, 2, 4)] == 0
    march(s, "a1", at(s, 4, 4))
    s.advance(3 * DAY)
    assert entered_at(s, "a1", at(s, 4, 4)) < 12 * HOUR
    assert owned(s, at(s, 2, 4)) == 0
    assert s.world.hexes.closing_since[at(s, 2, 4)] >= NEVER


def test_a_quiet_front_stays_where_it_is():
    s = field(
        """
        ::::::::::::::::::
        :R:::R::R:::R::R::
        ::::::.:::::.:::::
        .A..:....A..::.A..
        ..................
        """,
        days=10,
    )
    s.advance(10 * DAY)
    assert changed_hands(s) <= 2
    assert len(s.world.battles) == 0
    assert (s.world.formations.moved_m == 0).all()


# Cut off.

POCKET = """
:::::::::::::
::::...::::::
::::...::::::
::::...::::::
:::::::::::::
.............
.............
.............
.............
"""


def test_ground_cut_off_without_anybody_falls_after_24_hours_from_its_rim_inwards():
    s = field(POCKET)
    middle, rim = at(s, 2, 5), at(s, 1, 4)
    assert hostile_round(s, middle) == 0
    s.advance(DAY)
    assert owned(s, rim) == 0
    s.advance(DAY + 4 * HOUR)
    assert owned(s, rim) == 1
    fell = {c: rows_of(s, "Captured", hex=c)[0]["minute"] for c in (middle, rim)}
    assert fell[rim] == DAY
    assert fell[middle] > fell[rim]
    assert all(r["how"] == Taking.CUT_OFF for r in rows_of(s, "Captured"))


def test_a_pocket_with_a_division_in_it_stays():
    s = field(POCKET.replace("::::...", "::::.A.", 2).replace("::::.A.", "::::...", 1))
    s.advance(4 * DAY)
    assert changed_hands(s) == 0


def test_a_town_in_a_pocket_must_be_entered():
    s = field(POCKET.replace("...", "1..", 1), ground={"1": "axis"})
    s.advance(5 * DAY)
    kept = np.flatnonzero((s.world.hexes.owner == 0) & (s.scenario.owner == 0))
    assert at(s, 1, 4) in kept
    assert at(s, 2, 5) not in kept


def test_ground_without_any_source_of_supply_anywhere_does_not_fall():
    s = field(POCKET, supply=False)
    s.advance(4 * DAY)
    assert changed_hands(s) == 0


# Bridges.

RIVER = """
:::::::::
:::::::::
+++++++++
....R....
....A....
.........
"""


def crossing(**options):
    """A division enters an undefended hex on a river; both banks were the loser's."""
    s = field(
        """
        :::::::::
        :::::::::
        +++++++++
        :::::::::
        ....A....
        .........
        """,
        **options,
    )  # fmt: skip
    march(s, "a1", at(s, 2, 4), OrderKind.EXPLOIT)
    return s


def blown(session) -> list[tuple[int, int]]:
    return [(r["hex"], r["direction"]) for r in rows_of(session, "BridgeBlown")]


def test_who_loses_a_hex_blows_the_bridges_on_its_sides():
    s = crossing(sets={"movement.bridge_blow": 1.0, "movement.bridge_coup": 1.0})
    s.advance(2 * DAY)
    assert s.world.hexes.owner[at(s, 2, 4)] == 0
    grid = s.world.statics.grid
    assert blown(s)
    for cell, direction in blown(s):
        there = int(grid.neighbours[cell, direction])
        assert {cell // 9, there // 9} == {1, 2}
    assert len(blown(s)) == len({frozenset((c, int(grid.neighbours[c, d]))) for c, d in blown(s)}), "each bridge once"


def test_bridges_stand_where_nobody_blows_them():
    s = crossing(sets={"switch.bridges": 0})
    s.advance(2 * DAY)
    assert s.world.hexes.owner[at(s, 2, 4)] == 0
    assert blown(s) == []


def test_columns_in_the_enemys_rear_take_bridges_by_surprise():
    shares = []
    for coup in (1.0, 0.25):
        gone = 0
        for seed in range(10):
            s = crossing(seed=seed, sets={"movement.bridge_coup": coup})
            s.advance(2 * DAY)
            gone += any(at(s, 2, 4) in (c, int(s.world.statics.grid.neighbours[c, d])) for c, d in blown(s))
        shares.append(gone / 10)
    assert shares[1] < shares[0]


def test_a_wrecked_bridge_costs_hours_until_it_is_rebuilt():
    s = crossing(sets={"movement.bridge_blow": 1.0, "movement.bridge_coup": 1.0, "switch.night_marches": 0}, days=20)
    s.advance(DAY)
    march(s, "a1", at(s, 0, 4), OrderKind.EXPLOIT)
    s.advance(4 * DAY)
    assert hex_of(s, "a1") == at(s, 0, 4)
    over = rows_of(s, "Departed", to=at(s, 1, 4))[0]
    plain = rows_of(s, "Departed", to=at(s, 0, 4))[0]
    assert over["leg_at"] - over["departed_at"] >= plain["leg_at"] - plain["departed_at"] + 3 * HOUR
    s.advance(12 * DAY)
    rebuilt = rows_of(s, "BridgeRebuilt")
    assert rebuilt
    begun = {r["hexside"]: r["minute"] for r in rows_of(s, "BridgeWork")}
    assert all(r["minute"] - begun[r["hexside"]] == 5 * DAY for r in rebuilt)
    march(s, "a1", at(s, 2, 4))
    s.advance(16 * DAY)
    back = rows_of(s, "Departed", hex=at(s, 1, 4), to=at(s, 2, 4))[0]
    assert back["leg_at"] - back["departed_at"] < over["leg_at"] - over["departed_at"] - 6 * HOUR


def test_nobody_builds_under_the_eyes_of_the_enemy():
    s = field(
        """
        :::::::::
        ....R....
        +++++++++
        :::::::::
        ....A....
        .........
        """,
        ground={"R": "soviet"}, sets={"movement.bridge_blow": 1.0, "movement.bridge_coup": 1.0},
    )  # fmt: skip
    march(s, "a1", at(s, 3, 0))
    s.advance(9 * DAY)
    assert rows_of(s, "BridgeRebuilt") == []


# Alarms.


def test_a_lost_hex_alarms_the_nearest_headquarters_if_nobody_is_near():
    s = field(
        """
        :::::::::::::::
        R:::::::::::::R
        ...............
        A.............A
        """,
        headquarters={
            "left": {"side": "soviet", "formations": ["r1"]}, "right": {"side": "soviet", "formations": ["r2"]},
            "axis_hq": {"side": "axis"},
        },
    )  # fmt: skip
    told = alarms(s.world, 0, np.array([at(s, 1, 5)]))
    ids = s.world.statics.headquarters_ids
    assert [ids[h] for h in told[0]["hq"].tolist()] == ["axis_hq", "left"]
    assert row(s, "r1") >= 0
