"""Applies the events of the people."""

from __future__ import annotations

import numpy as np

from engine.model.events import Event
from engine.model.world import Pen
from engine.rules.apply.supply import rail_broken


def called_up(pen: Pen, event: Event) -> None:
    """Men called up join formations; the region has so many less."""
    people, rows = pen["people"], event.rows("people")
    _gain(pen, event)
    limited = people["left_u"][rows] >= 0
    np.subtract.at(people["left_u"], rows[limited], event["men_u"][limited])
    np.add.at(people["done_u"], rows, event["men_u"])
    if np.any(people["left_u"] < -1):
        raise ValueError("more men are called up than there are")


def came_back(pen: Pen, event: Event) -> None:
    """Convalescents join formations."""
    people, rows = pen["people"], event.rows("people")
    _gain(pen, event)
    np.subtract.at(people["owed_u"], rows, event["men_u"])
    np.add.at(people["done_u"], rows, event["men_u"])
    if np.any(people["owed_u"] < 0):
        raise ValueError("more men come back than were wounded")


def _gain(pen: Pen, event: Event) -> None:
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    np.add.at(formations["men_u"], rows, event["men_u"])
    np.add.at(formations["gain_u"], rows, event["men_u"])


def healed(pen: Pen, event: Event) -> None:
    """New wounded are counted."""
    people, rows = pen["people"], event.rows("people")
    people["seen_u"][rows] = event["seen_u"]
    people["owed_u"][rows] = event["owed_u"]


def went_home(pen: Pen, event: Event) -> None:
    """Men leave their formations for good."""
    formations, rows = pen["formations"], event.rows("formation")
    formations.settle(rows, event.minute)
    np.subtract.at(formations["men_u"], rows, event["men_u"])
    np.add.at(formations["home_u"], rows, event["men_u"])
    np.add.at(pen["people"]["done_u"], event["people"], event["men_u"])
    if np.any(formations["men_u"][rows] < 0):
        raise ValueError("more men go home than there are")


def hunted(pen: Pen, event: Event) -> None:
    """Partisans fall or scatter."""
    people, rows = pen["people"], event.rows("people")
    people["left_u"][rows] -= event["men_u"]
    people["done_u"][rows] += event["men_u"]
    if np.any(people["left_u"][rows] < 0):
        raise ValueError("more partisans fall than there are")


APPLY = {
    "CalledUp": called_up,
    "CameBack": came_back,
    "Healed": healed,
    "WentHome": went_home,
    "CutRails": rail_broken,
    "Hunted": hunted,
}
