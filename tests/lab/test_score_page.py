"""The page about all kept scorecards: made from the files beside it, and honest about what fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.lab.score_page import PAGE, kept_in, page
from engine.lab.tally import Asked, keep_tally, summed_up
from tests.lab.made_up import rows, scenario

SCORES = Path(__file__).resolve().parents[2] / "docs" / "scores"


def kept(folder: Path, **changes: Any) -> None:
    made = scenario()
    keep_tally(folder / "drawn.json", {**summed_up(made, Asked(runs=8), rows(8, made), rows(8, made)), **changes})


def test_the_committed_page_says_what_the_files_say() -> None:
    assert (SCORES / PAGE).read_text(encoding="utf-8") == page(SCORES), "renew it: deepbattle scores --page"


def test_every_kept_card_has_a_row_and_a_section(tmp_path: Path) -> None:
    kept(tmp_path)
    text = page(tmp_path)
    assert "| [drawn](#drawn) | 8 |" in text
    assert "## drawn" in text
    assert "A run: 2.0 s CPU" in text


def test_a_town_that_runs_never_take_is_named_with_its_dates(tmp_path: Path) -> None:
    late = {"place": "Tukums", "side": "axis", "window": [5.0, 6.0], "band": [12.4, None], "median": None,
            "error": None, "inside": False, "taken": 3, "runs": 8}  # fmt: skip
    head = {"dates": [late, {**late, "place": "Auce", "inside": True, "error": 0.0}], "inside": 1, "error_days": None,
            "losses": [], "front_km": None, "lines": []}  # fmt: skip
    kept(tmp_path, headline=head, start="1944-08-15")
    text = page(tmp_path)
    assert "| Tukums to the Axis | 20 Aug–21 Aug | never | 27 Aug–never | – | 3 of 8 |" in text
    assert "Auce to the Axis" not in text
    assert "1 of 2 (50 %)" in text


def test_what_is_no_card_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "broken.json").write_text("{")
    assert kept_in(tmp_path) == []
    assert page(tmp_path).startswith("# Scorecards")
