"""A rule that does nothing is called dead; one that works shows it."""

from __future__ import annotations

from dataclasses import replace

from engine.lab.ablation import effects
from engine.lab.experiment import Experiment, Factor
from engine.lab.store import Row
from tests.lab.made_up import rows, scenario


def without(row: Row, point: int, **changes: int) -> Row:
    values = {**row.outcome["values"], **{k.replace("__", "."): v for k, v in changes.items()}}
    digest = row.outcome["digest"] if not changes else "other" + row.outcome["digest"]
    outcome = {**row.outcome, "values": values, "digest": digest}
    return replace(row, key=f"{row.key}-{point}", point=point, outcome=outcome)


def test_dead_rules_rules_that_work_and_rules_one_cannot_do_without_are_told_apart() -> None:
    whole = [
        replace(r, outcome={**r.outcome, "values": {**r.outcome["values"], "axis.afv_lost": 50}})
        for r in rows(20, scenario())
    ]
    ran = list(whole)
    for row in whole:
        ran.append(without(row, 1))
        ran.append(without(row, 2, axis__afv_lost=60 + row.number))
        ran.append(without(row, 3, axis__afv_lost=50 + (1 if row.number % 2 else -1)))
        ran.append(replace(row, key=f"{row.key}-4", point=4, status="failed", outcome={}))
    factors = tuple(Factor(f"switch.{n}", (0.0,)) for n in ("idle", "strong", "faint", "vital"))
    found = {e.rule: e for e in effects(Experiment("drawn", factors=factors), ran)}
    assert {name: e.verdict for name, e in found.items()} == {
        "idle": "dead", "strong": "works", "faint": "no clear effect", "vital": "fails without it",
    }  # fmt: skip
    assert found["strong"].changes["axis.afv_lost"].value == 19.5
    assert found["vital"].failed == 20
