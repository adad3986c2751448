"""The high command at sea and on the way back: landings, evacuations, necks, break-outs, regrouping, pauses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.model.codes import SIDES, DirectiveKind, Permission, Status
from engine.run.session import Session
from engine.staff.high.commander import HighCommand
from engine.staff.reasons import Reason, sentence
from tests.rules.sea import calm, ships
from tests.staff.drawn_war import DAY, cell_at, cell_of, events, owner, row

SETS = {"switch.command_delay": 0, "naval.sea_spread": 0}


def war(text: str, *, side: str, days: int = 12, headquarters: dict[str, dict[str, Any]] | None = None, **more: Any) -> Session:
    """A war in which one side has a high command and no plan, the other does nothing."""
    sets = {**SETS, **more.pop("sets", {})}
    more.setdefault("weather", calm(days + 1))
    scenario = drawn_scenario(text, days=days, sets=sets, headquarters=headquarters, **more)
    return Session(scenario, 1, {side: HighCommand()}, keep_frames=False)


def words(s: Session) -> list[dict[str, Any]]:
    """Directives given, as far as these tests ask."""
    d, ids = s.world.directives, s.world.statics.headquarters_ids
    return [
        {
            "hq": ids[int(d.hq[i])], "kind": DirectiveKind(int(d.kind[i])).name, "reason": Reason(int(d.reason[i])),
            "axis": [c for c in d.axis[i].tolist() if c >= 0], "line": [c for c in d.line[i].tolist() if c >= 0],
            "names": [s.world.statics.formation_ids[r] for r in d.assault[i].tolist() if r >= 0],
            "says": sentence(int(d.reason[i]), d.detail[i], s.world.statics.grid.text),
        }
        for i in range(len(d))
    ]  # fmt: skip


def given(s: Session, kind: str) -> list[dict[str, Any]]:
    return [one for one in words(s) if one["kind"] == kind]


SOUND = """
:::::#:::::
:::::::::::
~~~~~~~~~~~
~~~~~~~~~~~
.....1.....
..A.B.C....
...........
"""
CORPS: dict[str, dict[str, Any]] = {
    "army": {"side": "axis", "formations": [], "echelon": "army"},
    "corps": {"side": "axis", "formations": "ABC", "parent": "army"},
}


def sound(craft: int = 4000, **more: Any) -> Session:
    """An island with a town worth points, and an army with craft on the coast opposite."""
    boats = [{"hq": "army", "kind": "landing_craft", "men": craft, "lifts_day": 2, "range_km": 60.0, "at": (4, 5)}]
    scale = {"A": "infantry", "B": "infantry", "C": "infantry"}
    return war(SOUND, side="axis", headquarters=CORPS, formations=scale, assets=boats if craft else [], **more)


def test_where_craft_and_a_force_are_the_corps_lands_on_the_island_and_takes_it() -> None:
    s = sound()
    s.advance(12 * DAY)
    first = given(s, "LAND")[0]
    assert (first["hq"], first["reason"]) == ("corps", Reason.LANDING)
    assert s.world.statics.theatre.sea_coast[first["axis"]].all()
    assert "is to land at" in first["says"]
    assert events(s, "Landed")
    assert owner(s, (0, 5)) == "axis", "who is ashore is told to go on"


def test_without_craft_nobody_lands_and_nobody_attacks_over_the_water() -> None:
    s = sound(craft=0)
    s.advance(6 * DAY)
    assert not given(s, "LAND")
    assert not given(s, "ATTACK")


def test_the_force_is_as_large_as_the_craft_carry_in_some_days() -> None:
    many, few = sound(20000), sound(1000)
    for s in (many, few):
        s.advance(DAY)
    assert len(given(many, "LAND")[0]["names"]) == 3
    assert len(given(few, "LAND")[0]["names"]) == 1


GARRISON = """
~~~~~~~~~~~~~~
2....~~~~1..::
.H...~~~~.G.:X
.....~~~~..:X:
~~~~~~~~~..:X:
~~~~~~~~~~:X::
~~~~~~~~~~~:::
"""


def garrison(strength: float, **more: Any) -> Session:
    """One division on a piece of coast with a port, four beside it; home lies over the water."""
    sources = [{"side": "axis", "kind": "edge", "at": (2, 0), "capacity_t": 2000}]
    more.setdefault("shipping", [ships(at=(0, 7))])
    return war(
        GARRISON, side="axis", supply=False, sources=sources, ports={"1": 8000, "2": 8000},
        formations={"G": {"kind": "infantry", "strength": strength}, "H": "infantry", "X": "rifle"}, **more,
    )  # fmt: skip


def test_a_garrison_that_cannot_hold_is_shipped_home() -> None:
    s = garrison(0.3)
    s.advance(12 * DAY)
    (out,) = given(s, "EVACUATE")
    assert (out["reason"], out["names"]) == (Reason.BY_SEA, ["g1"])
    assert out["axis"] == [cell_at(s, (1, 9))]
    (sailed,) = events(s, "Sailed")
    assert sailed["formation"].tolist() == [row(s, "g1")]
    assert s.world.formations.status[row(s, "g1")] in (Status.ON_MAP, Status.WAITING)


def test_a_garrison_that_can_hold_stays() -> None:
    s = garrison(4.0)
    s.advance(5 * DAY)
    assert not given(s, "EVACUATE")


def test_the_port_of_a_garrison_that_can_hold_is_declared_a_fortress_and_held() -> None:
    staffs = {"home": {"side": "axis", "formations": "H"}, "port": {"side": "axis", "formations": "G"},
              "red": {"side": "soviet", "formations": "X"}}  # fmt: skip
    s = garrison(4.0, headquarters=staffs, sets={"high.reopen_x": 5})
    s.advance(5 * DAY)
    (fort,) = given(s, "FORTRESS")
    assert fort["reason"] is Reason.DECLARED
    assert "as a fortress" in fort["says"]
    cell = cell_at(s, (1, 9))
    assert s.world.hexes.fortress[cell] == 0, "the axis side's"
    assert [one for one in given(s, "DEFEND") if one["line"] and one["hq"] == fort["hq"] == "port"]
    assert s.world.statics.grid.distance(cell_of(s, "g1"), cell) <= 2


def test_a_fortress_whose_garrison_goes_to_the_ships_is_lifted() -> None:
    s = garrison(0.3, directives=[{"id": "fort", "hq": "axis_hq", "kind": "fortress", "objective": [(1, 9)], "ring": 1}])
    s.advance(12 * DAY)
    cell = cell_at(s, (1, 9))
    assert [e for e in events(s, "FortressDeclared") if cell in np.ravel(e["hex"])]
    assert given(s, "LIFT_FORTRESS")
    assert events(s, "Sailed")


def test_a_garrison_that_is_shipped_out_is_left_no_fortress() -> None:
    s = garrison(0.3)
    s.advance(5 * DAY)
    assert not given(s, "FORTRESS")


def test_without_ships_nobody_is_told_to_leave_by_sea() -> None:
    s = garrison(0.3, shipping=[])
    s.advance(5 * DAY)
    assert not given(s, "EVACUATE")


NECK = """
~~~~~~~~~~~~~~~~~~~~~~~~
........................
........................
................A....B..
.K......................
...:XXXXX::......C....D.
...::XXXX::::::::::::::.
...::::::::::::::::::::.
:::::::::::::::::::::::.
"""


CUT = """
~~~~~~~~~~~~~~~~~~~~~~~~
.......:X:..............
.......:::..............
.......:::.ABCD.........
.K.....:::..............
...:::::::::......:::::.
...:::::::::::::::::::::
...::::::::::::::::::::.
:::::::::::::::::::::::.
"""


def neck(text: str = NECK, **more: Any) -> Session:
    """Four divisions in the east hang on a strip of coast that one keeps open in the west."""
    sources = [{"side": "axis", "kind": "edge", "at": (4, 0), "capacity_t": 2000}]
    staffs = {
        "army": {"side": "axis", "formations": "K", "echelon": "army"},
        "east": {"side": "axis", "formations": "ABCD", "parent": "army"},
        "red": {"side": "soviet", "formations": "X"},
    }
    weak = {"kind": "infantry", "strength": 0.4}
    kinds = {**dict.fromkeys("ABCDK", weak), "X": {"kind": "rifle", "strength": 1.2}}
    return war(
        text, side="axis", headquarters=staffs, supply=False, sources=sources, formations=kinds,
        sets={"high.neck_hexes": 4, **more.pop("sets", {})}, **more,
    )  # fmt: skip


def test_what_lies_behind_a_neck_goes_back_line_by_line_before_it_closes() -> None:
    s = neck()
    s.advance(3 * DAY)
    back = given(s, "WITHDRAW")[0]
    assert (back["hq"], back["reason"]) == ("east", Reason.NECK)
    columns = [cell % s.world.statics.grid.columns for cell in back["line"]]
    assert len(back["line"]) >= 2
    assert 4 < np.mean(columns) < 18, "towards the neck, and not through it at one bound"
    s.advance(12 * DAY)
    assert len(given(s, "WITHDRAW")) > 1, "the next line follows"


def test_who_stands_at_a_neck_is_to_hold_the_line_before_it() -> None:
    s = neck()
    s.advance(3 * DAY)
    (keep, *_) = [one for one in given(s, "DEFEND") if one["reason"] is Reason.KEEPS_OPEN]
    assert keep["hq"] == "army"
    assert len(keep["line"]) >= 2
    assert all(cell % s.world.statics.grid.columns < 14 for cell in keep["line"]), "before the neck, in the west"
    assert "must stay open" in keep["says"]
    d = s.world.directives
    (mine, *_) = np.flatnonzero(d.reason == Reason.KEEPS_OPEN)
    assert d.permission[mine] == Permission.STAND_FAST
    assert not [one for one in given(s, "WITHDRAW") if one["hq"] == "army"], "the keeper is not led back"


def test_who_keeps_a_neck_gets_formations_from_behind_it_if_their_line_bears_it() -> None:
    s = neck(sets={"staff.spacing_max_km": 100})
    s.advance(5 * DAY)
    moved = [int(hq) for e in events(s, "Attached") for hq in e["hq"]]
    assert moved
    assert set(moved) == {s.world.statics.headquarters_rows["army"]}


FAR_PORT = NECK.replace("........................", "....................1...", 1)


def shipped(lift: int) -> Session:
    """The neck, three days' march away by the reckoning of this test, and a port beside those in the east."""
    return neck(FAR_PORT, ports={"1": 8000}, shipping=[ships(at=(0, 12), men_day=lift)], sets={"high.road_days": 2})


def test_who_is_far_behind_a_neck_and_near_a_port_goes_by_sea_and_is_told_nothing_else_meanwhile() -> None:
    s = shipped(20000)
    s.advance(4 * DAY)
    mine = [one for one in words(s) if one["hq"] == "east"]
    (out,) = [one for one in mine if one["kind"] == "EVACUATE"]
    assert out["reason"] is Reason.BY_SEA
    assert out["axis"] == [cell_at(s, (1, 20))]
    assert mine[-1] is out, "nothing came after it"
    assert events(s, "Sailed") or (s.world.formations.afloat > 0).any()


def test_who_cannot_be_shipped_in_time_goes_by_land() -> None:
    s = shipped(1000)
    s.advance(2 * DAY)
    assert not given(s, "EVACUATE")
    assert given(s, "WITHDRAW")


def test_what_is_cut_off_near_home_breaks_out_from_where_it_is_nearest() -> None:
    s = neck(CUT)
    s.advance(3 * DAY)
    out = given(s, "BREAK_OUT")[0]
    assert (out["hq"], out["reason"]) == ("east", Reason.REOPEN)
    start, goal = out["axis"][0], out["axis"][-1]
    columns = s.world.statics.grid.columns
    assert start != goal
    assert start % columns > goal % columns, "from the east to the west"


def test_a_neck_that_nobody_threatens_is_no_reason_to_leave() -> None:
    s = neck(NECK.replace("X", ":").replace(":::::::::::::::::::::::.", "::::::::::::::::::X::::.", 1))
    s.advance(2 * DAY)
    assert not [one for one in given(s, "WITHDRAW") if one["reason"] is Reason.NECK]


TWO_ARMIES = """
....................
....................
.R.R.R.R.R......S...
::::::::::::::::X:X:
::A:::::::::::::::::
::::::::::::::::::::
"""
FRONT: dict[str, dict[str, Any]] = {
    "front": {"side": "axis", "formations": [], "echelon": "army_group"},
    "rich": {"side": "axis", "formations": "R", "parent": "front", "echelon": "army"},
    "poor": {"side": "axis", "formations": "S", "parent": "front", "echelon": "army"},
    "red": {"side": "soviet", "formations": "AX"},
}


def test_formations_go_from_where_they_can_be_spared_to_where_they_are_needed() -> None:
    kinds = {"R": "infantry", "S": {"kind": "infantry", "strength": 0.5}, "X": "rifle", "A": {"kind": "rifle", "strength": 0.1}}
    s = war(TWO_ARMIES, side="axis", headquarters=FRONT, formations=kinds, depth=3, sets={"high.attack_x": 5})
    s.advance(4 * DAY)
    moved = [(int(f), int(hq)) for e in events(s, "Attached") for f, hq in zip(e["formation"], e["hq"], strict=True)]
    rows = s.world.statics.headquarters_rows
    assert moved
    assert {hq for _, hq in moved} == {rows["poor"]}
    assert len({f for f, _ in moved}) == len(moved), "nobody twice"
    assert len(moved) <= 3, "the giver keeps what its front needs"


def test_corps_that_are_outnumbered_may_fall_back_to_a_line_behind_them() -> None:
    staffs = FRONT | {"corps": {"side": "axis", "formations": "S", "parent": "poor"},
                      "poor": {"side": "axis", "formations": [], "parent": "front", "echelon": "army"}}  # fmt: skip
    kinds = {"S": {"kind": "infantry", "strength": 0.5}, "R": "infantry", "X": "rifle", "A": "rifle"}
    s = war(TWO_ARMIES, side="axis", headquarters=staffs, formations=kinds, depth=3)
    s.advance(3 * DAY)
    d = s.world.directives
    mine = np.flatnonzero((d.hq == s.world.statics.headquarters_rows["corps"]) & (d.permission == Permission.MAY_FALL_BACK))
    line = [c for c in d.fall_back[mine[0]].tolist() if c >= 0]
    assert len(line) >= 2
    front = row_of(s, cell_of(s, "s1"))
    assert all(row_of(s, cell) < front for cell in line), "behind, that is to the north"


def row_of(s: Session, cell: int) -> int:
    return cell // s.world.statics.grid.columns


@pytest.mark.parametrize("days", [0.1, 4.0])
def test_who_has_no_ammunition_pauses(days: float) -> None:
    stocked = {"kind": "infantry", "ammo_days": days}
    kinds = {"R": stocked, "S": stocked, "X": "rifle", "A": "rifle"}
    s = war(TWO_ARMIES, side="axis", headquarters=FRONT, formations=kinds, depth=3, supply=False)
    s.advance(DAY)
    pauses = [one for one in words(s) if one["reason"] is Reason.PAUSE]
    assert bool(pauses) == (days < 1)


def test_both_sides_can_have_a_high_command() -> None:
    scenario = drawn_scenario(TWO_ARMIES, headquarters=FRONT, depth=3, days=6)
    s = Session(scenario, 1, {side: HighCommand() for side in SIDES}, keep_frames=False)
    s.advance(6 * DAY)
    assert {"front", "red"} <= {one["hq"] for one in words(s)}


def two_corps(text: str, *, lift: int, **corps: str) -> Session:
    """The neck again, with several headquarters behind it, each named with its letters."""
    sources = [{"side": "axis", "kind": "edge", "at": (4, 0), "capacity_t": 2000}]
    staffs: dict[str, dict[str, Any]] = {
        "top": {"side": "axis", "formations": [], "echelon": "army_group"},
        "army": {"side": "axis", "formations": "K", "parent": "top", "echelon": "army"},
    }
    for name, letters in corps.items():
        under = {"parent": "top", "echelon": "army"} if name == "hand" else {"parent": "army"}
        staffs[name] = {"side": "axis", "formations": letters, **under}
    staffs["red"] = {"side": "soviet", "formations": "X"}
    weak = {"kind": "infantry", "strength": 0.4}
    kinds = {**dict.fromkeys("ABCDKZ", weak), "X": {"kind": "rifle", "strength": 1.2}}
    return war(
        text, side="axis", headquarters=staffs, supply=False, sources=sources, ports={"1": 8000},
        formations={k: v for k, v in kinds.items() if k in text}, shipping=[ships(at=(0, 12), men_day=lift)] if lift else [],
        sets={"high.neck_hexes": 4, "high.road_days": 2, "high.bound_hexes": 4, "high.haste": 1},
    )  # fmt: skip


def test_nobody_waits_on_land_for_those_who_go_by_sea() -> None:
    text = FAR_PORT.replace("................A....B..", "..........A...........B.").replace(
        "...:XXXXX::......C....D.", "...:XXXXX::...C.......D."
    )
    s = two_corps(text, lift=4000, far="BD", near="AC")
    s.advance(2 * DAY)
    assert [one["hq"] for one in given(s, "EVACUATE")] == ["far"]
    assert cell_of(s, "b1") >= 0, "still ashore"
    back = [one for one in given(s, "WITHDRAW") if one["hq"] == "near"]
    assert back, "while the others are still boarding"
    assert back[0]["reason"] is Reason.NECK


def test_who_has_no_front_is_the_reserve_of_a_way_home_that_is_in_danger() -> None:
    s = two_corps(NECK.replace("........................", ".Z......................", 1), lift=0, east="ABCD", hand="Z")
    s.advance(DAY)
    mine = [one for one in words(s) if one["hq"] == "hand"]
    assert [(one["kind"], one["reason"]) for one in mine] == [("RAIL", Reason.NECK_RESERVE)]
    assert "as a reserve for the way home" in mine[0]["says"]
    d = s.world.directives
    place = int(d.objective[np.flatnonzero(d.reason == int(Reason.NECK_RESERVE))[0]])
    assert place % s.world.statics.grid.columns <= 12, "behind the neck, in the west"


def test_a_high_command_whose_troops_have_all_gone_says_nothing_more() -> None:
    staffs: dict[str, dict[str, Any]] = {
        "nobody": {"side": "axis", "formations": []}, "red": {"side": "soviet", "formations": "X"},
    }  # fmt: skip
    theirs = {"X": {"kind": "rifle", "side": "soviet"}}
    s = war("......\n..X...\n::::::\n::::::", side="axis", headquarters=staffs, formations=theirs)
    s.advance(3 * DAY)
    assert {one["reason"] for one in words(s)} == {Reason.TAKES_OVER}
