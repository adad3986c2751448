"""The shape of what is no row: the scalars and single tables of scenario.toml, and the head of an overlay."""

# ruff: noqa: RUF012 (pydantic copies default lists for each model)

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from engine.files.shapes import Cited, Corner, Id, Moment, Side, Strict, Words


class SideTable(Strict):
    """[sides.axis] or [sides.soviet]."""

    name: Words
    short: Words = ""
    names: dict[str, Words] = {}


class SidesTable(Strict):
    """[sides]: both of them."""

    axis: SideTable
    soviet: SideTable


class WindowTable(Strict):
    """[window]: a box in degrees or a polygon."""

    south: Annotated[float, Field(ge=-90, le=90)] | None = None
    west: Annotated[float, Field(ge=-180, le=180)] | None = None
    north: Annotated[float, Field(ge=-90, le=90)] | None = None
    east: Annotated[float, Field(ge=-180, le=180)] | None = None
    polygon: Annotated[list[Corner], Field(min_length=3, max_length=400)] | None = None


class AreaTable(Strict):
    """One [[ground.area]]."""

    side: Side
    polygon: Annotated[list[Corner], Field(min_length=3, max_length=400)]
    note: Words = ""


class GroundTable(Strict):
    """[ground]: who holds what at the start."""

    default: Side
    area: list[AreaTable] = []


class VictoryTable(Cited):
    """[victory]: what history came to."""

    axis_men_lost: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    soviet_men_lost: Annotated[int, Field(ge=0, le=10_000_000)] | None = None


class InheritTable(Strict):
    """[inherit]: the part of the scenario it extends that is taken."""

    headquarters: Annotated[list[Id], Field(min_length=1, max_length=200)]
    without: Annotated[list[Id], Field(max_length=400)] = []
    """Tables (plans, history, ...) and ids of rows that stay behind."""


class ScenarioHead(Strict):
    """The keys of scenario.toml that are not tables of rows."""

    format: Literal[1]
    id: Id
    title: Words
    summary: Words = ""
    start: Moment
    end: Moment
    theatre: Id
    extends: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    inherit: InheritTable | None = None
    window: WindowTable | None = None
    sides: SidesTable
    ground: GroundTable
    victory: VictoryTable | None = None


_MEASURE = re.compile(r"(axis|soviet)\.[a-z_]+|(held|date):[^:]+:(axis|soviet)")


def _measure(text: str) -> str:
    if not _MEASURE.fullmatch(text):
        words = "a measure: axis.men_lost, held:PLACE:SIDE or date:PLACE:SIDE"
        raise PydanticCustomError("said", "{expected}", {"expected": words})
    return text


class ExpectedChange(Strict):
    """[[expected]]: how a historian would expect an overlay to move a measure, and why."""

    measure: Annotated[str, AfterValidator(_measure)]
    """``side.measure`` of a run; ``held:PLACE:SIDE`` at the end; ``date:PLACE:SIDE`` on which the side takes it."""
    change: Literal["more", "less", "later", "earlier", "same"]
    why: Words


class OverlayHead(Strict):
    """The keys of an overlay that are not changes."""

    format: Literal[1]
    id: Id
    title: Words = ""
    summary: Words = ""
    scenarios: list[Id] = []
    expected: Annotated[list[ExpectedChange], Field(max_length=40)] = []
