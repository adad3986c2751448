"""Applies the events of supply and railways."""

from __future__ import annotations

import numpy as np

from engine.core.calendar import NEVER
from engine.model.events import Event
from engine.model.world import Pen

KG = 1000
"""Grams in a kilogram."""


def supplied(pen: Pen, event: Event) -> None:
    """Formations receive what was brought up."""
    formations, sides, rows = pen["formations"], pen["sides"], event.rows("formation")
    formations.settle(rows, event.minute)
    for name in ("ammo", "fuel", "food"):
        formations[f"{name}_g"][rows] += event[f"{name}_kg"] * KG
    formations["supplied"][rows] = event["supplied"]
    side = formations["side"][rows]
    np.add.at(sides["delivered_kg"], side, event["ammo_kg"] + event["fuel_kg"] + event["food_kg"])
    np.add.at(sides["air_kg"], side, event["air_kg"])


def shipped(pen: Pen, event: Event) -> None:
    """What sources passed on today."""
    depots, rows = pen["depots"], event.rows("depot")
    depots["used_t"][rows] = event["kg"] // 1000
    depots["used_kg"][rows] += event["kg"]
    depots["working"][rows] = event["working"]


def isolated(pen: Pen, event: Event) -> None:
    """Formations are cut off, or connected again."""
    pen["formations"]["cut_off_since"][event.rows("formation")] = event["cut_off_since"]


def rail_broken(pen: Pen, event: Event) -> None:
    """Railways are torn up; work under way there is lost."""
    links, rows = pen["links"], event.rows("link")
    links["broken"][rows] = 1
    links["ready_at"][rows] = NEVER


def rail_work(pen: Pen, event: Event) -> None:
    """Crews begin to repair or convert."""
    pen["links"]["ready_at"][event.rows("link")] = event["ready_at"]


def rail_opened(pen: Pen, event: Event) -> None:
    """Trains run again."""
    links, rows = pen["links"], event.rows("link")
    links["broken"][rows] = 0
    links["gauge"][rows] = event["gauge"]
    links["ready_at"][rows] = NEVER


APPLY = {
    "Supplied": supplied,
    "Shipped": shipped,
    "Isolated": isolated,
    "RailBroken": rail_broken,
    "RailWork": rail_work,
    "RailOpened": rail_opened,
}
