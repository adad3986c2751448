"""Directives in play: a headquarters is told to attack along an axis, to defend a line or to go back to one.

The keys of orders begin one when a headquarters is selected; clicks (or the hex cursor) put down its places one by
one, the last one again ends it. It is a draft like an order until it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.kind import Do
from ui.map.scene import Draft
from ui.map.stages.frames import place_name

if TYPE_CHECKING:
    from ui.map.app import App

TOLD = {"attack": "attack", "hold": "defend", "withdraw": "withdraw"}
"""What an order's key means to a headquarters."""
LEAST = {"attack": 1, "defend": 2, "withdraw": 2}
"""So few places make an axis, or a line."""
MOST = 8
"""Places of an axis or line that a directive can carry (the engine's own limit)."""


def begin(app: App, kind: str) -> None:
    """Begin to draw a directive for the selected headquarters; the same key again leaves off."""
    told = TOLD.get(kind)
    if told is None:
        app.toast("A headquarters is told to attack, to defend (hold) or to withdraw.")
        return
    app.drawing = "" if app.drawing == told else told
    app.points = ()


def point(app: App, cell: int) -> None:
    """One more place of the directive; the last one again ends it."""
    if cell < 0:
        return
    if app.points and app.points[-1] == cell:
        end(app)
    elif len(app.points) >= MOST:
        app.toast(f"At most {MOST} places: the last one again ends it.", fault=True)
    else:
        app.points = (*app.points, cell)


def take_back(app: App) -> None:
    """Take the last place back; without one, leave off."""
    if app.points:
        app.points = app.points[:-1]
    else:
        app.drawing = ""


def end(app: App) -> None:
    """What was drawn becomes a draft, unless it would be refused; then it can be drawn on."""
    kind, points = app.drawing, app.points
    if len(points) < LEAST[kind]:
        app.toast("An attack needs its objective." if kind == "attack" else "A line needs two places at least.", fault=True)
        return
    new = Draft(app.selected, kind, points[-1], points)
    refused = app.stage.check(new)
    if refused:
        app.toast(refused, fault=True)
        return
    app.drawing, app.points = "", ()
    app.put(new)
    app.toast(f"Draft: {wording(app, new)}. {app.keys.hint('commit')} gives it; what it was told before ends then.")


def wording(app: App, draft: Draft) -> str:
    """``attack Auce – Dobele``: the kind and the named places of a directive, each once."""
    return f"{draft.kind} {' – '.join(dict.fromkeys(place_name(app.stage.story, cell) for cell in draft.points))}"


ACTIONS: dict[str, Do] = {
    "direct": begin,
    "direct point": point,
    "direct back": take_back,
    "direct end": end,
}
