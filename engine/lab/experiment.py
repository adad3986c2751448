"""What a batch runs: a scenario, factors, sampled ranges and luck, laid out as numbered runs.

Everything here is a pure function of the experiment: run 17 is the same run whoever does it and whenever. The
run's luck depends on the experiment's seed and the replication alone, so that all design points are compared
under the same luck; what is sampled from ranges depends on seed, address and sample number, apart from the
luck.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from engine.core.dice import Dice, Stream, subject_of
from engine.files.bounds import refuse_turned
from engine.files.priors import refuse_outside
from engine.files.sampling import sample_values
from engine.lab.store import plain_json
from engine.model.address import datum
from engine.model.citation import Parameter, Value
from engine.model.codes import SIDES
from engine.model.scenario import Scenario

DESIGNS = ("single", "grid", "one_at_a_time", "lhs")
SEED_BITS = 48


class ExperimentFault(ValueError):
    """An experiment asks for what its scenario does not have; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Factor:
    """An address that the experiment varies: by levels, or between bounds (lhs). ``src`` says why there."""

    address: str
    levels: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None
    src: str = ""


@dataclass(frozen=True)
class Experiment:
    """A batch as its author describes it."""

    scenario: str
    overlays: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    seed: int = 1
    runs: int = 50
    """Replications of each design point."""
    design: str = "single"
    points: int = 0
    """Number of design points of a Latin hypercube."""
    factors: tuple[Factor, ...] = ()
    sample: bool = True
    """Sample the scenario's ranges; otherwise every run uses central values."""
    luck_per_sample: int = 1
    """Replications that share one sample of the ranges, to tell luck from not knowing."""
    commanders: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, "staff"))
    until: str = ""
    """A date to stop at; empty: the scenario's end."""
    sample_hours: int = 24
    """Hours between two entries of a run's series."""
    force: bool = False
    """Rule parameters may be put outside their prior range."""

    def record(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @staticmethod
    def from_record(row: Mapping[str, Any]) -> Experiment:
        """The experiment of a manifest."""
        factors = tuple(Factor(**{**f, "levels": tuple(f["levels"])}) for f in row["factors"])
        return Experiment(**{**row, "overlays": tuple(row["overlays"]), "factors": factors})


@dataclass(frozen=True, slots=True)
class Run:
    """One run, ready to be done anywhere. ``values`` are what it changes in the scenario, by address."""

    number: int
    point: int
    replication: int
    seed: int
    values: Mapping[str, Value]
    key: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What all runs of a batch share and what their keys name."""

    engine: str
    scenario: str
    """Digest of the scenario with its overlays and sets."""
    horizon: int
    """Minute at which runs stop."""
    commanders: Mapping[str, str]
    """Digest of each side's commander."""


def seed_of(experiment: int, replication: int) -> int:
    """The seed of a replication."""
    text = f"{experiment}:{replication}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> (64 - SEED_BITS)


def layout(experiment: Experiment, scenario: Scenario, setting: Setting) -> Iterator[Run]:
    """All runs of an experiment: replication by replication, so that a part of a batch covers every point."""
    points = design_points(experiment, scenario)
    fixed = {a for point in points for a in point} | set(experiment.sets)
    drawn: dict[str, Value] = {}
    for number in range(experiment.runs * len(points)):
        replication, point = divmod(number, len(points))
        if experiment.sample and point == 0 and replication % experiment.luck_per_sample == 0:
            drawn = sample_values(scenario, experiment.seed, replication // experiment.luck_per_sample, fixed)
        values = {**drawn, **points[point]}
        seed = seed_of(experiment.seed, replication)
        yield Run(number, point, replication, seed, values, run_key(setting, seed, replication, values))


def run_key(setting: Setting, seed: int, replication: int, values: Mapping[str, Value]) -> str:
    """Names everything that decides a run."""
    text = plain_json([asdict(setting), seed, replication, dict(values)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _as(parameter: Parameter, value: float) -> Value:
    """The value in the parameter's own type."""
    if isinstance(parameter.value, int) and not isinstance(parameter.value, bool):
        return round(value)
    return value


def design_points(experiment: Experiment, scenario: Scenario) -> list[dict[str, Value]]:
    """The values of the factors at each design point; one empty point without factors."""
    points = _points(experiment, scenario)
    for point in points if not experiment.force else ():
        refuse_turned(point, scenario.parameters, "values of the factors")
    return points


def _points(experiment: Experiment, scenario: Scenario) -> list[dict[str, Value]]:
    factors = [_checked(f, scenario, experiment.design) for f in experiment.factors]
    if not experiment.force:
        ends = [(f.address, v) for f in factors for v in (*f.levels, f.low, f.high) if v is not None]
        refuse_outside(ends, scenario.parameters, "values of the factors")
    if not factors:
        return [{}]
    if experiment.design == "grid":
        names = [f.address for f in factors]
        return [dict(zip(names, levels, strict=True)) for levels in itertools.product(*(f.levels for f in factors))]
    if experiment.design == "one_at_a_time":
        return [{}, *({f.address: level} for f in factors for level in f.levels)]
    if experiment.design == "lhs":
        return _latin_hypercube(experiment, scenario, factors)
    raise ExperimentFault(f"expected a design with factors ({', '.join(DESIGNS[1:])}), found {experiment.design!r}")


def _checked(factor: Factor, scenario: Scenario, design: str) -> Factor:
    """The factor with the bounds of its parameter where it gives none; raises for an unknown address."""
    parameter = datum(scenario, factor.address)
    if design == "lhs":
        low = factor.low if factor.low is not None else parameter.low
        high = factor.high if factor.high is not None else parameter.high
        if low is None or high is None or not low < high:
            raise ExperimentFault(f"{factor.address}: expected low and high for a Latin hypercube, found {low} and {high}")
        return replace(factor, low=low, high=high)
    if not factor.levels:
        if not parameter.uncertain:
            raise ExperimentFault(f"{factor.address}: expected levels, for the parameter has no range of its own")
        ends = (float(parameter.low or 0.0), float(parameter.high or 0.0))
        return replace(factor, levels=tuple(_as(parameter, v) for v in ends))
    return factor


def _latin_hypercube(experiment: Experiment, scenario: Scenario, factors: Sequence[Factor]) -> list[dict[str, Value]]:
    """Each factor meets each of its ``points`` strata once (McKay, Beckman and Conover 1979)."""
    count = max(2, experiment.points)
    dice = Dice(experiment.seed)
    points: list[dict[str, Value]] = [{} for _ in range(count)]
    for factor in factors:
        subject = np.full(count, subject_of(factor.address), dtype=np.int64) + np.arange(count)
        order = np.argsort(dice.uniform(Stream.SAMPLE, subject, 1 << 30), kind="stable")
        within = dice.uniform(Stream.SAMPLE, subject, (1 << 30) + 1)
        parameter = datum(scenario, factor.address)
        low, high = float(factor.low or 0.0), float(factor.high or 0.0)
        for i, stratum in enumerate(order):
            share = (float(stratum) + float(within[i])) / count
            points[i][factor.address] = _as(parameter, low + share * (high - low))
    return points
