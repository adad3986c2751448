"""Attacks: width round the spearhead, commitment of the mobile group, where an attack may not go, how it ends."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.arithmetic import PPM
from engine.model.codes import OrderKind, StaffRole, Task
from engine.model.commander import Notes
from engine.staff import attack, mobile
from engine.staff.attack import aim_of, appraise
from engine.staff.control import control_of, held_soon
from engine.staff.intentions import Intentions
from engine.staff.mobile import _ways
from engine.staff.plans import Plans
from engine.staff.reasons import EndReason, Reason
from engine.staff.roles import members_of, take_up
from engine.staff.situation import Situation
from tests.staff.drawn_war import (
    DAY,
    HOUR,
    captures,
    cell_at,
    cell_of,
    events,
    orders_to,
    owner,
    place,
    reasons,
    row,
    run,
    seeds,
    tell,
    war,
)

THRUST = {"side": "axis", "kind": "attack", "axis": [(1, 6), (-5, 6)], "assault": "A", "start_min": 0}


# Contact: what stands between two divisions, and what does not.


def test_a_tank_corps_cannot_walk_between_divisions_eighteen_km_apart():
    session = war(".D..D.\n::::::\n:::T::", days=3, depth=4, led=[], formations={"T": "tank_corps"})
    tell(session, "soviet", OrderKind.EXPLOIT, ["t1"], cell_at(session, (-3, 3), 4))
    session.advance(2 * DAY)
    crossed = [minute for minute, cell, _ in captures(session)]
    fights = [event.minute for event in events(session, "Engaged")]
    assert fights
    assert not crossed or min(crossed) > min(fights)


def test_a_tank_corps_walks_through_a_real_hole_within_a_day_and_without_a_fight():
    session = war(
        ".D.............D.\n:::::::::::::::::\n::::::::T::::::::", days=3, depth=4, led=[], formations={"T": "tank_corps"}
    )
    tell(session, "soviet", OrderKind.EXPLOIT, ["t1"], cell_at(session, (-3, 8), 4))
    taken_up = next(e.minute for e in _until(session, 2 * DAY, "OrderTaken"))
    session.advance(taken_up + DAY)
    assert place(session, "t1", 4)[0] <= -2
    assert events(session, "Engaged") == []


def _until(session, minute, name):
    session.advance(minute)
    return events(session, name)


# The spearhead and its shoulder.


def test_an_attack_keeps_own_ground_round_its_spearhead():
    shares, gained = [], []
    for seed in seeds(8):
        session = war(
            ":R::R:#:R::R:\n...AAAA......", days=3, depth=6, seed=seed,
            formations={"A": "panzer", "R": {"kind": "rifle", "strength": 0.6}}, directives=[THRUST],
        )  # fmt: skip
        for hour in range(12, 73, 6):
            session.advance(hour * HOUR)
            mine = [cell for _, cell, side in captures(session) if side == 0]
            if mine:
                share = control_of(session.view("axis")).own_share(np.array(mine[-1:]))
                shares.append(int(share[0]) / PPM)
        gained.append(len(mine))
    assert sum(shares) / len(shares) >= 0.42
    assert min(gained) >= 2


def test_the_mobile_group_waits_for_three_hexes_and_then_goes_within_a_cycle():
    text = ":R::R::R::R:\n..AAAA......\n....T.......\n............"
    attack = THRUST | {"axis": [(1, 5), (-8, 5)], "mobile": "T"}
    weak = {"A": "panzer", "T": "panzer", "R": {"kind": "rifle", "strength": 0.5}}
    early, reached = [], []
    for seed in seeds(3):
        session = war(text, days=6, depth=8, seed=seed, formations=weak, directives=[attack])
        farthest = place(session, "t1", 8)[0]
        while session.now < 5 * DAY:
            session.advance(session.now + DAY // 8)
            farthest = min(farthest, place(session, "t1", 8)[0])
        committed = int(session.world.staff_notes.committed_at.max())
        assert committed > 0, "committed at all"
        mine = [minute for minute, _, side in captures(session) if side == 0]
        early.append(sum(minute <= committed for minute in mine))
        before = [goal for at, _, goal, _ in orders_to(session, "t1") if at < committed]
        assert len(before) <= 1, "until then it stays about where it is"
        reached.append(farthest)
    assert min(early) >= 3
    assert min(reached) <= -3


def test_a_mobile_group_pursues_at_once_an_enemy_who_has_gone():
    """There is no breach to wait for; while the divisions before it fight for the first hexes it waits as ever."""
    text = "{}\n..AAAA......\n....T.......\n............"
    attack = THRUST | {"axis": [(1, 5), (-8, 5)], "mobile": "T"}
    taken = {}
    for line in ("::::::::::::", ":R::R::R::R:"):
        kinds = {"A": "panzer", "T": "panzer", "R": {"kind": "rifle", "strength": 0.5}}
        session = war(text.format(line), days=6, depth=8, formations=kinds, directives=[attack])
        session.advance(5 * DAY)
        committed = int(session.world.staff_notes.committed_at.max())
        taken[line] = sum(minute <= committed for minute, _, side in captures(session) if side == 0)
        assert committed >= 0
    assert taken["::::::::::::"] < 3 <= taken[":R::R::R::R:"]


def test_a_mobile_group_is_given_a_days_way_at_once():
    """Nobody is left in the depth before it: its orders lead farther than the six hexes that it makes in a day."""
    text = ":R::R::R::R:\n..AAAA......\n....T.......\n............"
    attack = THRUST | {"axis": [(1, 5), (-14, 5)], "mobile": "T"}
    weak = {"A": "panzer", "T": "panzer", "R": {"kind": "rifle", "strength": 0.5}}
    longest = []
    for seed in seeds(3):
        session = war(text, days=8, depth=15, seed=seed, formations=weak, directives=[attack])
        ahead = [0]
        while session.now < 5 * DAY:
            before, told = cell_of(session, "t1"), len(orders_to(session, "t1"))
            session.advance(session.now + HOUR)
            new = orders_to(session, "t1")[told:]
            ahead += [session.world.statics.grid.distance(before, goal) for _, kind, goal, _ in new if kind == "EXPLOIT"]
        longest.append(int(max(ahead)))
    assert min(longest) > 6, longest


def test_a_brigade_is_committed_sooner_for_the_divisions_beside_it(monkeypatch: pytest.MonkeyPatch):
    """Alone it is no match for a screen; beside four divisions that have broken in it need not wait for an empty hex. Where
    luck keeps them from breaking in it is all one: never later, and sooner in half of the wars at least.
    """
    text = ":R:RRRRR::R::\n..AAAA.......\n....T........\n............."
    attack = THRUST | {"axis": [(1, 5), (-8, 5)], "mobile": "T"}
    kinds = {"A": "panzer", "T": {"kind": "tank_brigade", "side": "axis"}, "R": "rifle"}
    hours = {}
    for support in (mobile.SUPPORT, -1):
        monkeypatch.setattr(mobile, "SUPPORT", support)
        for seed in range(1, 7):
            session = war(text, days=6, depth=8, seed=seed, formations=kinds, directives=[attack])
            session.advance(5 * DAY)
            committed = int(session.world.staff_notes.committed_at.max())
            hours[support, seed] = committed // HOUR if committed >= 0 else 5 * 24
    sooner = [hours[-1, seed] - hours[2, seed] for seed in range(1, 7)]
    assert min(sooner) >= 0, hours
    assert sum(gained > 0 for gained in sooner) >= 3, hours


def test_what_is_about_to_be_entered_counts_as_taken_when_the_next_task_is_given():
    session = war(":::::\n..A..\n.....", days=2, depth=4, led=[], formations={"A": "panzer"}, ground={"A": "axis"})
    tell(session, "axis", OrderKind.FOLLOW, ["a1"], cell_at(session, (-2, 2), 4))
    while int(session.world.formations.leg_to[row(session, "a1")]) < 0:
        session.advance(session.now + 15)
    next_hex = int(session.world.formations.leg_to[row(session, "a1")])
    view = session.view("axis")
    assert view.hexes.owner[next_hex] == 1
    assert held_soon(view)[next_hex] == 0
    assert control_of(view, held_soon(view)).part[next_hex] == control_of(view).part[cell_of(session, "a1")]
    assert held_soon(session.view("soviet"))[next_hex] == 1, "the enemy's staff is told nothing"


def test_a_single_captured_hex_is_no_breach():
    text = ":RRRRRRRRRR:\n..AAAA......\n....T.......\n............"
    attack = THRUST | {"axis": [(1, 5), (-8, 5)], "mobile": "T"}
    session = war(text, days=4, depth=8, formations={"A": "panzer", "T": "panzer"}, directives=[attack])
    session.advance(2 * DAY)
    taken = sum(side == 0 for _, _, side in captures(session))
    assert taken < 3, "the picture was meant to allow no breach"
    assert int(session.world.staff_notes.committed_at.max()) < 0
    assert {reason for _, _, _, reason in orders_to(session, "t1")} <= {Reason.MOBILE_WAIT}


# Where it goes.


def test_an_attack_goes_on_to_what_is_left_of_its_axis_though_others_have_taken_its_objective():
    rows = [*["::::::::::"] * 3, "R:R:R:::::", "::::::::::", "..A......B", ".........."]
    thrust = {"side": "axis", "kind": "attack", "axis": [(5, 2), (3, 2), (0, 2)], "assault": "A", "start_min": 0}
    kinds = {"A": {"kind": "infantry", "strength": 0.3}, "B": {"kind": "panzer", "side": "axis"}, "R": "rifle"}
    session = war("\n".join(rows), days=6, led=["axis"], formations=kinds, directives=[thrust])
    tell(session, "axis", OrderKind.EXPLOIT, ["b1"], cell_at(session, (0, 2)))
    session.advance(5 * DAY)
    held_since = int(session.world.hexes.owner_since[cell_at(session, (0, 2))])
    assert owner(session, (0, 2)) == "axis", "the picture was meant to lose its objective"
    assert 0 < held_since < 3 * DAY
    assert owner(session, (3, 2)) == "soviet", "and to hold its town"
    assert session.world.staff_notes.end_reason.max() == EndReason.NONE


@pytest.mark.parametrize(
    ("enemy", "strength", "reason"),
    [("R", 3.0, Reason.LEASH), ("R", 0.2, Reason.EXPLOIT), (":", 1.0, Reason.EXPLOIT)],
)
def test_a_mobile_group_halts_on_its_leash_only_near_a_known_enemy(enemy: str, strength: float, reason: Reason):
    """A hundred kilometres ahead of the divisions it waits for them if an enemy is near who could cut it off."""
    text = f"::::::\n::::::\n:::T::\n:{enemy}::::\n" + "::::::\n" * 16 + "AAA.AA\n......"
    kinds = {"T": {"kind": "panzer", "side": "axis"}, "R": {"kind": "rifle", "strength": strength}}
    session = war(text, days=3, led=[], formations=kinds)
    session.advance(DAY)
    s = Situation(session.view("axis"), Notes(*session.world.note_tables()))
    goal, wishes = cell_at(session, (0, 3)), Intentions(s)
    aim = attack.Aim(0, (cell_at(session, (20, 3)), goal), 30_000, goal, 0.0, 0.0)
    mobile.exploit(s, wishes, aim, np.array([s.view.own.ids.index("t1")]))
    wishes.orders(Plans(s).commander)
    assert s.notes.formation["reason"][row(session, "t1")] == reason



def column(enemy: str, strength: float = 3.0) -> tuple[Situation, int, attack.Aim]:
    """A column on its way to a goal aside of the straight way north, an ``enemy`` or nobody beside that goal."""
    text = f"""
        :::::::::
        :::::::::
        :{enemy}:::::::
        :::::::::
        ....T....
        .........
        """
    session = war(text, days=3, led=[], formations={
        "T": {"kind": "panzer", "side": "axis", "strength": 0.5}, "R": {"kind": "rifle", "strength": strength}
    })
    session.advance(6 * HOUR)
    tell(session, "axis", OrderKind.EXPLOIT, ["t1"], cell_at(session, (2, 2)))
    session.advance(7 * HOUR)
    s = Situation(session.view("axis"), Notes(*session.world.note_tables()))
    goal = cell_at(session, (0, 4))
    return s, s.view.own.ids.index("t1"), attack.Aim(0, (s.hex_of[0], goal), 60_000, goal, 0.0, 0.0)


@pytest.mark.parametrize(("enemy", "kept"), [(":", True), ("R", False)])
def test_a_column_keeps_the_goal_it_has_until_somebody_bars_the_way_to_it(enemy: str, kept: bool):
    s, at, aim = column(enemy, strength=6.0)
    way, here, goal = _ways(s, aim), s.hex_of[at], s.intent[1][at]
    assert goal not in way.to(here, aim.objective), "the quickest way leads elsewhere"
    path = mobile._way_on(s, way, at, here, aim.objective, s.power_of[at])
    assert path[-1] == aim.objective
    assert (goal in path) == kept


def test_a_weak_screen_farther_on_is_no_reason_to_stop_before_it():
    """By the time the column is there it has gone, or is run over."""
    for strength, through in ((3.0, True), (6.0, False)):
        s, at, aim = column("R", strength)
        path = _ways(s, aim).to(s.hex_of[at], s.intent[1][at])
        screened = [cell for cell in path if s.defence[cell] > 0 and not s.occupied[cell]]
        free = mobile._free_stretch(s, path, s.power_of[at])
        assert screened
        assert screened[0] != path[0], "the picture was meant to have a screen beyond the first hex"
        assert (screened[0] in free) == through


def test_an_exploiting_column_fights_for_the_goal_it_was_given():
    """A weak garrison there would else hold it up until the next order."""
    text = "::::::\n::R:::\n::::::\n..T...\n......"
    kinds = {"T": "panzer", "R": {"kind": "rifle", "strength": 0.1}}
    session = war(text, days=3, led=[], formations=kinds)
    tell(session, "axis", OrderKind.EXPLOIT, ["t1"], cell_at(session, (1, 2)))
    session.advance(3 * DAY)
    assert events(session, "Engaged")
    assert owner(session, (1, 2)) == "axis"


def test_an_order_on_its_way_is_not_overtaken_by_one_that_only_leads_farther():
    session = war("::::::\n::::::\n::::::\n..T...\n......", days=3, led=[], formations={"T": "panzer"})
    goal, farther = cell_at(session, (1, 2)), cell_at(session, (0, 2))
    for hours, chosen in ((1, goal), (12, farther)):
        if hours == 1:
            tell(session, "axis", OrderKind.EXPLOIT, ["t1"], goal)
        session.advance(hours * HOUR if hours > 1 else session.now + 1)
        s = Situation(session.view("axis"), Notes(*session.world.note_tables()))
        on_its_way = s.intent[2][0]
        assert on_its_way == (hours == 1)
        assert mobile._keep_goal(s, 0, s.hex_of[0], [goal, farther]) == chosen


def test_the_far_side_of_an_enemy_corridor_is_never_a_target():
    text = """
        ....A::::......
        ...AA:R::......
        ....A::R:..B...
        ...A.:R::......
        .....:::.......
        """
    axis = [(2, 2), (2, 12)]
    session = war(text, days=4, depth=0, directives=[THRUST | {"axis": axis}])
    view, notes = session.view("axis"), Notes(*session.world.note_tables())
    situation = Situation(view, notes)
    plans = Plans(situation)
    plan = plans.of[0]
    members = members_of(plans)[0]
    take_up(situation, plans, plan, members)
    group = members[situation.role[members] == StaffRole.ASSAULT]
    found = appraise(situation, aim_of(situation, plans, plan, plan.current), group)
    columns = [int(cell) % 15 for cell in found.cells]
    assert columns
    assert max(columns) == 5, "only hexes that touch the ground the group stands on"


def columns_of_the_way(astray_h: float) -> list[int]:
    """Columns that a mobile group would pass, whose own corridor some divisions bar and its neighbour's nobody."""
    text = """
        ::::::::::::::::::
        ::::::::::::::::::
        RRRRRRRRR:::::::::
        ....T.............
        ..................
        """
    attack = THRUST | {"axis": [(3, 4), (0, 4)], "assault": "T", "corridor_km": 12}
    session = war(text, days=2, depth=0, formations={"T": "panzer"}, directives=[attack],
                  sets={"staff.exploit_astray_h": astray_h, "staff.exploit_occupied_h": 90})  # fmt: skip
    situation = Situation(session.view("axis"), Notes(*session.world.note_tables()))
    plans = Plans(situation)
    plan = plans.of[0]
    aim = aim_of(situation, plans, plan, plan.current)
    way = _ways(situation, aim).to(cell_of(session, "t1"), aim.objective)
    assert way[-1] == aim.objective
    return [cell % session.world.statics.grid.columns for cell in way]


def test_a_mobile_group_keeps_within_its_boundaries_unless_its_own_sector_is_shut_for_days():
    free, bound = columns_of_the_way(0), columns_of_the_way(24)
    assert max(free) - 4 > 2 or 4 - min(free) > 2, "the picture was meant to tempt it"
    assert max(bound) - 4 <= 2
    assert 4 - min(bound) <= 2


# Before the hour, and how long an attack waits for better odds.


def test_an_attack_that_names_nobody_holds_its_line_and_moves_up_as_a_whole_when_the_hour_is_near():
    everybody = {"side": "axis", "kind": "attack", "axis": [(1, 6), (-5, 6)], "start_min": 4 * DAY}
    session = war(":::::RRR:::::\n..A...A...A..\n.............", days=6, depth=6, directives=[everybody])
    rows = [row(session, name) for name in ("a1", "a2", "a3")]
    session.advance(4 * DAY - 36 * HOUR)
    assert StaffRole.ASSAULT not in session.world.formation_notes.role[rows].tolist()
    session.advance(4 * DAY - 3 * HOUR)
    assert session.world.formation_notes.role[rows].tolist() == [StaffRole.ASSAULT] * 3
    before = [at for name in ("a1", "a2", "a3") for at, _, _, reason in orders_to(session, name) if reason is Reason.ASSAULT]
    assert before
    assert max(before) < 4 * DAY


def test_the_hours_before_its_hour_do_not_count_as_waiting_for_better_odds():
    everybody = {"side": "axis", "kind": "attack", "axis": [(1, 6), (-5, 6)], "start_min": 4 * DAY, "end_day": 6}
    session = war(":::::RRR:::::\n..A...A...A..\n.............", days=6, depth=6, directives=[everybody])
    session.advance(4 * DAY - 18 * HOUR)
    notes, hq = session.world.staff_notes, session.world.statics.headquarters_rows["axis_hq"]
    assert notes.target_a[hq] >= 0, "it has a target already"
    session.advance(4 * DAY)
    assert notes.target_since[hq] >= 4 * DAY - 12 * HOUR


def accepted_after(hours: int, end_day: float) -> float:
    """Odds at which an attack that may go on to ``end_day`` begins after so many hours before one target."""
    session = war(":R::R::R:\n..AA.....\n.........", days=9, depth=4,
                  directives=[THRUST | {"axis": [(1, 4), (-3, 4)], "end_day": end_day}])  # fmt: skip
    s = Situation(session.view("axis"), Notes(*session.world.note_tables()))
    plans = Plans(s)
    plan = plans.of[0]
    aim = aim_of(s, plans, plan, plan.current)
    s.notes.staff["target_since"][aim.hq] = s.minute - hours * HOUR
    return attack._patient(s, aim)


@pytest.mark.parametrize(
    ("hours", "end_day", "odds"), [(23, 8, 0.1), (24, 8, -0.3), (48, 8, -0.6), (11, 2, 0.1), (12, 2, -0.3), (24, 2, -0.6)]
)
def test_an_attack_ordered_for_few_days_accepts_worse_odds_sooner(hours: int, end_day: float, odds: float):
    assert accepted_after(hours, end_day) == pytest.approx(odds)


# How it ends.


def end_of(session, hq="axis_hq"):
    return EndReason(int(session.world.staff_notes.end_reason[session.world.statics.headquarters_rows[hq]]))


def test_an_attack_whose_axis_is_own_from_the_start_is_refused():
    session = run(":R::R::R:\n..AA.....\n.........\n.........", days=1, depth=2,
                  directives=[THRUST | {"axis": [(2, 4), (1, 4)]}])  # fmt: skip
    assert end_of(session) is EndReason.WAS_OWN
    assert not any(kind == "ATTACK" for name in ("a1", "a2") for _, kind, _, _ in orders_to(session, name))


def test_an_attack_ends_when_its_axis_is_own_and_is_not_taken_up_again():
    session = run(":::::::::\n..AA.....\n.........", days=4, depth=3, led=["axis"],
                  directives=[THRUST | {"axis": [(1, 3), (-1, 3)]}])  # fmt: skip
    assert end_of(session) in (EndReason.DONE, EndReason.TAKEN_AND_HELD)
    roles = session.world.formation_notes.role
    assert {int(roles[row(session, name)]) for name in ("a1", "a2")} <= {StaffRole.LINE, StaffRole.RESERVE}


def test_an_attack_culminates_at_the_share_of_its_men_that_is_set():
    text = ":RRRRRRR:\n:RRRRRRR:\n...AA....\n........."
    weak = {"A": {"kind": "infantry", "strength": 0.6}, "R": {"kind": "rifle", "strength": 0.35}}
    session = war(text, days=10, depth=3, formations=weak, directives=[THRUST | {"axis": [(2, 4), (-2, 4)]}],
                  sets={"staff.go_x": -9.0, "staff.patience_x": 0.0, "staff.culmination": 0.95})  # fmt: skip
    start = int(session.world.formations.men_u[[0, 1]].sum())
    while end_of(session) is EndReason.NONE and session.now < 9 * DAY:
        session.advance(session.now + 3 * HOUR)
    left = int(session.world.formations.read("men", session.now, [0, 1]).sum()) / start
    assert end_of(session) is EndReason.CULMINATED, left
    assert 0.85 < left < 0.951
    assert Reason.CULMINATED in reasons(session).values()
    session.advance(session.now + DAY)
    assert end_of(session) is EndReason.CULMINATED, "it is not taken up again"
    roles = session.world.formation_notes.role
    assert {int(roles[row(session, name)]) for name in ("a1", "a2")} <= {StaffRole.LINE, StaffRole.RESERVE}


def test_an_attack_ends_at_its_date():
    day = THRUST | {"end_day": 1, "axis": [(1, 4), (-5, 4)]}
    session = run(":RRRRRRR:\n..AAAA...\n.........", days=3, depth=5, directives=[day])
    late = [order for name in ("a1", "a2", "a3", "a4") for order in orders_to(session, name) if order[0] > DAY + 3 * HOUR]
    assert not any(reason in (Reason.ATTACK, Reason.ASSAULT, Reason.FEED) for _, _, _, reason in late)
    roles = session.world.formation_notes.role
    assert (roles[:4] != StaffRole.ASSAULT).all()


def test_an_attack_under_way_is_broken_off_when_its_directive_is_over():
    day = THRUST | {"end_min": 15 * HOUR, "axis": [(1, 4), (-5, 4)]}
    hold = {"side": "axis", "kind": "defend", "line": [(1, 1), (1, 7)], "start_min": 15 * HOUR}
    session = war(":RRRRRRR:\n..AAAA...\n.........", days=3, depth=5, directives=[day, hold])
    session.advance(15 * HOUR)
    mine = session.world.formations.side == 0
    assert (session.world.formations.task[mine] == Task.ATTACK).any(), "it was attacking"
    session.advance(30 * HOUR)
    told = [order for name in ("a1", "a2", "a3", "a4") for order in orders_to(session, name)]
    assert any(reason is Reason.CALLED_OFF for _, _, _, reason in told)
    attacking = session.world.formations.task[mine] == Task.ATTACK
    assert not attacking.any()
