"""Generated scenarios have the size that was asked for and are the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from engine.lab.generated import Size, generated_scenario
from engine.model.scenario import Scenario


@pytest.fixture(scope="module")
def small() -> Scenario:
    return generated_scenario(Size.of(40, days=5))


def test_the_large_one_has_400_formations_on_20000_hexes_and_a_headquarters_for_every_eight() -> None:
    made = generated_scenario()
    assert len(made.formations) == 400
    assert made.theatre.grid.size == 20_000
    corps = [h for h in made.headquarters if h.echelon == "corps"]
    assert len(corps) == 50
    attacking = {d.hq for d in made.directives if d.kind == "attack"}
    members = [f for f in made.formations if f.parent in attacking]
    assert 0.2 <= len(members) / 400 <= 0.3


def test_a_smaller_one_is_equally_dense() -> None:
    size = Size.of(100)
    assert size.columns * size.rows == 50 * 100


def test_the_same_seed_gives_the_same_scenario_and_another_another(small: Scenario) -> None:
    assert generated_scenario(Size.of(40, days=5)).digest == small.digest
    assert generated_scenario(Size.of(40, days=5), seed=2).digest != small.digest


def test_everybody_stands_on_own_land_and_obeys_a_headquarters(small: Scenario) -> None:
    staffs = {h.id for h in small.headquarters}
    for formation in small.formations:
        assert small.owner[formation.cell] == small.side_number(formation.side)
        assert formation.parent in staffs
    stacks = np.bincount([f.cell for f in small.formations])
    assert stacks.max() <= 3


def test_every_headquarters_of_the_line_has_something_to_do(small: Scenario) -> None:
    directed = {d.hq for d in small.directives}
    assert {h.id for h in small.headquarters if h.echelon == "corps"} == directed
    for directive in small.directives:
        if directive.kind == "attack":
            assert small.owner[directive.objective[0].cell] == 1 - small.side_number(directive.side)
