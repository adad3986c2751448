"""Parameters as arrays for compiled rules, which cannot look anything up by name."""

from __future__ import annotations

import numpy as np

from engine.core.arithmetic import Floats
from engine.model.world import Statics


def packed(statics: Statics, addresses: tuple[str, ...]) -> Floats:
    """The values of parameters by their dotted addresses, made once for a run; a rule without a switch is on."""
    known: dict[tuple[str, ...], Floats] = statics.memo.setdefault("parameters.packed", {})
    found = known.get(addresses)
    if found is None:
        found = known[addresses] = np.array([
            statics.rules.get(address, 1.0) if address.startswith("switch.") else statics.rules[address]
            for address in addresses
        ])  # fmt: skip
    return found
