"""A drawn scenario with a little history, and made-up runs of it: for tests of tables, charts and pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.core.dice import Dice, Stream
from engine.files.drawn import drawn_scenario
from engine.lab.experiment import Experiment
from engine.lab.outcome import SERIES, pack_ground, watched_places
from engine.lab.report import MEASURES, Source
from engine.lab.store import Row
from engine.model.codes import SIDES
from engine.model.directive import Waypoint
from engine.model.facts import HistoryFact, Rival
from engine.model.scenario import Scenario

DAY = 1440


def scenario() -> Scenario:
    """Ten days on a small map with three towns and four facts."""
    made = drawn_scenario(
        """
        :R:::R:::R:
        :::2:::::3:
        .A...1...A.
        ...........
        """,
        names={"1": "Šiauliai", "2": "Tukums", "3": "Jelgava"},
    )
    towns = {p.name: p.cell for p in made.theatre.places}

    def at(name: str) -> tuple[Waypoint, ...]:
        return (Waypoint(name, 0.0, 0.0, towns[name]),)

    facts = (
        HistoryFact("siauliai", "control", 0, 10 * DAY, "soviet", at("Šiauliai"), src="deep_battle"),
        HistoryFact("tukums", "control", 7 * DAY, 8 * DAY, "axis", at("Tukums"), src="deep_battle"),
        HistoryFact(
            "axis_men", "loss", 0, 10 * DAY, "axis", measure="men", value=9000.0, src="deep_battle",
            rivals=(Rival("deep_battle", value=12000.0),),
        ),
        HistoryFact("link", "event", 5 * DAY, 6 * DAY, "axis", at("Tukums"), title="the link-up <at last>"),
    )  # fmt: skip
    return replace(made, history=facts, title="A drawn campaign")


def rows(count: int, made: Scenario) -> list[Row]:
    """So many runs with plausible numbers, the same each time."""
    return [_row(number, made) for number in range(count)]


def _row(number: int, made: Scenario) -> Row:
    luck = [float(v) for v in Dice(number).uniform(Stream.SAMPLE, np.arange(40), 0)]
    values = {f"{side}.{m}": int(20_000 * luck[2 * i + s]) // 10 ** (i % 3) for i, m in enumerate(MEASURES)
              for s, side in enumerate(SIDES)}  # fmt: skip
    values |= {"axis.hexes": 40 + number % 5, "soviet.hexes": 40 - number % 5}
    series: dict[str, Any] = {"minute": [d * DAY for d in range(11)]}
    for s, side in enumerate(SIDES):
        for i, measure in enumerate(SERIES):
            series[f"{side}.{measure}"] = [int(1000 * (i + 1) * luck[20 + i + s] * d) for d in range(11)]
    places = list(watched_places(made))
    control = {
        p: [[0, 0]] + ([[int(luck[30 + i] * 10 * DAY), 1]] if luck[i] > 0.5 else []) for i, p in enumerate(places)
    }
    owner = made.owner[made.window].copy()
    owner[: number % 7] = 1
    facts = {
        "siauliai": round(luck[3], 2),
        "tukums": round(luck[4]),
        "axis_men": values["axis.men_lost"] * 1.0,
    }
    outcome = {
        "minute": 10 * DAY, "digest": f"{number:032x}", "values": values, "control": control, "facts": facts,
        "ground": pack_ground(owner),
    }  # fmt: skip
    factors = {"combat.tau_days": round(luck[5] * 3, 3), "combat.weight_afv": round(20 * luck[6], 2)}
    return Row(f"k{number:03d}", number, 0, number, 1000 + number, "ok", factors, outcome, series, seconds=2.0)


def source(count: int, *, failed: int = 0) -> Source:
    """What a report is made from."""
    made = scenario()
    manifest = {
        "experiment": Experiment("drawn", runs=count + failed).record(), "scenario_digest": made.digest,
        "engine": "e" * 32, "horizon": made.end_min, "python": "3.11", "numpy": "2.4", "platform": "Linux x86_64",
    }  # fmt: skip
    broken = [Row(f"f{i}", 900 + i, 0, 900 + i, i, "failed", fault="running: ZeroDivisionError") for i in range(failed)]
    return Source(manifest, made, [*rows(count, made), *broken])
