"""Applies what happens at sea."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.core.columns import Array
from engine.model.codes import Afloat, OrderState, Stage, Status, Task
from engine.model.events import Event
from engine.model.world import Pen
from engine.rules.apply.movement import STEADY, alarm, close, halt

_BLEEDING = ("battle_rate", "sick_rate", "afv_shop_rate", "afv_lost_rate", "guns_rate")
"""Rates set for who was there before some of them went: the next refresh sets them anew."""
_STOCKS = (("men_u", "aboard_u"), ("afv_u", "aboard_afv_u"), ("guns_u", "aboard_guns_u"))


def ports_served(pen: Pen, event: Event) -> None:
    """What ships bring to ports today."""
    depots, rows = pen["depots"], event.rows("depot")
    depots["open"][rows] = event["open"]
    depots["sea_kg"][rows] = event["sea_kg"]
    depots["sunk_kg"][rows] += event["sunk_kg"]


def _settle(pen: Pen, event: Event) -> Array:
    rows = event.rows("formation")
    pen["formations"].settle(rows, event.minute)
    return rows


def _set(pen: Pen, rows: Array, **values: object) -> None:
    for name, value in values.items():
        pen["formations"][name][rows] = value


def _check(pen: Pen, rows: Array, kind: str) -> None:
    formations = pen["formations"]
    for pair in _STOCKS:
        for name in pair:
            if np.any(formations[name][rows] < 0):
                raise ValueError(f"{kind} takes more {name} than there is")


def boarded(pen: Pen, event: Event) -> None:
    """A part of formations goes aboard, with its guns and vehicles as far as there is time."""
    formations, rows = pen["formations"], _settle(pen, event)
    if np.any(formations["status"][rows] != Status.ON_MAP):
        raise ValueError("only a formation on the map can embark")
    for name, left in (("men", None), ("afv", "afv_left_u"), ("guns", "guns_left_u")):
        taken = event[f"{name}_u"]
        formations[f"{name}_u"][rows] -= taken if left is None else taken + event[left]
        formations["aboard_u" if name == "men" else f"aboard_{name}_u"][rows] += taken
    formations["afv_lost_u"][rows] += event["afv_left_u"]
    formations["guns_lost_u"][rows] += event["guns_left_u"]
    _set(pen, rows, afloat=Afloat.BY_SHIP, beach=-1, **dict.fromkeys(_BLEEDING, 0))
    _weighed_anew(pen, rows)
    _check(pen, rows, event.kind.name)


def _weighed_anew(pen: Pen, rows: Array) -> None:
    """Screen fights of those who stay are set at the next wake-up for who is left, not only at the next refresh."""
    those = pen["participants"].table
    mine = (those.left_at >= NEVER) & np.isin(those.formation, rows)
    pen["battles"]["stale"][those.battle[mine]] = 1


def sailed(pen: Pen, event: Event) -> None:
    """Formations have left the map aboard ships; their order is in force until they land."""
    rows = _settle(pen, event)
    alarm(pen, rows, event.minute)
    halt(pen, rows, NEVER)
    _set(pen, rows, status=Status.WAITING, hex=-1, goal=event["to"], target=-1, task=Task.HOLD, stage=Stage.IDLE,
         contact=0, exploiting=0, works_n=0, appears_at=event["appears_at"], pause_until=event["appears_at"],
         cut_off_since=NEVER, **dict.fromkeys(STEADY, 0))  # fmt: skip


def rejoined(pen: Pen, event: Event) -> None:
    """Those who had gone aboard are back with their formation."""
    _all_ashore(pen, _settle(pen, event))


def _all_ashore(pen: Pen, rows: Array) -> None:
    formations = pen["formations"]
    for here, aboard in _STOCKS:
        formations[here][rows] += formations[aboard][rows]
        formations[aboard][rows] = 0
    formations["afloat"][rows] = Afloat.ASHORE


def _after_the_voyage(pen: Pen, event: Event) -> Array:
    """Takes off what was sunk and puts the rest ashore."""
    formations, rows = pen["formations"], _settle(pen, event)
    if np.any(formations["status"][rows] != Status.WAITING):
        raise ValueError("only a formation at sea can land from ships")
    formations["aboard_u"][rows] -= event["drowned_u"]
    formations["drowned_u"][rows] += event["drowned_u"]
    formations["aboard_afv_u"][rows] -= event["afv_sunk_u"]
    formations["afv_lost_u"][rows] += event["afv_sunk_u"]
    formations["aboard_guns_u"][rows] -= event["guns_sunk_u"]
    formations["guns_lost_u"][rows] += event["guns_sunk_u"]
    _check(pen, rows, event.kind.name)
    _all_ashore(pen, rows)
    close(pen, rows, OrderState.DONE)
    return rows


def disembarked(pen: Pen, event: Event) -> None:
    """Formations are back on the map at another port."""
    rows = _after_the_voyage(pen, event)
    _set(pen, rows, status=Status.ON_MAP, hex=event["hex"], goal=event["hex"], appears_at=NEVER,
         in_place_since=event.minute, leg_to=-1, leg_at=NEVER, look_at=NEVER, stage=Stage.IDLE)  # fmt: skip
    alarm(pen, rows, event.minute)


def came_home(pen: Pen, event: Event) -> None:
    """Formations have left the theatre by sea."""
    _set(pen, _after_the_voyage(pen, event), status=Status.WITHDRAWN, goal=-1, appears_at=NEVER, leaves_at=NEVER)


def _give_up(pen: Pen, rows: Array) -> None:
    close(pen, rows, OrderState.FAILED)
    halt(pen, rows, NEVER)
    _set(pen, rows, task=Task.HOLD, stage=Stage.IDLE, target=-1, goal=pen["formations"]["hex"][rows], posture=0)


def not_embarked(pen: Pen, event: Event) -> None:
    """Formations stay where they are."""
    _give_up(pen, event.rows("formation"))
    alarm(pen, event.rows("formation"), event.minute)


def landed(pen: Pen, event: Event) -> None:
    """The first wave is ashore; the rest of the men, all guns and vehicles wait for further lifts."""
    formations, rows = pen["formations"], _settle(pen, event)
    if np.any(formations["hex"][rows] != event["came_from"]):
        raise ValueError("a formation landed from where it was not")
    for here, aboard in _STOCKS:
        formations[aboard][rows] += formations[here][rows]
        formations[here][rows] = 0
    formations["men_u"][rows] = event["men_u"] - event["battle_u"]
    formations["aboard_u"][rows] -= event["men_u"]
    formations["battle_u"][rows] += event["battle_u"]
    _check(pen, rows, event.kind.name)
    close(pen, rows, OrderState.DONE)
    halt(pen, rows, NEVER)
    _set(pen, rows, hex=event["hex"], goal=event["hex"], target=-1, task=Task.HOLD, stage=Stage.IDLE, posture=0,
         in_place_since=event.minute, works_n=0, works_gain=0, exploiting=0, afloat=_still_waiting(pen, rows),
         beach=event["hex"], landed_at=event.minute, **dict.fromkeys(_BLEEDING, 0))  # fmt: skip
    alarm(pen, rows, event.minute)


def beaten_off(pen: Pen, event: Event) -> None:
    """The first wave comes back with its losses."""
    formations, rows = pen["formations"], _settle(pen, event)
    formations["men_u"][rows] -= event["battle_u"]
    formations["battle_u"][rows] += event["battle_u"]
    formations["last_fight_at"][rows] = event.minute
    _check(pen, rows, event.kind.name)
    _give_up(pen, rows)
    alarm(pen, rows, event.minute)


def not_landed(pen: Pen, event: Event) -> None:
    """The landing is not made."""
    _give_up(pen, event.rows("formation"))
    alarm(pen, event.rows("formation"), event.minute)


def came_ashore(pen: Pen, event: Event) -> None:
    """A further lift joins those ashore; with the last of it the landing is over."""
    formations, rows = pen["formations"], _settle(pen, event)
    for here, aboard in _STOCKS:
        formations[here][rows] += event[here]
        formations[aboard][rows] -= event[here]
    _check(pen, rows, event.kind.name)
    formations["afloat"][rows] = _still_waiting(pen, rows)


def _still_waiting(pen: Pen, rows: Array) -> Array:
    waiting = sum(pen["formations"][aboard][rows] for _, aboard in _STOCKS)
    return np.where(waiting > 0, Afloat.BY_CRAFT, Afloat.ASHORE)


def beach_closed(pen: Pen, event: Event) -> None:
    """Formations are no longer served over a beach."""
    pen["formations"]["beach"][event.rows("formation")] = -1


def craft_crossed(pen: Pen, event: Event) -> None:
    """Craft have made a lift."""
    craft, rows = pen["craft"], event.rows("craft")
    craft["used_at"][rows] = event.minute
    craft["left"][rows] = event["left"]


APPLY = {
    "PortsServed": ports_served,
    "Boarded": boarded,
    "Sailed": sailed,
    "Rejoined": rejoined,
    "Disembarked": disembarked,
    "CameHome": came_home,
    "NotEmbarked": not_embarked,
    "Landed": landed,
    "BeatenOff": beaten_off,
    "NotLanded": not_landed,
    "CameAshore": came_ashore,
    "BeachClosed": beach_closed,
    "CraftCrossed": craft_crossed,
}
