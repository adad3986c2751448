"""Applies marches, changes of ground, arrivals from off the map and what becomes of bridges."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.core.columns import Array, anywhere
from engine.model.codes import IN_FORCE, OrderState, Stage, Status, Task
from engine.model.events import Event
from engine.model.world import Pen


def _set(pen: Pen, rows: Array, **values: object) -> None:
    formations = pen["formations"]
    for name, value in values.items():
        formations[name][rows] = value


def departed(pen: Pen, event: Event) -> None:
    """Formations are on their way to the next hex."""
    names = ("departed_at", "leg_at", "marched_until", "goal", "route", "routed_at", "exploiting")
    columns = {name: event[name] for name in names}
    _set(pen, event.rows("formation"), leg_to=event["to"], stage=Stage.MARCHING, look_at=NEVER, **columns)


def entered(pen: Pen, event: Event) -> None:
    """Formations stand in another hex; works other than those of the same front are left behind. What the way has cost is
    charged on the six-hour grid.
    """
    formations, rows = pen["formations"], event.rows("formation")
    if anywhere(formations["hex"][rows] != event["came_from"]):
        raise ValueError("a formation entered a hex from where it was not")
    # Nothing but works changes its rate, and works start anew: no need to settle the other flows.
    works = event["works_n"]
    _set(pen, rows, hex=event["hex"], in_place_since=event.minute, leg_to=-1, leg_at=NEVER, works_n=works, works_gain=0)
    formations["moved_m"][rows] += event["moved_m"]
    formations["forced_m"][rows] += event["forced_m"]
    route = formations["route"]
    route[rows, :-1] = route[rows, 1:]
    route[rows, -1] = -1


def halt(pen: Pen, rows: Array, look_at: object) -> None:
    """Formations march no further."""
    _set(pen, rows, leg_to=-1, leg_at=NEVER, look_at=look_at)
    pen["formations"]["route"][rows] = -1


def blocked(pen: Pen, event: Event) -> None:
    """Formations cannot go on for now; an exploiting column turns against what is in its way."""
    rows = event.rows("formation")
    halt(pen, rows, event["look_at"])
    _set(pen, rows, stage=Stage.WAITING)
    turned = event["target"] >= 0
    pen["formations"]["target"][rows[turned]] = event["target"][turned]


def arrived(pen: Pen, event: Event) -> None:
    """Orders are carried out; formations hold where they are."""
    rows = event.rows("formation")
    close(pen, rows, OrderState.DONE)
    halt(pen, rows, NEVER)
    _set(pen, rows, task=Task.HOLD, stage=Stage.IDLE, target=-1, goal=event["hex"], posture=0, exploiting=0)


def close(pen: Pen, rows: Array, state: OrderState) -> None:
    """The orders in force of formations are over."""
    given = pen["formations"]["order"][rows].astype(np.int64)
    given = given[given >= 0]
    in_force = given[pen["orders"]["state"][given] == IN_FORCE]
    pen["orders"]["state"][in_force] = state
    pen["formations"]["order"][rows] = -1


def stopped(pen: Pen, event: Event) -> None:
    """Formations stand where they are."""
    halt(pen, event.rows("formation"), event["look_at"])
    _set(pen, event.rows("formation"), stage=event["stage"])


def looked(pen: Pen, event: Event) -> None:
    """Formations go on with what they were doing."""
    _set(pen, event.rows("formation"), look_at=event["look_at"])


def captured(pen: Pen, event: Event) -> None:
    """Hexes change hands; works of a line serve who holds it."""
    hexes, cells = pen["hexes"], event.rows("hex")
    if anywhere(hexes["owner"][cells] == event["side"]):
        raise ValueError("a side captured its own hex")
    hexes["owner"][cells] = event["side"]
    hexes["owner_since"][cells] = event.minute
    hexes["closing_since"][cells] = NEVER


def closing(pen: Pen, event: Event) -> None:
    """Unguarded ground begins, or ceases, to fall to the other side."""
    pen["hexes"]["closing_since"][event.rows("hex")] = event["since"]


def touched(pen: Pen, event: Event) -> None:
    """Formations meet or lose contact with the enemy."""
    pen["formations"]["contact"][event.rows("formation")] = event["contact"]


def appeared(pen: Pen, event: Event) -> None:
    """Formations enter the map; those that came by rail have carried out their order."""
    formations, rows = pen["formations"], event.rows("formation")
    if anywhere(formations["status"][rows] != Status.WAITING):
        raise ValueError("a formation arrived twice")
    formations.settle(rows, event.minute)
    close(pen, rows, OrderState.DONE)
    formations["route"][rows] = -1
    _set(pen, rows, status=Status.ON_MAP, hex=event["hex"], goal=event["hex"], appears_at=NEVER,
         in_place_since=event.minute, leg_to=-1, leg_at=NEVER, look_at=NEVER, stage=Stage.IDLE)  # fmt: skip
    alarm(pen, rows, event.minute)


def postponed(pen: Pen, event: Event) -> None:
    """There was no room to arrive."""
    pen["formations"]["appears_at"][event.rows("formation")] = event["appears_at"]


STEADY = (
    "battle_rate", "sick_rate", "gain_rate", "afv_shop_rate", "afv_lost_rate", "afv_back_rate", "guns_rate",
    "cohesion_gain", "cohesion_loss", "fatigue_gain", "fatigue_loss", "works_gain", "ammo_use", "fuel_use",
    "food_use", "surrender_gain",
)  # fmt: skip
"""Rates of who is off the map."""


def left_map(pen: Pen, event: Event) -> None:
    """Formations leave the theatre with all they have."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    alarm(pen, rows, event.minute)
    halt(pen, rows, NEVER)
    _set(pen, rows, status=Status.WITHDRAWN, leaves_at=NEVER, kept=0, hex=-1, goal=-1, target=-1, order=-1, task=Task.HOLD,
         stage=Stage.IDLE, contact=0, exploiting=0, **dict.fromkeys(STEADY, 0))  # fmt: skip


def entrained(pen: Pen, event: Event) -> None:
    """Formations leave the map by train; their order is in force until they detrain."""
    formations, rows = pen["formations"], event.rows("formation")
    if anywhere(formations["status"][rows] != Status.ON_MAP):
        raise ValueError("only a formation on the map can entrain")
    formations.settle(rows, event.minute)
    alarm(pen, rows, event.minute)
    halt(pen, rows, NEVER)
    _set(pen, rows, status=Status.WAITING, hex=-1, goal=event["to"], target=-1, task=Task.HOLD, stage=Stage.IDLE,
         contact=0, exploiting=0, works_n=0, appears_at=event["appears_at"], pause_until=event["appears_at"],
         route=event["route"], routed_at=event.minute, **dict.fromkeys(STEADY, 0))  # fmt: skip


def not_entrained(pen: Pen, event: Event) -> None:
    """Formations stay where they are."""
    formations, rows = pen["formations"], event.rows("formation")
    close(pen, rows, OrderState.FAILED)
    halt(pen, rows, NEVER)
    _set(pen, rows, task=Task.HOLD, stage=Stage.IDLE, target=-1, goal=formations["hex"][rows], posture=0)


def alarm(pen: Pen, rows: Array, minute: int) -> None:
    """The headquarters of formations must look at their front."""
    above = pen["formations"]["hq"][rows]
    pen["headquarters"]["alarm_at"][above[above >= 0]] = minute


def bridge_blown(pen: Pen, event: Event) -> None:
    """Bridges are down; a hexside that nothing had happened to gets its row."""
    sides = pen["hexsides"]
    for cell, direction in zip(event["hex"].tolist(), event["direction"].tolist(), strict=True):
        rows = np.flatnonzero((sides["hex"] == cell) & (sides["direction"] == direction))
        if not len(rows):
            rows = sides.append({"hex": cell, "direction": direction}, 1)
        sides["bridge_down"][rows] = 1
        sides["bridge_ready_at"][rows] = NEVER


def bridge_work(pen: Pen, event: Event) -> None:
    """Work on a bridge begins or stops."""
    pen["hexsides"]["bridge_ready_at"][event.rows("hexside")] = event["ready_at"]


def bridge_rebuilt(pen: Pen, event: Event) -> None:
    """A bridge can be used again."""
    sides = pen["hexsides"]
    sides["bridge_down"][event.rows("hexside")] = 0
    sides["bridge_ready_at"][event.rows("hexside")] = NEVER


APPLY = {
    "Departed": departed,
    "Entered": entered,
    "Blocked": blocked,
    "Arrived": arrived,
    "Stopped": stopped,
    "Looked": looked,
    "Captured": captured,
    "Closing": closing,
    "Touched": touched,
    "Appeared": appeared,
    "Postponed": postponed,
    "LeftMap": left_map,
    "Entrained": entrained,
    "NotEntrained": not_entrained,
    "BridgeBlown": bridge_blown,
    "BridgeWork": bridge_work,
    "BridgeRebuilt": bridge_rebuilt,
}
