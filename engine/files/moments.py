"""Dates as they are written, before anything is checked."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any


def moment(value: Any) -> datetime | None:
    """A date or moment as written in TOML or CSV; None for anything else."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromisoformat(str(value).strip().replace(" ", "T")).replace(tzinfo=None)
    except ValueError:
        return None
