"""Golden seeds: what became of thirty battles, recorded; it changes only with a reason that is recorded beside it.

`python -m tests.rules.test_golden_battles REASON` writes golden_battles.toml anew.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.model.codes import Outcome
from tests.rules import battlefield
from tests.rules.battlefield import DAY, battle
from tests.rules.test_combat import ATTACK, LINE

battlefield.register()

GOLDEN = Path(__file__).with_suffix("").with_name("golden_battles.toml")
SEEDS = range(1, 11)
KINDS: dict[str, dict[str, Any]] = {
    "rifle against infantry": {},
    "tanks against infantry": {"R": "tank_corps"},
    "infantry dug in": {"A": {"kind": "infantry", "fort": 3}},
}


def summary(kinds: Mapping[str, Any]) -> dict[str, int]:
    """Sums over the seeds after four days: men, vehicles and guns lost, prisoners, how battles ended, ground won."""
    found = dict.fromkeys(("men_axis", "men_soviet", "captured", "afv", "guns", "yielded", "broke_off", "metres"), 0)
    for seed in SEEDS:
        session = battle(LINE, ATTACK, kinds, seed=seed)
        session.advance(4 * DAY)
        formations, battles, now = session.world.formations, session.world.battles, session.now
        for side, name in enumerate(("men_axis", "men_soviet")):
            found[name] += int(formations.read("battle", now)[formations.side == side].sum()) // 10**6
        found["captured"] += int(formations.captured_u.sum()) // 10**6
        found["afv"] += int(formations.read("afv_lost", now).sum()) // 10**6
        found["guns"] += int(formations.read("guns_lost", now).sum()) // 10**6
        found["yielded"] += int((battles.outcome == Outcome.YIELDED).sum())
        found["broke_off"] += int((battles.outcome == Outcome.BROKEN_OFF).sum())
        found["metres"] += int(battles.read("depth", now).sum()) // 10**6
    return found


@pytest.mark.parametrize("case", KINDS)
def test_thirty_battles_end_as_recorded(case: str) -> None:
    golden = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["reason"], "why they are as they are"
    assert summary(KINDS[case]) == golden[case], "if this is meant: record it with its reason, see the head of this file"


def test_the_recorded_battles_ended_in_every_way() -> None:
    golden = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    for measure in golden[next(iter(KINDS))]:
        assert any(golden[case][measure] > 0 for case in KINDS), measure
    assert len({tuple(golden[case].values()) for case in KINDS}) == len(KINDS)


if __name__ == "__main__":
    head = f'# Written by tests/rules/test_golden_battles.py.\nreason = "{" ".join(sys.argv[1:])}"\n'
    tables = [f'\n["{case}"]\n' + "".join(f"{k} = {v}\n" for k, v in summary(KINDS[case]).items()) for case in KINDS]
    GOLDEN.write_text(head + "".join(tables), encoding="utf-8")
