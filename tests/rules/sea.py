"""Drawn coasts: two ports on a strip of land each side of water, ships, craft."""

from __future__ import annotations

from typing import Any

from engine.model.codes import OrderKind
from engine.model.facts import WeatherDay
from engine.model.orders import Order, Refusal
from engine.run.session import Session
from tests.rules.marches import field, row

WIDE = 14
COAST = "\n".join([
    "~" * WIDE,
    "1AB" + "." * (WIDE - 4) + "2",
    "." * WIDE,
    "." * WIDE,
])  # fmt: skip
"""Towns 1 and 2 are ports on the north coast; everything is the axis side's."""
HOME = (0, 7)
"""Water off the map's middle, where ships come from."""


def calm(days: int = 20, sea: int = 1) -> list[WeatherDay]:
    """The same clear weather every day, with this sea."""
    return [WeatherDay(day, "all", "clear", "dry", sea=sea, src="test") for day in range(days)]


def ships(**columns: Any) -> dict[str, Any]:
    return {"side": "axis", "at": HOME, "men_day": 8000, "tons_day": 2000, "loss": 0.0, **columns}


def coast(text: str = COAST, formations: dict[str, Any] | None = None, **options: Any) -> Session:
    """A session on a coast with two ports and ships, a calm sea, and no losses unless told."""
    options.setdefault("shipping", [ships()])
    options.setdefault("ports", {"1": 8000, "2": 8000})
    options.setdefault("weather", calm())
    sets = {"switch.weather": 1, "naval.sea_spread": 0, **options.pop("sets", {})}
    return field(text, formations or {"A": "infantry", "B": "infantry"}, sets=sets, **options)


def refused(session: Session, name: str, kind: OrderKind, goal: int = -1) -> str:
    """The code with which an order is refused."""
    side = next(f.side for f in session.scenario.formations if f.id == name)
    answer = session.submit(side, Order(kind, name, goal, by_human=True))[0]
    assert isinstance(answer, Refusal), "the order was accepted"
    assert answer.sentence
    return answer.code


def men(session: Session, name: str) -> dict[str, int]:
    """Where the men of a formation are, in millionths."""
    now, i = session.now, row(session, name)
    f = session.world.formations
    return {
        "present": int(f.read("men", now, [i])[0]), "aboard": int(f.aboard_u[i]), "drowned": int(f.drowned_u[i]),
        "battle": int(f.read("battle", now, [i])[0]), "sick": int(f.read("sick", now, [i])[0]),
        "captured": int(f.captured_u[i]), "gained": int(f.read("gain", now, [i])[0]),
    }  # fmt: skip


def conserved(session: Session, name: str) -> None:
    """No man is lost or made at sea."""
    found = men(session, name)
    start = next(f.men for f in session.scenario.formations if f.id == name) * 10**6
    assert sum(found.values()) - 2 * found["gained"] == start
    assert min(found.values()) >= 0
