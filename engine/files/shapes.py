"""Kinds of value in files (ids, dates, places, groups) and the models that rows and heads of files are made
of.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

SLUG = r"^[a-z][a-z0-9_]*$"
CONDITION = re.compile(
    r"held:(axis|soviet):.+|lost_formations:(axis|soviet):\d{1,4}|(fallen|event):[a-z][a-z0-9_]*"
    r"|(lost_men|objectives|objectives_below):(axis|soviet):(0(\.\d+)?|1(\.0+)?)"
)
CONDITION_WORDS = (
    "held:SIDE:PLACE, lost_formations:SIDE:NUMBER, lost_men:SIDE:SHARE, objectives:SIDE:SHARE, "
    "objectives_below:SIDE:SHARE, fallen:FORMATION or event:EVENT"
)
FIRST_YEAR, LAST_YEAR = 1900, 1999


def _moment(value: Any) -> Any:
    """A date or moment from TOML or CSV, as a datetime without zone."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.strip().replace(" ", "T"))
        except ValueError:
            found = None
    elif isinstance(value, date) and not isinstance(value, datetime):
        found = datetime(value.year, value.month, value.day)
    if not isinstance(found, datetime):
        raise PydanticCustomError("said", "{expected}", {"expected": "a date such as 1944-08-16 or 1944-08-16T04:30"})
    if found.tzinfo is not None:
        raise PydanticCustomError("said", "{expected}", {"expected": "a time without zone (all times are UTC+2)"})
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise PydanticCustomError("said", "{expected}", {"expected": f"a year from {FIRST_YEAR} to {LAST_YEAR}"})
    return found


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _grouped(value: Any) -> Any:
    """A list of ids, or "strongest n"."""
    if isinstance(value, str):
        words = value.split()
        if len(words) == 2 and words[0] == "strongest" and words[1].isdigit() and 1 <= int(words[1]) <= 40:
            return [value]
        raise PydanticCustomError("said", "{expected}", {"expected": 'a list of formation ids or "strongest n"'})
    return value


def _named(value: Any) -> Any:
    """A list of ids. Who is strongest changes with every battle: a reserve is named, or left to the staff."""
    if isinstance(value, str):
        hint = "a list of formation ids (how many to keep in hand is said by reserve_share)"
        raise PydanticCustomError("said", "{expected}", {"expected": hint})
    return value


def number_or_switch(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and abs(value) < 1e300:
        return float(value)
    raise PydanticCustomError("said", "{expected}", {"expected": "a number, or true or false"})


def _condition(value: Any) -> Any:
    """One thing an event waits for, as text; what it names is looked up in politics.py."""
    if isinstance(value, str) and CONDITION.fullmatch(value.strip()):
        return value.strip()
    raise PydanticCustomError("said", "{expected}", {"expected": CONDITION_WORDS})


def yes_or_no(value: Any) -> Any:
    """true or false from TOML, or as a cell of a table."""
    if isinstance(value, str) and value.strip().lower() in ("true", "false", "yes", "no"):
        return value.strip().lower() in ("true", "yes")
    return value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Id = Annotated[str, Field(pattern=SLUG, max_length=60)]
Words = Annotated[str, Field(max_length=4000)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Places = Annotated[list[str], BeforeValidator(_listed), Field(max_length=40)]
Members = Annotated[
    list[str],
    BeforeValidator(_grouped),
    Field(max_length=16),
    WithJsonSchema(
        {
            "anyOf": [
                {"items": {"type": "string"}, "maxItems": 16, "type": "array"},
                {"pattern": "^strongest ([1-9]|[1-3][0-9]|40)$", "type": "string"},
            ]
        }
    ),
]
NamedMembers = Annotated[list[str], BeforeValidator(_named), Field(max_length=16)]
Path = Annotated[list[str], BeforeValidator(_listed), Field(max_length=8)]
Subjects = Annotated[list[Id], BeforeValidator(_listed), Field(max_length=200)]
Conditions = Annotated[
    list[Annotated[str, BeforeValidator(_condition)]], BeforeValidator(_listed), Field(max_length=20)
]
Year = Annotated[str, BeforeValidator(_text), Field(max_length=40)]
Corner = Annotated[list[float], Field(min_length=2, max_length=2)]
Side = Literal["axis", "soviet"]
GradeOrBlank = Literal["document", "reference", "analogy", "estimate", ""]


class Strict(BaseModel):
    """No unknown keys, no infinities, nothing changed afterwards."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True, defer_build=True
    )


class Cited(Strict):
    """A row that says where it comes from."""

    src: Words = ""
    grade: GradeOrBlank = ""
    note: Words = ""


class Placed(Cited):
    """A row that stands somewhere: a place, an offset from it, or degrees."""

    place: Words = ""
    bearing_deg: Annotated[float, Field(ge=0, le=360)] | None = None
    distance_km: Annotated[float, Field(ge=0, le=300)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
