"""Evacuations of the record are carried out by the staffs: somebody sails, and is gone in time."""

from __future__ import annotations

from engine.files.stored import load_scenario
from engine.lab.commanders import commanders
from engine.model.codes import SIDES, Status
from engine.run.session import Session

DAY = 1440


def test_aster_ships_the_services_out_of_estonia_within_a_week() -> None:
    s = Session(load_scenario("tallinn_aster"), 1, commanders(dict.fromkeys(SIDES, "staff")), keep_frames=False)
    formations, rows = s.world.formations, s.world.statics.formation_rows
    services = [rows["g_serv_narwa"], rows["g_serv_estonia"]]
    s.advance(3 * DAY)
    assert formations.aboard_u[services].sum() > 0, "the first go aboard on the 18th or 19th"
    s.advance(8 * DAY)
    assert (formations.status[services] == Status.WITHDRAWN).all()
    assert formations.read("men", s.now, services).sum() > 25_000 * 10**6, "most get away"
