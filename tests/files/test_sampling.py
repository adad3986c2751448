"""Ranges are sampled by (seed, address, design point), apart from the run's luck."""

from __future__ import annotations

from engine.files.sampling import drawn_value, sample_values, sampled
from engine.model.address import uncertain, with_values
from engine.model.citation import Parameter


def test_the_same_seed_and_point_give_the_same_scenario(desk):
    scenario = desk.load()
    assert sampled(scenario, 1, 3).digest == sampled(scenario, 1, 3).digest
    assert len({sampled(scenario, s, p).digest for s in (1, 2) for p in (0, 1)}) == 4


def test_every_value_lies_in_its_range_and_whole_numbers_stay_whole(desk):
    scenario = desk.load()
    bounds = {p.address: p for p in uncertain(scenario)}
    assert "forces.g_id_1.men" in bounds
    for point in range(20):
        for address, value in sample_values(scenario, 7, point).items():
            assert bounds[address].low <= value <= bounds[address].high
        assert isinstance(sample_values(scenario, 7, point)["forces.g_id_1.men"], int)


def test_one_more_uncertain_number_changes_none_of_the_others(desk):
    scenario = desk.load()
    before = sample_values(scenario, 1, 2)
    fixed = with_values(scenario, {"forces.g_id_1.men": 8000})
    after = sample_values(fixed, 1, 2)
    assert "forces.g_id_1.men" not in after
    assert {**before, **after} == before


def test_kept_addresses_stay_as_they_are(desk):
    scenario = desk.load()
    kept = sampled(scenario, 1, 2, keep={"combat.tau_days"})
    assert kept.rule("combat.tau_days") == scenario.rule("combat.tau_days")
    assert kept.rule("combat.win_slope") != scenario.rule("combat.win_slope")


def test_the_central_value_is_the_median():
    parameter = Parameter("x", 10.0, 0.0, 100.0)
    assert [drawn_value(parameter, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)] == [0.0, 5.0, 10.0, 55.0, 100.0]
