"""Garrisons of fortresses: who stands in one holds where he is until it is lifted; others are planned round him."""

from __future__ import annotations

import numpy as np

from engine.staff.intentions import Intentions
from engine.staff.plans import Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation


def stand(s: Situation, wishes: Intentions, plans: Plans, acting: list[int]) -> None:
    """The garrisons of the headquarters that plan now stay where they are, whatever else was thought of for them."""
    for at in np.flatnonzero(s.garrison).tolist():
        if int(plans.commander[at]) in acting:
            wishes.stay(at, Reason.FORTRESS, s.hex_of[at])
