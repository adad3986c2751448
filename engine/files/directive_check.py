"""What is odd about a directive before it is sent: the same questions for files, humans and the planner.

After the trial of the staffs: an objective that cannot be reached, a mobile group that waits for nobody's
breach, too few divisions for a front, a start before the order can be there, a corridor in a neighbour's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.files.faults import Fault
from engine.files.ground import fault_at, flood, length_km, nearest_km
from engine.model.codes import HexKind
from engine.model.directive import Directive
from engine.model.scenario import Scenario

SPREAD_KM = 36.0
"""Front for a division above which even radius 2 does not cover it (83 % at 36 km)."""


def directive_faults(scenario: Scenario) -> Iterator[Fault]:
    """Faults of all directives."""
    land = (scenario.theatre.kind == HexKind.LAND) & scenario.window
    members = commanded(scenario)
    for order in scenario.directives:
        yield from _shape(order)
        yield from _groups(order, members)
        yield from _reach(scenario, order, land, members)
        yield from _spread(scenario, order, members)
        yield from _delay(scenario, order)
        yield from _dummies(scenario, order)
        yield from _fortress(scenario, order)
    yield from _overlaps(scenario)


def commanded(scenario: Scenario) -> dict[str, set[str]]:
    """Formations under each headquarters, at any depth, now or by a dated attachment."""
    above: dict[str, set[str]] = {row.id: {row.parent} for row in scenario.formations}
    above |= {row.id: {row.parent} for row in scenario.headquarters}
    for change in scenario.reinforcements:
        if change.hq:
            above.setdefault(change.subject, set()).add(change.hq)
    members: dict[str, set[str]] = {row.id: set() for row in scenario.headquarters}
    for formation in scenario.formations:
        front, seen = {formation.id}, set[str]()
        while front:
            front = {up for one in front for up in above.get(one, ()) if up in members and up not in seen}
            seen |= front
        for superior in seen:
            members[superior].add(formation.id)
    return members


def _shape(order: Directive) -> Iterator[Fault]:
    if order.kind == "attack" and len(order.axis) < 2:
        yield fault_at(
            order.where,
            "an axis of at least two places",
            f"{len(order.axis)} in {order.id}",
            "",
            "error",
            "directive/axis",
        )
    if order.kind in ("defend", "withdraw") and len(order.line) == 1:
        yield fault_at(
            order.where, "a line of at least two places", f"one in {order.id}", "", "error", "directive/line"
        )
    if order.permission == "may_fall_back" and not order.fall_back:
        yield fault_at(
            order.where,
            "fall_back for permission may_fall_back",
            f"none in {order.id}",
            "the staff chooses a line",
            "note",
            "directive/fall_back",
        )
    if order.kind in ("land", "rail", "fortress", "lift_fortress") and not order.objective:
        yield fault_at(order.where, "an objective", f"none in {order.id}", "", "error", "directive/objective")


def _groups(order: Directive, members: dict[str, set[str]]) -> Iterator[Fault]:
    if order.kind == "attack" and not order.mobile.empty and order.assault.empty:
        yield fault_at(
            order.where,
            "an assault group before a mobile group",
            f"none in {order.id}",
            "a mobile group waits for a breach",
            "warning",
            "directive/mobile_alone",
        )
    both = set(order.assault.ids) & set(order.mobile.ids)
    for name in sorted(both):
        yield fault_at(
            order.where,
            "each formation in one group",
            f"{name} in assault and mobile of {order.id}",
            "",
            "warning",
            "directive/two_groups",
        )
    own = members.get(order.hq, set())
    for name in sorted({*order.assault.ids, *order.mobile.ids, *order.reserve.ids} - own):
        yield fault_at(
            order.where,
            f"formations under {order.hq}",
            f"{name} in {order.id}",
            "attach it in reinforcements.csv",
            "warning",
            "directive/stranger",
        )


def _reach(scenario: Scenario, order: Directive, land: npt.NDArray[np.bool_], members: dict[str, set[str]]) -> Iterator[Fault]:
    if order.kind not in ("attack", "relieve", "break_out", "reduce") or not order.objective:
        return
    named = set(order.assault.ids) | set(order.mobile.ids) or members.get(order.hq, set())
    starts = [row.cell for row in scenario.formations if row.id in named and row.cell >= 0]
    if not starts:
        yield fault_at(
            order.where, "formations to attack with", f"none in {order.id}", "", "warning", "directive/nobody"
        )
        return
    verb, _, name = order.trigger.partition(":")
    place = scenario.theatre.find_place(name) if verb == "taken" else None
    if place is not None:  # it goes on from there: by land, though its troops came by sea
        starts = [*starts, place.cell]
    if verb == "after":
        landing = (row for row in scenario.directives if row.id == name and row.kind == "land")
        starts = [*starts, *(point.cell for row in landing for point in row.objective)]
    reached = flood(scenario, land, starts)
    for point in order.objective:
        if not reached[point.cell]:
            yield fault_at(
                order.where,
                "an objective that can be reached by land",
                f"{point.text!r} in {order.id}",
                "",
                "warning",
                "directive/unreachable",
            )


def _spread(scenario: Scenario, order: Directive, members: dict[str, set[str]]) -> Iterator[Fault]:
    if order.kind not in ("defend", "withdraw") or len(order.line) < 2:
        return
    divisions = sum(
        0.5 if row.echelon in ("brigade", "regiment", "battalion") else 1.0
        for row in scenario.formations
        if row.id in members.get(order.hq, set())
    )
    front = length_km(scenario, order.line)
    if divisions and front / divisions > SPREAD_KM:
        yield fault_at(
            order.where,
            f"at most {SPREAD_KM:g} km of front a division",
            f"{front:.0f} km for {divisions:g} in {order.id}",
            "",
            "warning",
            "directive/spread",
        )


def _delay(scenario: Scenario, order: Directive) -> Iterator[Fault]:
    """A directive known before the start was given in time; later ones need the delay of their level."""
    if order.known_min <= 0:
        return
    staff = next((row for row in scenario.headquarters if row.id == order.hq), None)
    level = {"army_group": "front"}.get(staff.echelon, staff.echelon) if staff else "corps"
    address = f"command.delay_{order.side}_{level}_h"
    if address in scenario.parameters:
        hours = scenario.rule(address)
        if order.start_min - order.known_min < hours * 60:
            yield fault_at(
                order.where,
                f"a start at least {hours:g} h after `known`",
                f"{(order.start_min - order.known_min) / 60:.0f} h in {order.id}",
                "",
                "warning",
                "directive/too_soon",
            )


def _dummies(scenario: Scenario, order: Directive) -> Iterator[Fault]:
    """One place, inside the window: elsewhere dummies deceive nobody."""
    if len(order.dummy) > 1:
        yield fault_at(
            order.where, "one place for dummies", f"{len(order.dummy)} in {order.id}", "", "error", "directive/dummy"
        )
    for point in order.dummy:
        if not scenario.window[point.cell]:
            yield fault_at(
                order.where, "dummies inside the window", f"{point.text!r} in {order.id}", "they deceive nobody there",
                "warning", "directive/dummy_outside",
            )  # fmt: skip


def _fortress(scenario: Scenario, order: Directive) -> Iterator[Fault]:
    """Rings belong to fortresses, and fortresses to the ground that plays."""
    if order.ring and order.kind != "fortress":
        yield fault_at(
            order.where, "ring in a directive of kind fortress", f"{order.kind} in {order.id}", "it counts for nothing here",
            "warning", "directive/ring",
        )  # fmt: skip
    for point in order.objective if order.kind in ("fortress", "lift_fortress") else ():
        if not scenario.window[point.cell]:
            yield fault_at(
                order.where, "a fortress inside the window", f"{point.text!r} in {order.id}", "nobody can hold it there",
                "warning", "directive/fortress_outside",
            )  # fmt: skip


def _overlaps(scenario: Scenario) -> Iterator[Fault]:
    """One note for each attack whose axis runs into those of earlier ones of other headquarters at the same time."""
    attacks = [order for order in scenario.directives if order.kind == "attack" and len(order.axis) >= 2]
    superiors = {row.id: row.parent for row in scenario.headquarters}
    default = scenario.rule("staff.corridor_km")
    for i, other in enumerate(attacks):
        beside = []
        for one in attacks[:i]:
            if one.side != other.side or one.hq == other.hq or _above(superiors, one.hq, other.hq):
                continue
            if not _at_once(one, other) or _above(superiors, other.hq, one.hq):
                continue
            width = min(one.corridor_km or default, other.corridor_km or default)
            apart = nearest_km(scenario, one.axis, other.axis)
            if apart < width / 2:
                beside.append((apart, one.id))
        if beside:
            apart, nearest = min(beside)
            more = f", and {len(beside) - 1} more in its way" if len(beside) > 1 else ""
            found = f"the axis of {other.id} {apart:.0f} km from that of {nearest}{more}"
            yield fault_at(other.where, "a corridor beside its neighbour's", found, "", "note", "directive/overlap")


def _above(superiors: dict[str, str], high: str, low: str) -> bool:
    steps = 0
    while low and steps < 20:
        if low == high:
            return True
        low, steps = superiors.get(low, ""), steps + 1
    return False


def _at_once(one: Directive, other: Directive) -> bool:
    def end(order: Directive) -> int:
        return order.end_min if order.end_min >= 0 else 1 << 40

    return one.start_min < end(other) and other.start_min < end(one)
