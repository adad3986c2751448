"""Garrisons of fortresses: who stands in one holds where he is until it is lifted; others are planned round him."""

from __future__ import annotations

from engine.core.columns import rows_where
from engine.staff.intentions import Intentions
from engine.staff.plans import Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation


def stand(s: Situation, wishes: Intentions, plans: Plans, acting: list[int]) -> None:
    """The garrisons of the headquarters that plan now stay where they are, or go there, whatever else was thought of."""
    for at in rows_where(s.garrison).tolist():
        if int(plans.commander[at]) in acting:
            wishes.stay(at, Reason.FORTRESS, s.hex_of[at])
    for at, cell in s.posted.items():
        if int(plans.commander[at]) in acting:
            wishes.place(at, cell, Reason.TO_THE_FORTRESS)
