"""The combat model alone: monotone, repeatable, and polite about bad files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.files.faults import FileFaults
from engine.lab.engagement import Engagement, fight, read_engagements, rules_of_engagements

RULES = rules_of_engagements()
PLAIN = Engagement("plain", 30_000, 12_000, att_afv=60, def_afv=20, att_guns=150, def_guns=70, frontage_km=12)


def test_the_same_engagement_is_fought_the_same_way_every_time() -> None:
    first, second = fight(PLAIN, RULES), fight(PLAIN, RULES)
    assert np.array_equal(first.att_loss, second.att_loss)
    assert not np.array_equal(first.att_loss, fight(PLAIN, RULES, seed=2).att_loss)


@pytest.mark.parametrize("more", [
    {"att_men": 36_000}, {"att_afv": 120}, {"att_guns": 220}, {"att_quality": 1.2}, {"att_sorties": 500},
    {"surprise": 1}, {"posture": "hasty"}, {"cover": "bare"}, {"def_men": 9_000}, {"def_quality": 0.8},
])  # fmt: skip
def test_what_helps_the_attacker_helps_him_in_every_way_under_the_same_luck(more: dict[str, object]) -> None:
    before, after = fight(PLAIN, RULES), fight(replace(PLAIN, **more), RULES)  # type: ignore[arg-type]
    assert after.x > before.x
    assert after.won.mean() >= before.won.mean()
    assert after.def_loss.mean() > before.def_loss.mean() * 0.999


def test_with_constant_balance_the_share_of_wins_is_the_win_curve() -> None:
    # Next to no losses: x stays what it is at contact.
    fought = fight(replace(PLAIN, max_days=100, intensity=0.01), RULES, cases=20_000)
    expected = 1 / (1 + np.exp(-(RULES["combat.win_intercept"] + RULES["combat.win_slope"] * fought.x)))
    assert fought.won.mean() == pytest.approx(expected, abs=0.012)


def test_nobody_loses_more_than_there_was() -> None:
    hopeless = Engagement("hopeless", 1000, 400_000, max_days=100, intensity=5)
    fought = fight(hopeless, RULES)
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
    assert [fight(e, RULES).record() for e in read_engagements(csv)] == [
        fight(e, RULES).record() for e in read_engagements(toml)
    ]


def test_every_problem_of_a_csv_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("id,att_men,def_men,posture,covr\nA,lots,1000,hasty,mixed\nA,2000,-5,dug in,mixed\n,1,1,hasty,\n")
    with pytest.raises(FileFaults) as caught:
        read_engagements(path)
    told = {(f.line, f.column) for f in caught.value.faults}
    assert told == {(1, 28), (2, 3), (3, 1), (3, 8), (3, 11), (4, 1)}


@pytest.mark.parametrize(("name", "content"), [
    ("a.toml", ""), ("a.toml", "engagement = 3"), ("a.toml", "[[engagement]]\natt_menn = 3"), ("a.csv", ""),
    ("a.csv", "id,att_men,def_men\nA,nan,1"), ("a.toml", "[["),
])  # fmt: skip
def test_broken_files_are_told_in_words(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(FileFaults, match="expected"):
        read_engagements(path)
