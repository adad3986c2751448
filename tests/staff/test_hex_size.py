"""How far an operation depends on the size of a hex (model reference 9.1, scale).

The same front in kilometres, drawn on hexes of 5 and of 8 km: a hundred wide, eight divisions in line and two behind
them; twenty-four attack in the middle for a week, led by the built-in staff. Frontage and depth of a hex go with its
size, as a theatre of other hexes would say. Asked for is a tenth; what holds is said by ``BANDS`` and by the card of
battles (engine/rules/README.md): over 40 seeds both sides lose half as much again on the larger hexes, the attacker comes
four tenths farther and twice the ground falls, for a battle won gives the whole hex, however large.
"""

from __future__ import annotations

import numpy as np
import pytest

from engine.files.drawn import drawn_scenario
from engine.run.session import Session
from tests.staff.drawn_war import DAY, begin

WIDE_KM, DEEP_KM, FRONT_KM = 104.0, 120.0, 56.0
COLUMN = 3**0.5 / 2
"""From one column to the next, in distances between hexes."""
SEEDS, DAYS = range(1, 17), 8
BANDS = {"attacker's losses": (0.9, 1.8), "losses of both": (0.9, 1.9), "advance": (0.8, 1.9)}
"""8 over 5 km: means over the seeds, with twice their errors (some 10 %)."""


def front(km: float) -> str:
    """The attacker in the north, R; the defender in the south, A in line and B behind it."""
    columns, rows, first = round(WIDE_KM / km / COLUMN), round(DEEP_KM / km), round(FRONT_KM / km)
    chart = [[":" if row < first else "." for _ in range(columns)] for row in range(rows)]

    def put(mark: str, east_km: float, south_km: float, step: int) -> None:
        column, row = min(int(east_km / km / COLUMN), columns - 1), round(south_km / km)
        while chart[row][column] not in ".:":
            row += step
        chart[row][column] = mark

    for n in range(8):
        put("A", (n + 0.5) * WIDE_KM / 8, max(FRONT_KM, first * km), 1)
    for n in range(2):
        put("B", (n + 0.5) * WIDE_KM / 2, FRONT_KM + 24, 1)
    for n in range(24):
        back, east = divmod(n, 8)
        put("R", WIDE_KM / 2 + (east - 3.5) * 6, (first - 1) * km - back * 8, -1)
    chart[min(round((FRONT_KM + 50) / km), rows - 1)][columns // 2] = "#"
    return "\n".join("".join(line) for line in chart)


def war(km: float, seed: int) -> Session:
    attack = {"id": "blow", "hq": "soviet_hq", "kind": "attack", "axis": ["r1", "goal"], "start_day": 1,
              "assault": "strongest 16"}  # fmt: skip
    hold = {"id": "stand", "hq": "axis_hq", "kind": "defend"}
    kinds = {"R": "rifle", "A": "infantry", "B": "infantry"}
    sizes = {"combat.frontage_km": km / 2, "combat.hex_depth_km": km}
    scenario = drawn_scenario(front(km), kinds, [attack, hold], days=DAYS + 2, spacing_m=round(km * 1000), sets=sizes)
    return begin(scenario, seed=seed)


def outcome(km: float) -> dict[str, float]:
    """Means over the seeds: battle losses in men, kilometres from the old front to the foremost hex taken."""
    lost, advance = [], []
    for seed in SEEDS:
        session = war(km, seed)
        session.advance(DAYS * DAY)
        world, grid = session.world, session.scenario.theatre.grid
        men = world.formations.read("battle", session.now) / 1e6
        lost.append([men[world.formations.side == side].sum() for side in (0, 1)])
        taken = np.flatnonzero((world.hexes.owner == 1) & (session.scenario.owner == 0))
        advance.append(max((taken // grid.columns - round(FRONT_KM / km) + 1) * km, default=0.0))
    axis, soviet = np.mean(lost, axis=0)
    return {"attacker's losses": float(soviet), "losses of both": float(axis + soviet), "advance": float(np.mean(advance))}


def test_both_drawings_are_the_same_front() -> None:
    for km in (5.0, 8.0):
        session = war(km, 1)
        theatre, side = session.scenario.theatre, session.world.formations.side
        assert [(side == s).sum() for s in (0, 1)] == [10, 24]
        assert theatre.grid.spacing_m == km * 1000
        assert theatre.grid.columns * km * COLUMN == pytest.approx(WIDE_KM, rel=0.01)
        assert theatre.grid.rows * km == DEEP_KM


@pytest.mark.slow
def test_larger_hexes_make_the_same_operation_larger_by_no_more_than_is_told() -> None:
    """All measures in one test: two workers would fight the same wars for a measure each."""
    small, large = outcome(5.0), outcome(8.0)
    assert min(small.values()) > 0
    wrong = [m for m, (low, high) in BANDS.items() if not low < large[m] / small[m] < high]
    assert wrong == [], (small, large)
