"""The card's buttons of orders: what a formation can be ordered, what a headquarters can be told, and giving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.kit import Canvas
from ui.map.stages.frames import place_name
from ui.theme.type import wrap

if TYPE_CHECKING:
    from ui.map.app import App

ORDERS = (
    (("March", "march", "order_march"), ("Attack", "attack", "order_attack"), ("Hold", "hold", "order_hold"),
     ("Withdraw", "withdraw", "order_withdraw")),
    (("Embark", "embark", "order_embark"), ("Land", "land", "order_land"), ("Fortress", "fortress", "order_fortress"),
     ("Lift it", "lift fortress", "order_lift")),
)  # fmt: skip
MEANING = {
    "embark": "Go aboard ships for another port, or for home (its own hex)", "land": "Land on a beach by craft",
    "fortress": "Its headquarters declares a place and one ring of hexes a fortress", "lift fortress": "Lifts a fortress",
}  # fmt: skip
TOLD = (("Attack", "attack", "order_attack"), ("Defend", "defend", "order_hold"), ("Withdraw", "withdraw", "order_withdraw"))
TOLD_MEANING = {
    "attack": "It attacks along an axis to an objective", "defend": "It holds a line", "withdraw": "It goes back to a line",
}  # fmt: skip


def draw(c: Canvas, app: App, unit: int, y: float) -> float:
    """Buttons of whoever the human commands; nothing for others. Returns the height below them."""
    if app.directs(unit):
        y = _told(c, app, y + 4)
    elif app.commands(unit):
        y = _ordered(c, app, y + 4)
    else:
        return y
    if app.drafts and not app.drawing:
        half, count = (c.width - 28) / 2, len(app.drafts)
        c.button(12, y, half, 26, f"Give {count} order{'s' * (count > 1)}", ("commit",), primary=True,
                 tip=app.keys.hint("commit"), name="commit")  # fmt: skip
        c.button(16 + half, y, half, 26, "Undo", ("undo",), tip=app.keys.hint("undo"))
        y += 32
    return y


def _ordered(c: Canvas, app: App, y: float) -> float:
    width = (c.width - 24 - 3 * 4) / 4
    for row in ORDERS:
        for k, (word, kind, action) in enumerate(row):
            c.button(12 + k * (width + 4), y, width, 24, word, ("key", action), on=app.aiming == kind,
                     tip=f"{MEANING.get(kind, word)}: {app.keys.hint(action)}", name=f"order {kind}", size=12)  # fmt: skip
        y += 28
    return y + 2


def _told(c: Canvas, app: App, y: float) -> float:
    """What a headquarters can be told; while that is drawn, its places so far and how to go on."""
    width = (c.width - 24 - 2 * 4) / 3
    for k, (word, told, action) in enumerate(TOLD):
        c.button(12 + k * (width + 4), y, width, 24, word, ("key", action), on=app.drawing == told,
                 tip=f"{TOLD_MEANING[told]}: {app.keys.hint(action)}", name=f"direct {told}", size=12)  # fmt: skip
    y += 30
    if not app.drawing:
        return y
    y += 6
    so_far = " – ".join(place_name(app.stage.story, cell) for cell in app.points)
    how = ("Click the places of the axis, its objective last." if app.drawing == "attack" else
           "Click the places of the line, from one end to the other.")  # fmt: skip
    for line in wrap(so_far or how, c.scale.type(12.5), "regular", round((c.width - 24) * c.scale.factor))[:3]:
        c.text(12, y, line, 12.5, colour=c.theme.text if so_far else c.theme.second)
        y += 17
    y += 8
    half = (c.width - 28) / 2
    c.button(12, y, half, 26, "Done", ("direct end",), primary=True, enabled=bool(app.points),
             tip=f"Or click the last place again: {app.keys.hint('cursor_select')}", name="direct end")  # fmt: skip
    c.button(16 + half, y, half, 26, "Take back", ("direct back",), tip=app.keys.hint("undo"), name="direct back")
    return y + 32
