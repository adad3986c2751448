"""What is odd about ships and about directives that need them: no ships, no port, no beach, nobody to carry."""

from __future__ import annotations

from collections.abc import Iterator

from engine.files.faults import Fault
from engine.files.ground import fault_at
from engine.model.codes import SIDES, HexKind
from engine.model.directive import Directive, Waypoint
from engine.model.scenario import Scenario

UP_RIVER = 3
"""A port may lie so many hexes up its river (as in rules)."""


def sea_faults(scenario: Scenario) -> Iterator[Fault]:
    """Faults of shipping, ports, landing craft, and directives to land or evacuate."""
    yield from _ports(scenario)
    yield from _craft(scenario)
    for order in scenario.directives:
        if order.kind == "evacuate":
            yield from _evacuation(scenario, order)
        if order.kind == "land":
            yield from _landing(scenario, order)


def port_cells(scenario: Scenario) -> set[int]:
    """Hexes where ships can lie at a quay: places with a port, and supply sources of kind port."""
    cells = {place.cell for place in scenario.theatre.places if place.port_t > 0}
    return cells | {row.cell for row in scenario.supply_sources if row.kind == "port"}


def _ports(scenario: Scenario) -> Iterator[Fault]:
    grid, water = scenario.theatre.grid, scenario.theatre.kind == HexKind.SEA
    for row in scenario.supply_sources:
        around = grid.ring_table(UP_RIVER)[row.cell]
        if row.kind == "port" and any(s.side == row.side for s in scenario.shipping) and not water[around[around >= 0]].any():
            found = f"{row.id} at {grid.text(row.cell)}, far from the sea"
            expected = f"a port within {UP_RIVER} hexes of the sea"
            yield fault_at(row.where, expected, found, "", "warning", "analysis/port_inland")
    for ships in scenario.shipping:
        if not ships.men_day and not ships.tons_day:
            yield fault_at(ships.where, "men_day or tons_day above 0", f"{ships.id} carries nothing", "", "warning",
                           "analysis/no_lift")  # fmt: skip
        if ships.from_min >= scenario.end_min or (ships.until_min != -1 and ships.until_min <= 0):
            last = scenario.end.isoformat()
            yield fault_at(ships.where, f"a time inside {scenario.start} to {last}", f"{ships.id} outside", "",
                           "warning", "analysis/date")  # fmt: skip


def _craft(scenario: Scenario) -> Iterator[Fault]:
    for asset in scenario.assets:
        if asset.kind == "landing_craft" and asset.men == 0:
            yield fault_at(asset.where, "men carried in one lift", f"{asset.id} without", "", "error",
                           "analysis/no_lift")  # fmt: skip
        if asset.kind != "landing_craft" and asset.lifts_day:
            yield fault_at(asset.where, "lifts_day of landing_craft only", f"{asset.id} is {asset.kind}", "",
                           "warning", "analysis/lifts")  # fmt: skip


def _evacuation(scenario: Scenario, order: Directive) -> Iterator[Fault]:
    if not order.axis:
        yield fault_at(order.where, "the ports to embark at in axis", f"none in {order.id}", "", "error",
                       "directive/ports")  # fmt: skip
    ports, craft = port_cells(scenario), _has_craft(scenario, order.side)
    for point in (*order.axis, *order.objective):
        if point.cell not in ports and not (craft and scenario.theatre.sea_coast[point.cell]):
            yield fault_at(order.where, "a port (or a coast, with landing craft)", f"{point.text!r} in {order.id}", "",
                           "error", "directive/no_port")  # fmt: skip
    if not craft and not any(ships.side == order.side and ships.men_day for ships in scenario.shipping):
        yield fault_at(order.where, f"a [[shipping]] of {order.side} with men_day", f"none for {order.id}", "",
                       "warning", "directive/no_ships")  # fmt: skip


def _landing(scenario: Scenario, order: Directive) -> Iterator[Fault]:
    if len(order.axis) < 2:
        yield fault_at(order.where, "an axis from where troops embark to the beach", f"{len(order.axis)} in {order.id}",
                       "", "error", "directive/axis")  # fmt: skip
        return
    if order.assault.empty:
        yield fault_at(order.where, "a landing force in assault", f"none in {order.id}", "", "error",
                       "directive/no_force")  # fmt: skip
    for point in order.axis[:2]:
        yield from _on_the_coast(scenario, order, point)
    if not _has_craft(scenario, order.side):
        yield fault_at(order.where, f"landing_craft of {order.side} in assets.csv", f"none for {order.id}", "",
                       "warning", "directive/no_craft")  # fmt: skip


def _on_the_coast(scenario: Scenario, order: Directive, point: Waypoint) -> Iterator[Fault]:
    if not scenario.theatre.sea_coast[point.cell]:
        yield fault_at(order.where, "a hex on the sea", f"{point.text!r} in {order.id}", "", "error",
                       "directive/no_coast")  # fmt: skip


def _has_craft(scenario: Scenario, side: str) -> bool:
    assert side in SIDES
    return any(asset.kind == "landing_craft" and asset.side == side and asset.men for asset in scenario.assets)
