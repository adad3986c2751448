"""Values of uncertain parameters and data for one design point of an experiment.

Each is a pure function of (experiment seed, address, design point), apart from the run's luck: two runs of
one point with different seeds share it, and adding another uncertain number changes none of the others.
"""

from __future__ import annotations

from collections.abc import Collection

from engine.core.dice import Dice, Stream, subject_of
from engine.model.address import uncertain, with_values
from engine.model.citation import Parameter, Value
from engine.model.scenario import Scenario


def sampled(scenario: Scenario, seed: int, point: int, keep: Collection[str] = ()) -> Scenario:
    """The scenario with every uncertain value drawn from its range; addresses in `keep` stay as they are."""
    return with_values(scenario, sample_values(scenario, seed, point, keep), where=f"sample {point} of seed {seed}")


def sample_values(scenario: Scenario, seed: int, point: int, keep: Collection[str] = ()) -> dict[str, Value]:
    """What `sampled` sets, by address."""
    chosen = [p for p in uncertain(scenario) if p.address not in keep]
    subjects = [subject_of(p.address) for p in chosen]
    if not chosen:
        return {}
    shares = Dice(seed).uniform(Stream.SAMPLE, subjects, point)
    return {p.address: drawn_value(p, float(share)) for p, share in zip(chosen, shares, strict=True)}


def drawn_value(parameter: Parameter, share: float) -> Value:
    """The value at `share` (0 to 1) of the distribution: half below the central value, half above, even in
    each.
    """
    low, high, middle = parameter.low, parameter.high, parameter.value
    if low is None or high is None or isinstance(middle, (str, bool)):
        return middle
    value = low + (middle - low) * 2 * share if share < 0.5 else middle + (high - middle) * (2 * share - 1)
    return round(value) if isinstance(middle, int) else value
