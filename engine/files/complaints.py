"""What pydantic says, in our words: `expected, found, hint` at the place of the value, with both bounds of a
number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, ValidationError

from engine.files.boundary import keys_of
from engine.files.csv_text import CsvText
from engine.files.faults import Fault, nearest, one_of, shown
from engine.files.texts import Spot


def translate(
    error: ValidationError, model: type[BaseModel], spot: Spot, spots: Mapping[str, Spot], table: str
) -> list[Fault]:
    """Faults for what pydantic found in one row."""
    items = [dict(item) for item in error.errors(include_url=False)]
    return [_fault(item, model, spot, spots, table) for item in items if not _blank_choice(item)]


def _blank_choice(item: dict[str, Any]) -> bool:
    """Whether it only says that a value is not the blank that the field may also be."""
    return bool(item["type"] == "literal_error" and item.get("ctx", {}).get("expected") == "''")


def _fault(item: dict[str, Any], model: type[BaseModel], spot: Spot, spots: Mapping[str, Spot], table: str) -> Fault:
    loc = tuple(item["loc"])
    first = str(loc[0]) if loc else ""
    if item["type"] == "extra_forbidden" and len(loc) == 1 and first in spots:
        spots = {first: Spot(spots[first].text, (*spots[first].key, ""))}
    base = spots.get(first, spot)
    rest = tuple(part for part in loc[1:] if isinstance(part, int) or not part.endswith("]"))
    kind, context = item["type"], item.get("ctx", {})
    name = str(loc[-1]) if loc else table
    inner = _inner(model, loc)
    place = Spot(base.text, (*base.key, *rest)) if first in spots and rest and base.key else base
    table = f"[{'.'.join(str(part) for part in loc[:-1])}]" if len(loc) > 1 else table
    if kind == "missing":
        header = spot.text.header if isinstance(spot.text, CsvText) else (name,)
        if name not in header:
            # One fault at the header instead of one for each record.
            return Spot(spot.text).fault(f"a column {name!r}", "nothing", code="csv/missing")
        return place.fault(f"a value for {name!r} in {table}", "nothing", code="row/missing")
    if kind == "extra_forbidden":
        if len(loc) > 1:
            place = Spot(place.text, (*place.key, ""))
        hint = nearest(name, keys_of(inner or model))
        return place.fault(f"a known key of {table}", repr(name), hint, code="row/unknown_key")
    found = shown(item.get("input"))
    if kind == "said":
        return place.fault(context["expected"], found, context.get("hint", ""), code="row/value")
    expected = expectation(model, loc) or _general(kind, context, item["msg"])
    hint = nearest(
        str(item.get("input")), context.get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
    )
    return place.fault(expected, found, hint if kind == "literal_error" else "", code="row/value")


def _inner(model: type[BaseModel], loc: tuple[Any, ...]) -> type[BaseModel] | None:
    """The model that holds the last part of a path."""
    here: type[BaseModel] | None = model
    for part in loc[:-1]:
        if isinstance(part, int) or here is None:
            continue
        field = next((f for n, f in here.model_fields.items() if part in (n, f.alias)), None)
        here = _model_in(field.annotation) if field else None
    return here


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found:
            return found
    return None


def expectation(model: type[BaseModel], loc: tuple[Any, ...]) -> str:
    """What a numeric, closed-list or id field wants, with both bounds; nothing for other fields."""
    holder = _inner(model, loc)
    name = loc[-1] if loc else ""
    field = next((f for n, f in holder.model_fields.items() if name in (n, f.alias)), None) if holder else None
    if field is None:
        return ""
    words, metadata = _described(field.annotation)
    metadata = [*metadata, *field.metadata]
    if words not in ("a whole number", "a number"):
        pattern = next((m.pattern for m in metadata if getattr(m, "pattern", None)), "")
        return "an id of a-z, 0-9 and _" if pattern and "a-z0-9_" in str(pattern) else words
    low = next((m.ge for m in metadata if isinstance(m, Ge)), None)
    above = next((m.gt for m in metadata if isinstance(m, Gt)), None)
    high = next((m.le for m in metadata if isinstance(m, Le)), None)
    start = f" from {low}" if low is not None else f" above {above}" if above is not None else ""
    return f"{words}{start}{f' to {high}' if high is not None else ''}"


def _described(annotation: Any) -> tuple[str, list[Any]]:
    """Words for a type, and the constraints found inside it."""
    if annotation is int:
        return "a whole number", []
    if annotation is float:
        return "a number", []
    if annotation is bool:
        return "true or false", []
    name = getattr(getattr(annotation, "__origin__", None), "__name__", "") or str(
        getattr(annotation, "__origin__", "")
    )
    arguments = getattr(annotation, "__args__", ())
    if "Literal" in name:
        return one_of([a for a in arguments if a]) if arguments else "", []
    if hasattr(annotation, "__metadata__"):
        words, inner = _described(annotation.__origin__)
        flat: list[Any] = []
        for part in annotation.__metadata__:
            flat += list(getattr(part, "metadata", None) or [part])
        return words, [*inner, *flat]
    for argument in arguments:
        if argument is not type(None) and name not in ("list", "dict"):
            words, inner = _described(argument)
            if words:
                return words, inner
    return "", []


def _general(kind: str, context: Mapping[str, Any], message: str) -> str:
    return {
        "string_type": "text",
        "list_type": "a list",
        "dict_type": "a table",
        "model_type": "a table",
        "finite_number": "a finite number",
        "float_type": "a number",
        "float_parsing": "a number",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "string_pattern_mismatch": f"text of the form {context.get('pattern')}",
        "string_too_long": f"at most {context.get('max_length')} characters",
        "too_long": f"at most {context.get('max_length')} entries",
        "too_short": f"at least {context.get('min_length')} entries",
        "literal_error": f"{context.get('expected')}",
    }.get(kind, message[:1].lower() + message[1:])
