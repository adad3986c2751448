"""Stand-ins: a row with a wrong value goes on without it, so that everything else about the row is checked, too.

A number, a choice or a text that is wrong has been told; what is known of the row otherwise (who it belongs to, where
it stands, what it names) is as good as before. Rows whose id, superior, place or time is wrong have no stand-in: what
could be said of them would only be the same fault again in other words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from engine.files.boundary import numeric

POSITION = frozenset({"lat", "lon", "bearing_deg", "distance_km", "place", "code"})
"""Columns that say where (or which) something is; without them it is somewhere (or something) else."""


def stand_in(model: type[BaseModel], values: Mapping[str, Any], error: ValidationError) -> BaseModel | None:
    """The row without its wrong values; None when it is not itself without them."""
    kept = dict(values)
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        key = str(item["loc"][0]) if item["loc"] else ""
        field = next((f for name, f in model.model_fields.items() if key == (f.alias or name)), None)
        if key in POSITION or (field is None and item["type"] != "extra_forbidden"):
            return None
        kept.pop(key, None)
        if field is not None and field.is_required():
            value = _harmless(field)
            if value is None or item["type"] == "missing":
                return None
            kept[key] = value
        elif field is not None and not (numeric(field.annotation) or _chosen(field) or field.annotation is str):
            return None
    try:
        return model.model_validate(kept)
    except ValidationError:
        return None


def _chosen(field: FieldInfo) -> bool:
    parts = get_args(field.annotation)
    return any(get_origin(kind) is Literal for kind in (field.annotation, *parts))


def _harmless(field: FieldInfo) -> float | str | None:
    """What may stand where a value is needed: the least number that can be, no words; None for anything else."""
    if numeric(field.annotation):
        ends = [float(str(m.ge if isinstance(m, Ge) else m.gt)) for m in field.metadata if isinstance(m, (Ge, Gt))]
        return max([1.0, *ends])
    plain = field.annotation is str and not any(getattr(mark, "pattern", None) for mark in field.metadata)
    return "" if plain else None
