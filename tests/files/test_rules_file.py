"""The common files hold together: every parameter is sourced and bounded, and every one that a rule asks for
is there.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from engine.files.common import SCENARIOS, common_parameters, common_sources, common_terrain
from engine.files.faults import FileFaults
from engine.lab.fitting import FITTED
from engine.model.citation import GRADES, SWITCH
from engine.model.codes import Terrain

ENGINE = Path(__file__).resolve().parents[2] / "engine"
ASKED = re.compile(r"""(?:rules|rule|parameter|hours|whole)(?:\[|\()["']([a-z_]+\.[a-z_0-9]+)["'][\])]""")


def test_every_parameter_has_a_source_a_grade_a_note_and_bounds_round_its_value():
    for address, parameter in common_parameters().items():
        assert parameter.source in common_sources(), address
        assert parameter.grade in GRADES, address
        assert parameter.note, address
        if parameter.low is not None:
            assert parameter.low <= parameter.value <= parameter.high, address


def test_every_parameter_has_a_prior_range_and_what_is_not_sampled_says_why_it_is_that():
    for address, parameter in common_parameters().items():
        if isinstance(parameter.value, bool):
            continue  # true or false is all the range there is
        assert None not in (parameter.least, parameter.most), address
        assert parameter.least <= parameter.value <= parameter.most, address
        assert parameter.least < parameter.most, f"{address} can only be what it is"
        if parameter.low is not None and address not in FITTED:
            assert (parameter.low, parameter.high) == (parameter.least, parameter.most), address
        elif parameter.low is None:
            assert parameter.ground or parameter.unit == SWITCH, address


def test_what_was_fitted_is_sampled_from_what_the_fit_leaves_open():
    """90 % of the standard error, never narrower than half the prior, within the prior, to two digits."""
    text = (SCENARIOS / "common" / "calibration" / "fitted.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert {row["address"] for row in rows} == set(FITTED)
    for row in rows:
        parameter = common_parameters()[row["address"]]
        value, error, least, most = (float(row[k]) for k in ("in_force", "se", "low", "high"))
        assert (parameter.value, parameter.least, parameter.most) == (value, least, most), row
        half = max(1.645 * error, (most - least) / 4)
        assert parameter.low == pytest.approx(max(least, value - half), rel=0.06, abs=0.006), row
        assert parameter.high == pytest.approx(min(most, value + half), rel=0.06, abs=0.006), row


def test_every_parameter_is_refused_outside_its_range_with_the_reason_and_taken_when_forced(desk):
    known = {a: p for a, p in common_parameters().items() if not isinstance(p.value, bool)}
    # A correlation cannot be forced beyond one.
    far = {a: 0.3 if a.endswith("correlation") else 1 for a in known}
    beyond = {a: p.most + far[a] if n % 2 or p.least > 0 else p.least - far[a] for n, (a, p) in enumerate(known.items())}
    sets = [f"{address}={value!r}" for address, value in beyond.items()]
    told = [fault for fault in desk.check(sets=sets).faults if fault.code == "set/range"]
    assert len(told) == len(known)
    for fault in told:
        address = fault.expected.split()[0]
        between = "or" if known[address].unit == SWITCH else "to"
        assert f"{known[address].least:g} {between} {known[address].most:g} (" in fault.expected
        assert known[address].ground in fault.expected
        assert known[address].note in fault.expected
    forced = desk.load(sets=sets, force=True)
    assert set(forced.outside) == set(known)


def test_a_parameter_that_does_not_exceed_another_names_it_and_keeps_to_it():
    known = common_parameters()
    bounded = {a: p.not_above for a, p in known.items() if p.not_above}
    assert "contact.occupy_low_h" in bounded
    assert [(a, b) for a, b in bounded.items() if b not in known or known[a].value > known[b].value] == []
    leasts = {a for a in known if "_low" in a and a.replace("_low", "_high") in known}
    assert leasts <= set(bounded), "a least has its most"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_refused_although_forced(desk, value):
    with pytest.raises(FileFaults, match="it has to be a number, --force or not"):
        desk.load(sets=[f"combat.win_slope={value}"], force=True)


@pytest.mark.parametrize("address", ["movement.exploit", "movement.foot_km_day", "combat.hex_depth_km", "high.neck_odds"])
@pytest.mark.parametrize("value", [0, -1])
def test_what_only_makes_sense_above_nothing_stays_there_although_forced(desk, address, value):
    with pytest.raises(FileFaults, match="above nothing"):
        desk.load(sets=[f"{address}={value}"], force=True)


def test_every_parameter_that_code_asks_for_is_in_the_file():
    asked = {
        (name, path.relative_to(ENGINE).as_posix())
        for path in ENGINE.rglob("*.py")
        for name in ASKED.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(pair for pair in asked if pair[0] not in common_parameters()) == []


def asked_for(addresses: Iterable[str] = tuple(common_parameters())) -> set[str]:
    """Parameters that code names: whole, in part (f"movement.mud_{name}"), or as the name of a switch."""
    whole, partly = set(), []
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(n.value) if isinstance(n, ast.Constant) else "[a-z_0-9]+" for n in node.values]
                if re.match(r"[a-z]+\\\.", parts[0]) and parts[0] != r"switch\.":
                    partly.append(re.compile("".join(parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
                if path.parent.name == "rules":
                    whole.add(f"switch.{node.value}")
    return {a for a in addresses if a in whole or any(p.fullmatch(a) for p in partly)}


def test_every_parameter_in_the_file_is_asked_for_by_code():
    assert sorted(set(common_parameters()) - asked_for()) == [], "remove them, or let a rule ask for them"


def test_the_search_for_what_code_asks_for_misses_what_nobody_asks_for():
    wanted = {"movement.mud_foot", "switch.naval", "command.delay_axis_top_h", "combat.tau_days"}
    assert wanted <= asked_for()
    nobody = [".".join((group, name)) for group, name in (("naval", "horses"), ("supply", "music"), ("switch", "peace"))]
    assert asked_for([*nobody, *wanted]) == wanted


def test_terrain_has_a_row_for_every_code_in_order():
    assert [row.code for row in common_terrain()] == [t.value for t in Terrain]
    assert [row.name for row in common_terrain()] == [t.name.lower() for t in Terrain]


def test_the_plain_reader_and_the_checked_one_agree(desk):
    desk.edit("scenario.toml", '[rules]\n"combat.lethality_axis" = { value = 1.4, src = "book", grade = "estimate" }\n', "")
    assert desk.load().parameters == common_parameters()
    assert {row.name: row.defence for row in desk.load().terrain} == {r.name: r.defence for r in common_terrain()}


def test_parameters_of_rules_have_addresses_in_known_groups():
    groups = {address.split(".")[0] for address in common_parameters()}
    tables = {
        "forces",
        "headquarters",
        "assets",
        "reinforcements",
        "plans",
        "supply_sources",
        "shipping",
        "objectives",
        "kinds",
        "terrain_kinds",
        "history",
        "scenario",
        "sources",
        "identities",
    }
    assert not groups & tables, "a group must not have the name of a table"
    assert (SCENARIOS / "common" / "rules.toml").exists()


@pytest.mark.parametrize(("value", "outside"), [("0.5", True), ("2", True), ("0", False), ("1", False)])
def test_a_switch_is_on_or_off(desk, value, outside):
    told = [fault for fault in desk.check(sets=[f"switch.air={value}"]).faults if fault.code == "set/range"]
    assert bool(told) == outside
    if outside:
        assert told[0].expected.startswith("switch.air 0 or 1 (")
        assert "switch.air" in desk.load(sets=[f"switch.air={value}"], force=True).outside


@pytest.mark.parametrize(("said", "value"), [("true", 1.0), ("false", 0.0)])
def test_a_switch_may_be_set_as_rules_toml_may_write_it(desk, said, value):
    assert desk.load(sets=[f"switch.air={said}"]).parameters["switch.air"].value == value


@pytest.mark.parametrize(("value", "never"), [("nan", True), ("-1", True), ("100", False)])
def test_force_is_offered_only_where_it_helps(desk, value, never):
    (fault,) = [f for f in desk.check(sets=[f"combat.tau_days={value}"]).faults if f.code == "set/range"]
    assert ("--force or not" in fault.hint) == never
    assert ("--force sets it all the same" in fault.hint) != never
