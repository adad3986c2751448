"""The page of the rules tells the truth: its table of systems is that of the engine, its files exist."""

from __future__ import annotations

import re
from pathlib import Path

from engine.rules.systems import SYSTEMS

RULES = Path(__file__).resolve().parents[2] / "engine" / "rules"
PAGE = (RULES / "README.md").read_text(encoding="utf-8")
UNIT = {"min": 1, "h": 60}


def test_the_table_of_systems_is_that_of_the_engine() -> None:
    rows = re.findall(r"^\| (\d+) \| ([a-z_]+) \| (\d+) (min|h) \|", PAGE, re.MULTILINE)
    told = {(int(phase), name, int(count) * UNIT[unit]) for phase, name, count, unit in rows}
    assert told == {(s.phase, s.name, s.grain_min) for s in SYSTEMS}


def test_what_each_system_reads_and_writes_is_told() -> None:
    second = PAGE.partition("| system | reads | writes |")[2]
    assert {s.name for s in SYSTEMS} <= set(re.findall(r"^\| ([a-z_]+) \|", second, re.MULTILINE))


def test_every_file_that_a_card_names_is_there() -> None:
    named = set(re.findall(r"`([a-z_]+\.py)`", PAGE))
    assert len(named) > 20
    assert named <= {path.name for path in RULES.glob("*.py")}


def test_every_card_says_what_it_does_on_what_it_rests_where_it_was_tried_and_what_is_wrong() -> None:
    cards = re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    rules = [(name, text) for name, text in cards if name not in ("Systems", "What has no rule yet")]
    assert len(rules) > 20
    marks = ("What", "Sources", "Tested", "Known wrong")
    lacking = [(name, mark) for name, text in rules for mark in marks if f"- **{mark}**: " not in text]
    assert lacking == []


def test_every_file_of_a_rule_is_named_by_a_card_or_the_table_of_files() -> None:
    shared = {"__init__", "system", "systems", "parameters", "derived", "grounds", "redraw"}
    """What all rules share, and what is none."""
    named = set(re.findall(r"`([a-z_]+)\.py`", PAGE))
    assert sorted({path.stem for path in RULES.glob("*.py")} - named - shared) == []
