"""`engage` and `calibrate` at the command line: shapes, codes, all problems at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer
from ui.cli.exit_codes import Exit

Call = Callable[..., Answer]
HEAD = "id,att_men,def_men,att_afv,def_afv,att_guns,def_guns,posture,relief,cover,weather,surprise,frontage_km,max_days"
QUANTILES = ["p05", "p10", "p25", "p50", "p75", "p90", "p95"]


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "e.csv"
    path.write_text("\n".join((head, *rows)) + "\n")
    return path


def test_the_json_is_a_list_of_what_may_come_of_each_row(deepbattle: Call, tmp_path: Path) -> None:
    path = written(tmp_path, "A,20000,9000,90,20,120,60,prepared,rolling,mixed,dry,0,6,3,Elbe",
                   "B,9000,9000,,,,,,,,,,,,", head=HEAD + ",river")  # fmt: skip
    answer = deepbattle("engage", str(path), "--runs", "50", "--json")
    assert answer.code == Exit.DONE
    rows = json.loads(answer.out)
    assert [r["id"] for r in rows] == ["A", "B"]
    assert rows[0]["river"] == "Elbe"
    for row in rows:
        assert row["runs"] == 50
        assert 0 <= row["p_attacker_wins"] <= 1
        for name in ("att_loss_pct_day", "def_loss_pct_day", "advance_km_day", "days"):
            assert sorted(row[name]) == QUANTILES
    assert rows[0]["p_attacker_wins"] > rows[1]["p_attacker_wins"]
    again = deepbattle("engage", str(path), "--runs", "50", "--json")
    assert again.out == answer.out
    assert deepbattle("engage", str(path), "--runs", "50", "--json", "--seed", "2").out != answer.out


def test_all_problems_are_told_with_row_and_column_and_nothing_is_fought(deepbattle: Call, tmp_path: Path) -> None:
    path = written(tmp_path, "A,-5,9000,90,20,120,60,dugin,rolling,mixed,dry,0,6,3",
                   "A,20000,9000,1e9,20,120,60,prepared,rolling,sea,dry,7,0,3")  # fmt: skip
    answer = deepbattle("engage", str(path), "--json")
    assert answer.code == Exit.FILE
    assert answer.out == ""
    for place in (":2:3:", ":2:24:", ":3:1:", ":3:14:", ":3:45:", ":3:53:", ":3:55:"):
        assert place in answer.err, answer.err
    assert "one of hasty, prepared" in answer.err
    assert "Traceback" not in answer.err


def test_columns_that_are_missing_or_nearly_right_are_told(deepbattle: Call, tmp_path: Path) -> None:
    answer = deepbattle("engage", str(written(tmp_path, "A,20000,dry", head="id,att_men,wether")))
    assert answer.code == Exit.FILE
    assert "expected a column 'def_men'" in answer.err
    assert "did you mean 'weather'?" in answer.err


def test_the_table_for_people_and_its_terms(deepbattle: Call, tmp_path: Path) -> None:
    path = written(tmp_path, "A,20000,9000,90,20,120,60,prepared,rolling,mixed,dry,0,6,3")
    answer = deepbattle("engage", str(path), "--runs", "20", "--why")
    assert answer.code == Exit.DONE
    assert "attacker_tank_worth" in answer.out
    assert deepbattle("engage", str(path), "--set", "combat.tau_day=3").code == Exit.USAGE


def test_calibrate_prints_every_target_and_hides_no_failure(deepbattle: Call) -> None:
    answer = deepbattle("calibrate", "--runs", "10", "--json")
    assert answer.code == Exit.DONE
    found = json.loads(answer.out)
    verdicts = [t["verdict"] for t in found["targets"]]
    assert {"pass", "FAIL", "context"} >= set(verdicts)
    assert "FAIL" in verdicts
    assert len(found["not_computed"]) >= 1
    assert deepbattle("calibrate", "--fit").code == Exit.USAGE


@pytest.mark.parametrize("name", ["front_km", "frontage", "Frontage km"])
def test_a_front_by_another_name_is_no_column_of_ones_own(deepbattle: Call, tmp_path: Path, name: str) -> None:
    answer = deepbattle("engage", str(written(tmp_path, "A,20000,9000,6", head=f"id,att_men,def_men,{name}")))
    assert answer.code == Exit.FILE
    assert "did you mean 'frontage_km'?" in answer.err
