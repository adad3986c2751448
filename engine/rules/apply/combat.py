"""Applies what happens in battle: a loss moves whole fine units from column to column, nothing is clipped."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.core.columns import NANO, Array, anywhere
from engine.model.codes import OrderState, Outcome, Stage, Status, Task
from engine.model.events import Event
from engine.model.world import Pen

_RATES = (
    "battle_rate", "sick_rate", "gain_rate", "afv_shop_rate", "afv_lost_rate", "afv_back_rate", "guns_rate",
    "cohesion_gain", "cohesion_loss", "fatigue_gain", "fatigue_loss", "works_gain", "ammo_use", "fuel_use",
    "food_use", "surrender_gain",
)  # fmt: skip


def engaged(pen: Pen, event: Event) -> None:
    """Battles begin."""
    pen["battles"].append({**event.data, "started_at": event.minute, "as_of": event.minute}, len(event))
    np.add.at(pen["hexes"]["battles"], event["hex"], 1)


def joined(pen: Pen, event: Event) -> None:
    """Formations take part; attackers turn from waiting to fighting."""
    pen["participants"].append({**event.data, "joined_at": event.minute, "as_of": event.minute}, len(event))


def left_battle(pen: Pen, event: Event) -> None:
    """Formations no longer take part; attackers still on the spot wait again, for movement to look at."""
    participants, rows = pen["participants"], event.rows("participant")
    participants.settle(rows, event.minute)
    participants["left_at"][rows] = event.minute
    for rate in ("battle_rate", "shop_rate", "lost_rate", "guns_rate"):
        participants[rate][rows] = 0
    formations = pen["formations"]
    waiting = event.rows("formation")[event["stands_by"] == 1]
    formations["stage"][waiting] = Stage.WAITING
    formations["look_at"][waiting] = event.minute


def fought(pen: Pen, event: Event) -> None:
    """Hazards and ground of battles are set anew."""
    battles, rows = pen["battles"], event.rows("battle")
    battles.settle(rows, event.minute)
    for name in event.data:
        if name != "battle":
            battles[name][rows] = event[name]
    battles["stale"][rows] = 0


def bled(pen: Pen, event: Event) -> None:
    """Rates of loss of participants, battle by battle."""
    participants, rows = pen["participants"], event.rows("participant")
    participants.settle(rows, event.minute)
    for name in ("share", "direction", "battle_rate", "shop_rate", "lost_rate", "guns_rate"):
        participants[name][rows] = event[name]


def suffered(pen: Pen, event: Event) -> None:
    """Rates of formations, all their battles together."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    formations["battle_rate"][rows] = event["battle_rate"]
    formations["afv_shop_rate"][rows] = event["shop_rate"]
    formations["afv_lost_rate"][rows] = event["lost_rate"]
    formations["guns_rate"][rows] = event["guns_rate"]
    for name in ("cohesion_loss", "fatigue_gain", "ammo_use"):
        formations[name][rows] = event[name]
    in_it = rows[event["fighting"] == 1]
    for name in ("cohesion_gain", "fatigue_loss", "works_gain"):
        formations[name][in_it] = 0
    attacking = in_it[formations["stage"][in_it] == Stage.WAITING]
    formations["stage"][attacking] = Stage.FIGHTING
    formations["last_fight_at"][rows] = event.minute


def skirmished(pen: Pen, event: Event) -> None:
    """Losses outside battles."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    formations["battle_rate"][rows] = event["battle_rate"]
    formations["afv_shop_rate"][rows] = event["shop_rate"]
    formations["afv_lost_rate"][rows] = event["lost_rate"]
    formations["guns_rate"][rows] = event["guns_rate"]


def battle_ended(pen: Pen, event: Event) -> None:
    """A battle is over: its flows stop."""
    battles, rows = pen["battles"], event.rows("battle")
    if anywhere(battles["outcome"][rows] != Outcome.LIVE):
        raise ValueError("a battle ended twice")
    battles.settle(rows, event.minute)
    for rate in ("yield_rate", "break_rate", "depth_rate"):
        battles[rate][rows] = 0
    battles["outcome"][rows] = event["outcome"]
    battles["ended_at"][rows] = event["at"]
    battles["depth_u"][rows] = event["depth_u"]
    battles["cause"][rows] = event["cause"]
    battles["due_at"][rows] = NEVER
    battles["stale"][rows] = 0


def _lose(pen: Pen, event: Event) -> None:
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    formations["men_u"][rows] -= event["men_u"] + event["captured_u"]
    formations["battle_u"][rows] += event["men_u"]
    formations["captured_u"][rows] += event["captured_u"]
    formations["afv_u"][rows] -= event["afv_u"]
    formations["afv_shop_u"][rows] -= event["shop_u"]
    formations["afv_lost_u"][rows] += event["afv_u"] + event["shop_u"]
    formations["guns_u"][rows] -= event["guns_u"]
    formations["guns_lost_u"][rows] += event["guns_u"]
    formations["cohesion_n"][rows] -= event["cohesion_n"]
    for name in ("men_u", "afv_u", "afv_shop_u", "guns_u", "cohesion_n"):
        if anywhere(formations[name][rows] < 0):
            raise ValueError(f"{event.kind.name} takes more {name} than there is")
    formations["works_n"][rows] = 0
    formations["works_gain"][rows] = 0
    formations["last_fight_at"][rows] = event.minute
    formations["exploiting"][rows] = 0
    _alarm(pen, event)


def _alarm(pen: Pen, event: Event) -> None:
    """Their headquarters must look at their front."""
    above = pen["formations"]["hq"][event.rows("formation")]
    pen["headquarters"]["alarm_at"][above[above >= 0]] = event.minute


def retreated(pen: Pen, event: Event) -> None:
    """Defenders are driven into another hex; what they were doing ends."""
    _lose(pen, event)
    formations, rows = pen["formations"], event.rows("formation")
    formations["hex"][rows] = event["to"]
    formations["goal"][rows] = event["to"]
    formations["in_place_since"][rows] = event.minute
    formations["moved_m"][rows] += event["moved_m"]
    _halt(formations, rows)
    _close_orders(pen, rows, OrderState.FAILED)
    formations["task"][rows] = Task.HOLD
    formations["stage"][rows] = Stage.RECOVERING
    formations["pause_until"][rows] = event["pause_until"]
    formations["look_at"][rows] = event["pause_until"]


def gave_ground(pen: Pen, event: Event) -> None:
    """Defenders are driven back inside their hex."""
    _lose(pen, event)


def _halt(formations: object, rows: Array) -> None:
    for name, value in (("leg_to", -1), ("leg_at", NEVER), ("target", -1)):
        formations[name][rows] = value  # type: ignore[index]


def _close_orders(pen: Pen, rows: Array, state: OrderState) -> None:
    """The orders in force of these formations end."""
    given = pen["formations"]["order"][rows].astype(np.int64)
    given = given[given >= 0]
    in_force = given[pen["orders"]["state"][given] == OrderState.IN_FORCE]
    pen["orders"]["state"][in_force] = state
    pen["formations"]["order"][rows] = -1


def broke_off(pen: Pen, event: Event) -> None:
    """Attackers give up; their orders have failed."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    formations["cohesion_n"][rows] -= event["cohesion_n"]
    formations["fatigue_n"][rows] += event["fatigue_n"]
    formations["afv_shop_u"][rows] -= event["shop_u"]
    formations["afv_lost_u"][rows] += event["shop_u"]
    if anywhere(formations["afv_shop_u"][rows] < 0):
        raise ValueError("BrokeOff leaves more vehicles behind than are in repair")
    formations["exploiting"][rows] = 0
    _end_attack(pen, event, rows, OrderState.FAILED)
    _alarm(pen, event)


def attack_done(pen: Pen, event: Event) -> None:
    """Attackers whose target is taken by one of them stand where they are; an exploiting column marches on."""
    formations, rows = pen["formations"], event.rows("formation")
    on_march = (formations["task"][rows] == Task.EXPLOIT) & (formations["order"][rows] >= 0)
    columns = rows[on_march]
    _halt(formations, columns)
    formations["stage"][columns] = Stage.WAITING
    formations["look_at"][columns] = event.minute
    formations["last_fight_at"][columns] = event.minute
    _end_attack(pen, event, rows[~on_march], OrderState.DONE)
    _alarm(pen, event)


def _end_attack(pen: Pen, event: Event, rows: Array, state: OrderState) -> None:
    formations = pen["formations"]
    _halt(formations, rows)
    _close_orders(pen, rows, state)
    formations["task"][rows] = Task.HOLD
    formations["stage"][rows] = Stage.IDLE
    formations["goal"][rows] = formations["hex"][rows]
    formations["last_fight_at"][rows] = event.minute


def sent_in(pen: Pen, event: Event) -> None:
    """One attacker sets out for the hex that was given up; movement completes its entry. It has no way but that."""
    formations, rows = pen["formations"], event.rows("formation")
    formations["route"][rows] = -1
    formations["leg_to"][rows] = event["hex"]
    formations["goal"][rows] = event["hex"]
    formations["departed_at"][rows] = event.minute
    formations["leg_at"][rows] = event["arrives_at"]
    formations["look_at"][rows] = NEVER
    formations["stage"][rows] = Stage.MARCHING
    formations["last_fight_at"][rows] = event.minute
    _alarm(pen, event)


def broke_through(pen: Pen, event: Event) -> None:
    """Mobile formations pass through the breach."""
    pen["formations"]["exploiting"][event.rows("formation")] = 1


def depth_kept(pen: Pen, event: Event) -> None:
    """Ground won is kept on hexsides; a row is appended for a side that has none."""
    writer = pen["hexsides"]
    for hex_, direction, depth in zip(event["hex"], event["direction"], event["depth_mm"], strict=True):
        rows = np.flatnonzero((writer["hex"] == hex_) & (writer["direction"] == direction))
        if not len(rows):
            rows = writer.append({"hex": hex_, "direction": direction}, 1)
        writer["depth_mm"][rows] = depth
        writer["depth_at"][rows] = event.minute


def endangered(pen: Pen, event: Event) -> None:
    """Hazards to lay down arms are set."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    formations["surrender_left"][rows] = event["surrender_left"]
    formations["surrender_gain"][rows] = event["surrender_gain"]


def surrendered(pen: Pen, event: Event) -> None:
    """Formations lay down their arms: who does not come through is captured, everything is lost."""
    _vanish(pen, event, Status.SURRENDERED)


def dispersed(pen: Pen, event: Event) -> None:
    """Formations fall apart: who does not come through counts as missing."""
    _vanish(pen, event, Status.DESTROYED)


def _vanish(pen: Pen, event: Event, status: Status) -> None:
    formations, rows = pen["formations"], event.rows("formation")
    if anywhere(formations["status"][rows] != Status.ON_MAP):
        raise ValueError(f"{event.kind.name}: a formation that is not on the map")
    formations.settle(rows, event.minute)
    through = event["escaped_u"]
    if anywhere(through > formations["men_u"][rows]):
        raise ValueError(f"{event.kind.name}: more men come through than there are")
    formations["escaped_u"][rows] += through
    formations["captured_u"][rows] += formations["men_u"][rows] - through
    formations["afv_lost_u"][rows] += formations["afv_u"][rows] + formations["afv_shop_u"][rows]
    formations["guns_lost_u"][rows] += formations["guns_u"][rows]
    for stock in ("men_u", "afv_u", "afv_shop_u", "guns_u"):
        formations[stock][rows] = 0
    for rate in _RATES:
        formations[rate][rows] = 0
    _halt(formations, rows)
    _close_orders(pen, rows, OrderState.FAILED)
    _alarm(pen, event)
    for name, value in (
        ("status", status), ("hex", -1), ("goal", -1), ("look_at", NEVER), ("task", Task.HOLD),
        ("stage", Stage.IDLE), ("contact", 0), ("exploiting", 0), ("surrender_left", NANO),
    ):  # fmt: skip
        formations[name][rows] = value


APPLY = {
    "Engaged": engaged,
    "Joined": joined,
    "LeftBattle": left_battle,
    "Fought": fought,
    "Bled": bled,
    "Suffered": suffered,
    "Skirmished": skirmished,
    "BattleEnded": battle_ended,
    "Retreated": retreated,
    "GaveGround": gave_ground,
    "Cornered": gave_ground,
    "BrokeOff": broke_off,
    "AttackDone": attack_done,
    "SentIn": sent_in,
    "BrokeThrough": broke_through,
    "DepthKept": depth_kept,
    "Endangered": endangered,
    "Surrendered": surrendered,
    "Dispersed": dispersed,
}
