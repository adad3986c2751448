"""The combat model alone: monotone, repeatable, and polite about bad files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.files.faults import FileFaults
from engine.lab import engagement
from engine.lab.engagement import (
    QUANTILES,
    Engagement,
    Fought,
    addresses,
    describe,
    fight,
    nation,
    rules_of_engagements,
)
from engine.lab.engagement_file import read_engagements

RULES = rules_of_engagements()
PLAIN = Engagement(
    "plain", 30_000, 12_000, att_afv=60, def_afv=20, att_guns=150, def_guns=70, att_sorties=0, def_sorties=0,
    posture="prepared", relief="rolling", cover="mixed", weather="dry", surprise=0, frontage_km=12, max_days=10,
)  # fmt: skip
SURE = {f"engage.{name}": 0.0 for name in ("quality_spread", "intensity_spread", "strength_error", "loss_error")}


def once(engagement: Engagement, rules: dict[str, float] = RULES, **more: int) -> Fought:
    return fight([engagement], rules, **more)[0]


def test_the_same_engagement_is_fought_the_same_way_every_time() -> None:
    first, second = once(PLAIN), once(PLAIN)
    assert np.array_equal(first.att_loss, second.att_loss)
    assert not np.array_equal(first.att_loss, once(PLAIN, seed=2).att_loss)


@pytest.mark.parametrize("more", [
    {"att_men": 36_000}, {"att_afv": 120}, {"att_guns": 220}, {"att_quality": 1.2}, {"att_sorties": 500},
    {"surprise": 1}, {"posture": "hasty"}, {"cover": "bare"}, {"def_men": 9_000}, {"def_quality": 0.8},
])  # fmt: skip
def test_what_helps_the_attacker_helps_him_in_every_way_under_the_same_luck(more: dict[str, object]) -> None:
    before, after = once(PLAIN), once(replace(PLAIN, **more))  # type: ignore[arg-type]
    assert after.x > before.x
    assert after.won.mean() >= before.won.mean()
    assert after.def_loss.mean() > before.def_loss.mean() * 0.999


def test_with_constant_balance_the_share_of_wins_is_the_win_curve_and_what_the_defender_yields_before() -> None:
    # Next to no losses: x stays what it is at contact. Until attackers may break off only the defender's clock runs.
    fought = once(replace(PLAIN, max_days=100, intensity=0.01), {**RULES, **SURE, "combat.attack_night": 1.0}, runs=20_000)
    expected = 1 / (1 + np.exp(-(RULES["combat.win_intercept"] + RULES["combat.win_slope"] * fought.x)))
    alone = (RULES["combat.break_off_h"] - RULES["combat.decision_h"]) / 24 / RULES["combat.tau_days"]
    assert fought.won.mean() == pytest.approx(1 - (1 - expected) * np.exp(-expected * alone), abs=0.012)


def test_nobody_loses_more_than_there_was() -> None:
    hopeless = Engagement("hopeless", 1000, 400_000, max_days=100, intensity=5)
    fought = once(hopeless)
    assert (fought.att_loss * fought.days <= 1.0 + 1e-12).all()


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"combat\.tau_days"):
        rules_of_engagements({"combat.tau_day": 3.0})


def test_csv_and_toml_say_the_same(tmp_path: Path) -> None:
    csv, toml = tmp_path / "e.csv", tmp_path / "e.toml"
    csv.write_text("id,att_men,def_men,posture\nA,3000,1000,hasty\nB,2000,1000,\n")
    toml.write_text(
        '[[engagement]]\nid = "A"\natt_men = 3000\ndef_men = 1000\nposture = "hasty"\n'
        '[[engagement]]\nid = "B"\natt_men = 2000\ndef_men = 1000\n'
    )
    assert read_engagements(csv) == read_engagements(toml)


def test_every_problem_of_a_csv_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("id,att_men,def_men,posture,covr\nA,lots,1000,hasty,mixed\nA,2000,-5,dug in,mixed\n,1,1,hasty,\n")
    with pytest.raises(FileFaults) as caught:
        read_engagements(path)
    told = {(f.line, f.column) for f in caught.value.faults}
    assert told == {(1, 28), (2, 3), (3, 1), (3, 8), (3, 11), (4, 1)}


@pytest.mark.parametrize(("name", "content"), [
    ("a.toml", ""), ("a.toml", "engagement = 3"), ("a.toml", "[[engagement]]\natt_menn = 3"), ("a.csv", ""),
    ("a.csv", "id,att_men,def_men\nA,nan,1"), ("a.toml", "[["), ("a.csv", "id,att_men,def_men\n"),
    ("a.csv", "id,att_men\nA,5"), ("a.csv", "id,att_men,def_men,days\nA,5,5,1"),
    ("a.csv", "id,att_men,def_men,att_afv\nA,500,500,501"), ("a.csv", "id,att_men,def_men\nA,5,5\nA,6,6"),
    ("a.csv", "id,att_men,def_men,surprise\nA,50,50,4"), ("a.csv", 'id,att_men,def_men\nA,"5,000",50'),
    ("a.csv", "id,att_men,def_men\nA,5,5,5"), ("a.csv", "id,att_men,def_men,Posture\nA,5,5,hasty"),
])  # fmt: skip
def test_broken_files_are_told_in_words(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(FileFaults, match="expected"):
        read_engagements(path)


HEAD = "id,att_men,def_men,posture,surprise,max_days,note"
LINE = "a,20000,8000,prepared,0,5,x"
BY_HAND: dict[str, tuple[str, list[str]]] = {
    "a missing column": ("id,att_men\na,20000", ["1:1: expected a column 'def_men', found none of that name"]),
    "negative men": (f"{HEAD}\na,-5,8000,prepared,0,5,x", ["2:3: expected a number from 1 to 5,000,000, found '-5'"]),
    "no men": (f"{HEAD}\na,20000,0,prepared,0,5,x", ["2:9: expected a number from 1 to 5,000,000, found '0'"]),
    "impossible values": (f"{HEAD}\na,20000,8000,prepared,9,0,x", [
        "2:23: expected a number from -3 to 3, found '9'", "2:25: expected a number from 0.1 to 100, found '0'"]),
    "huge numbers": (f"{HEAD}\na,1e308,99999999999999999999,prepared,0,5,x", [
        "2:3: expected a number from 1 to 5,000,000, found '1e308'",
        "2:9: expected a number from 1 to 5,000,000, found '99999999999999999999'"]),
    "no number at all": (f"{HEAD}\na,NaN,inf,prepared,0,5,x", [
        "2:3: expected a number from 1 to 5,000,000, found 'NaN'", "2:7: expected a number from 1 to 5,000,000, found 'inf'"]),
    "one id twice": (f"{HEAD}\n{LINE}\n{LINE}", ["3:1: expected each id once, found 'a' again"]),
    "no id": (f"{HEAD}\n{LINE[1:]}", ["2:1: expected a value for 'id', found nothing"]),
    "an empty file": ("", ["1:1: expected a header line, found nothing"]),
    "a header alone": (f"{HEAD}\n", ["1:1: expected at least one engagement, found none"]),
    "an unknown posture": (f"{HEAD}\na,20000,8000,prepaired,0,5,x", [
        "2:14: expected one of hasty, prepared, fortified, delay, withdrawal, found 'prepaired' (did you mean 'prepared'?)"]),
    "semicolons": (f"{HEAD}\n{LINE}".replace(",", ";"), [
        "1:3: expected commas between cells, found semicolons (export it as CSV with commas)"]),
    "tabs": (f"{HEAD}\n{LINE}".replace(",", "\t"), [
        "1:3: expected commas between cells, found tabs (export it as CSV with commas)"]),
    "a quoted newline, and a fault behind it": (f'{HEAD}\n{LINE[:-1]}"two\nlines"\nb,-1,8000,prepared,0,5,x', [
        "2:27: expected comma-separated cells, found an open quote (one record is one line; a quoted cell ends on it)",
        "4:3: expected a number from 1 to 5,000,000, found '-1'"]),
    "a quote that never ends, and a fault behind it": (f'{HEAD}\n{LINE[:-1]}"two\nb,-1,8000,prepared,0,5,x', [
        "2:27: expected comma-separated cells, found an open quote (one record is one line; a quoted cell ends on it)",
        "3:3: expected a number from 1 to 5,000,000, found '-1'"]),
    "an underscore": (f"{HEAD}\na,2_0000,8000,prepared,0,5,x", [
        "2:3: expected a number from 1 to 5,000,000, found '2_0000' (no commas, underscores or units in numbers)"]),
    "a control character in the id": (f"{HEAD}\n\x1b[31ma,20000,8000,prepared,0,5,x", [
        "2:1: expected characters that can be printed, found '\\x1b[31ma'"]),
    "a column without a name": (f"{HEAD},\n{LINE},", [
        "1:51: expected another name for a column of your own, found '' (name it, or take the comma away in every line)"]),
    "the name of a result": (f"{HEAD},terms\n{LINE},mine", [
        "1:51: expected another name for a column of your own, found 'terms' (results are called so)"]),
    "too few cells": (f"{HEAD}\na,1,2", ["2:1: expected 7 cells, found 3"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BY_HAND)
def test_bad_input_is_told_once_with_row_column_and_what_was_expected(tmp_path: Path, case: str) -> None:
    content, expected = BY_HAND[case]
    path = tmp_path / "e.csv"
    path.write_text(content)
    with pytest.raises(FileFaults) as caught:
        read_engagements(path)
    assert [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults] == expected


@pytest.mark.parametrize("change", [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n"),
                                    lambda b: b.replace(b",x", b',"a, ""b"" c"'), lambda b: b"# a remark\n\n" + b])  # fmt: skip
def test_what_spreadsheets_do_to_a_good_file_changes_nothing(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    plain = f"{HEAD}\n{LINE}\n".encode()
    (tmp_path / "plain.csv").write_bytes(plain)
    (tmp_path / "other.csv").write_bytes(change(plain))
    (one,), (other,) = read_engagements(tmp_path / "plain.csv"), read_engagements(tmp_path / "other.csv")
    assert replace(one, more={}) == replace(other, more={})


def test_other_columns_pass_through_and_blank_cells_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("id,att_men,def_men,att_afv,remark,att_side\nA,20000,9000,,by night,USA\n")
    engagement = read_engagements(path)[0]
    assert np.isnan(engagement.att_afv)
    record = once(engagement, runs=50).record()
    assert (record["remark"], record["att_side"], record["id"], record["runs"]) == ("by night", "USA", "A", 50)
    for name in ("att_loss_pct_day", "def_loss_pct_day", "advance_km_day", "days"):
        values = list(record[name].values())
        assert list(record[name]) == [f"p{round(100 * q):02d}" for q in QUANTILES]
        assert values == sorted(values)
    assert 0 <= record["p_attacker_wins"] <= 1


def test_a_blank_cell_of_a_column_of_ones_own_passes_through_as_blank(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("id,att_men,def_men,remark\na,20000,9000,by night\nb,20000,9000,\n")
    assert [dict(e.more) for e in read_engagements(path)] == [{"remark": "by night"}, {"remark": ""}]


def test_other_tables_in_a_toml_file_are_told_and_blank_words_are_unknown(tmp_path: Path) -> None:
    path, row = tmp_path / "e.toml", 'id = "a"\natt_men = 20000\ndef_men = 9000\nposture = ""\natt_afv = ""\n'
    path.write_text(f"[[engagement]]\n{row}")
    (one,) = read_engagements(path)
    assert (one.posture, np.isnan(one.att_afv)) == ("", True)
    path.write_text(f"[[engagement]]\n{row}[[engagements]]\n{row}")
    with pytest.raises(FileFaults, match=r"found 'engagements' .did you mean 'engagement'"):
        read_engagements(path)


@pytest.mark.parametrize("value", [0.0, -2.0, np.nan, np.inf])
def test_no_force_makes_a_parameter_usable_that_is_no_number_or_not_above_nothing(value: float) -> None:
    with pytest.raises(FileFaults, match="--force or not"):
        rules_of_engagements({"combat.tau_days": value}, force=True)


@pytest.mark.parametrize("address", ["combat.noise_correlation", "combat.daily_noise_correlation", "combat.weight_afv"])
def test_no_force_makes_a_correlation_beyond_one_or_a_number_beyond_all_measure_usable(address: str) -> None:
    value = 1e200 if address == "combat.weight_afv" else -1.5
    with pytest.raises(FileFaults, match="--force or not"):
        rules_of_engagements({address: value}, force=True)


def test_why_names_what_each_side_brings_and_the_parameter_behind_each_term() -> None:
    known = Engagement("a", 20000, 9000, att_quality=2.0, att_afv=50, more={"def_side": "German"})
    (plain, better) = fight([replace(known, att_quality=1.0), known], rules_of_engagements({}), runs=10)
    differ = {name for name, value in plain.terms.items() if better.terms[name] != value}
    assert differ == {"attacker_quality", "attacker_points", "log_ratio"}
    behind = addresses(better)
    assert "attacker_quality" not in behind
    assert "attacker_afv" not in behind
    assert behind["defender_quality"] == "engage.quality_axis"
    assert behind["defender_afv"] == "engage.afv_1000"
    assert set(behind.values()) <= set(rules_of_engagements({}))


def test_rugged_ground_does_not_give_tanks_back_what_a_marsh_took() -> None:
    def tank_value(relief: str, cover: str) -> float:
        return float(describe([Engagement("a", 20000, 9000, relief=relief, cover=cover)], RULES).tank_value[0])

    for cover in ("wooded", "marsh", "urban", "mixed"):
        assert tank_value("rugged", cover) <= tank_value("rolling", cover), cover


def test_twenty_thousand_bad_rows_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("id,att_men,def_men\n" + "".join(f"e{n},-5,8000\n" for n in range(20_000)))
    with pytest.raises(FileFaults) as caught:
        read_engagements(path)
    assert len(caught.value.faults) == 20_000


def test_what_is_not_known_widens_the_forecast() -> None:
    def width(engagement: Engagement, rules: dict[str, float] = RULES) -> float:
        low, high = np.quantile(np.log(once(engagement, rules, runs=4000).att_loss), (0.05, 0.95))
        return float(high - low)

    known = replace(PLAIN, att_quality=1, def_quality=1, intensity=1)
    assert width(PLAIN) > width(known) > width(known, {**RULES, **SURE})


def test_who_fights_says_what_is_average_where_nothing_else_is_given() -> None:
    more = {"att_side": "USSR", "def_side": "Germany & Italy"}
    east = once(replace(PLAIN, more=more))
    plain = once(PLAIN)
    assert east.x < plain.x
    assert east.att_loss.mean() > plain.att_loss.mean()
    given = once(replace(PLAIN, more=more, att_quality=1.0, def_quality=1.0))
    assert given.x == plain.x
    elsewhere = once(replace(PLAIN, more={"att_side": "USA", "def_side": ""}))
    assert np.array_equal(elsewhere.att_loss, plain.att_loss)
    assert east.record()["att_side"] == "USSR", "handed through"
    assert [nation(name) for name in ("Red Army, soviet", "German Army", "Axis", "Great Britain", "")] == [
        "soviet", "axis", "axis", "", ""]  # fmt: skip


def test_luck_belongs_to_the_id_and_not_to_the_place_in_the_file() -> None:
    other = replace(PLAIN, id="other", att_men=20_000)
    both = fight([PLAIN, other], RULES)
    turned = fight([other, PLAIN], RULES)
    assert np.array_equal(both[0].att_loss, turned[1].att_loss)
    assert np.array_equal(both[0].att_loss, once(PLAIN).att_loss)


def test_rugged_ground_helps_the_defender_less_where_it_is_bare() -> None:
    def ground(cover: str) -> float:
        described = replace(PLAIN, relief="rugged", cover=cover)
        return engagement._defence(described, engagement._ground(described), RULES)

    assert ground("bare") == ground("desert") == RULES["engage.rugged_bare"]
    assert ground("bare") < ground("mixed") == ground("wooded") == ground("urban") == ground("marsh") == 1.5
