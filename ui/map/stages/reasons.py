"""Terms of a number as the card shows them: what is added and multiplied there comes to the number itself."""

from __future__ import annotations

import re
from typing import Any

from ui.map.scene import Story, Why, WhyTerm
from ui.map.stages.frames import place_name

NOTE = "Letters: grade of the source, A document to D estimate"


_NO_WAY_KM = 100_000
"""Where no truck gets through the way is told as endless."""
_OF_A_SIDE = ("attacker_", "defender_")
"""Terms of a battle that went into the points of one side."""


def order_reason(story: Story, why: tuple[int, ...]) -> str:
    """Why a staff gave an order, as a sentence about the formation; empty where nobody said."""
    if not why or why[0] <= 0:
        return ""
    from engine import reasons

    said = str(reasons.sentence(why[0], why[1:], lambda cell: place_name(story, cell) or "nowhere"))
    return smooth(said)


def smooth(said: str) -> str:
    """A sentence made of parts as one would say it."""
    said = re.sub(r"\b(?:at|on|for) (?=(?:north|south|east|west)[a-z-]* of )", "", said)
    return re.sub(r"\b1 hexes\b", "1 hex", said).replace("estimated x ", "estimated balance ")


def power_reason(found: Any) -> Why | None:
    """Power in points: (men in line + tanks x worth + guns x worth) x quality."""
    of = {term.key: term for term in found.terms}
    if "points" not in of:
        return None
    line, quality, cev = (of[k].value for k in ("men_in_line", "quality", "cev"))
    afv, tank = of["afv"].value, of["worth_of_an_afv"].value
    guns, gun = of["guns"].value, of["worth_of_a_gun"].value
    share = of["fatigue"].parameter
    tired = 1.0 - float(getattr(share, "value", 0.0)) * of["fatigue"].value
    ready = quality / (cev * tired) if cev * tired > 0 else 0.0
    below_quality = (
        _shown(of["cev"], "experience", cev, "="),
        _shown(of["cohesion"], f"cohesion {of['cohesion'].value * 100:.0f} %", ready, "×"),
        _shown(of["fatigue"], f"fatigue {of['fatigue'].value * 100:.0f} %", tired, "×"),
    )
    terms = [_shown(of["men_in_line"], "men in line", line, "=", (_shown(of["men"], "men", of["men"].value, ""),))]
    if afv:
        worth = _shown(of["worth_of_an_afv"], "worth of each", tank, "×")
        terms.append(_shown(of["worth_of_an_afv"], "tanks", afv * tank, "+", (_shown(of["afv"], "running", afv, "="), worth)))
    if guns:
        worth = _shown(of["worth_of_a_gun"], "worth of each", gun, "×")
        terms.append(_shown(of["worth_of_a_gun"], "guns", guns * gun, "+", (_shown(of["guns"], "guns", guns, "="), worth)))
    terms.append(_shown(of["quality"], "quality", quality, "×", below_quality))
    return Why("Why is the power", "points of power", of["points"].value, tuple(terms), NOTE)


def march_reason(found: Any) -> Why | None:
    """Minutes of the present or last step: the sum of its terms."""
    steps = [t for t in found.terms if t.key.startswith("march.")]
    if not steps:
        return None
    shown = [t for k, t in enumerate(steps) if k == 0 or round(t.value)]
    terms = tuple(_shown(t, t.key.removeprefix("march.").replace("_", " "), t.value, "=" if k == 0 else "+")
                  for k, t in enumerate(shown))  # fmt: skip
    return Why("Why does this hex take, in minutes,", "minutes", sum(t.value for t in shown), terms, NOTE)


def supply_reason(found: Any) -> Why | None:
    """Tons brought at the last delivery, by how they came; before them what was wanted and what limits the way."""
    of = {term.key: term for term in found.terms}
    if "wanted_t" not in of:
        return None
    told = (("wanted_t", "wanted, t"), ("way_km", "way by road, km"), ("trucks_carry_t", "trucks can carry, t"))
    terms = [_shown(of[key], words, of[key].value, "") for key, words in told if of[key].value < _NO_WAY_KM]
    ways = (("after_railways_t", "by rail and road"), ("over_beaches_t", "over beaches"), ("by_air_t", "by air"))
    came = [(of[key], words) for key, words in ways if of[key].value or key == "after_railways_t"]
    terms += [_shown(term, words, term.value, "+" if k else "=") for k, (term, words) in enumerate(came)]
    return Why("Why did the last delivery bring, in t,", "t brought", sum(term.value for term, _ in came), tuple(terms), NOTE)


def battle_reason(found: Any) -> Why | None:
    """The balance of a battle: log of the ratio of points, shifted by circumstances; then what follows from it."""
    of = {term.key: term for term in found.terms}
    if "x" not in of:
        return None
    keys = [term.key for term in found.terms]
    before = keys[: keys.index("x")]
    points = tuple(_shown(of[k], _words(k), of[k].value, "") for k in before if k.startswith(_OF_A_SIDE))
    shifts = [k for k in before if not k.startswith((*_OF_A_SIDE, "log_ratio"))]
    terms = [_shown(of["log_ratio"], "log of the ratio of points", of["log_ratio"].value, "=", points)]
    terms += [_shown(of[k], _words(k), of[k].value, "+") for k in shifts if abs(of[k].value) >= 0.005]
    said = {"p_yield": "share of fights in which he yields", "tau_days": "days to a decision",
            "advance_km_day": "km a day"}  # fmt: skip
    terms += [_shown(of[k], words, of[k].value, "") for k, words in said.items() if k in of]
    return Why("Why is the balance of this battle", "balance", of["x"].value, tuple(terms), NOTE)


def _words(key: str) -> str:
    return key.removeprefix("x_").replace("_", " ")


def _shown(term: Any, label: str, value: float, operation: str, below: tuple[WhyTerm, ...] = ()) -> WhyTerm:
    parameter = term.parameter
    grade = str(getattr(parameter, "grade", "")) if parameter is not None else ""
    source = f"{term.address} = {parameter.value}: {parameter.source}" if parameter is not None else term.address
    return WhyTerm(label, value, operation, grade, source, below)
