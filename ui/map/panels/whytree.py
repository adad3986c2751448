"""The why-tree: a number as a question, and below it the terms that make it, each with its source's grade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ui.map.actions.inspecting import QUESTIONS, questions
from ui.map.kit import Canvas
from ui.map.scene import WhyTerm

if TYPE_CHECKING:
    from ui.map.app import App

LINE = 19
"""Height of a term's line in logical pixels."""
GRADES = {"document": "A", "reference": "B", "analogy": "C", "estimate": "D"}


def draw(c: Canvas, app: App, y: float) -> None:
    """The questions that can be asked, and the terms of the one that is."""
    t, why = c.theme, app.why_now
    c.line(12, y, c.width - 12, y)
    y += 16
    asked = questions(app)
    c.text(12, y, "Why?", 12.5, "semibold", t.accent)
    x = 52.0
    for about in asked:
        key = app.keys.hint("why") if about == asked[0] else ""
        words = QUESTIONS[about]
        width = c.text_width(f"{words}  {key}" if key else words, 12.5, "semibold") + 12
        c.button(x, y - 12, width, 24, words, ("why", about), key=key, on=app.why_asked == about, name=f"why {about}")
        x += width + 4
    app.card.most_scroll = 0
    if not app.why_asked:
        return
    y += 28
    if why is None:
        c.text(12, y, "Working out the terms …" if not app.playing else "Pause to see the terms.", 12.5, colour=t.second)
        return
    c.text(12, y, f"{why.question} {_figure(why.value)}?", 13, "semibold", t.accent, room=c.width - 24)
    y += 20
    rows, room = list(_flat(app, why.terms)), max(1, int((c.height - 42 - y) // LINE))
    app.card.most_scroll = max(0, len(rows) - room)
    app.card.scroll = min(app.card.scroll, app.card.most_scroll)
    for term, depth, path in rows[app.card.scroll : app.card.scroll + room]:
        _term(c, app, term, y, depth, path)
        y += LINE
    c.line(12, y - 8, c.width - 12, y - 8, t.second)
    c.text(24, y + 2, why.result_label, 12.5, "semibold", room=120)
    c.text(188, y + 2, _figure(why.value), 12.5, "semibold", align="right")
    y += 20
    note = "The wheel shows the other terms." if app.card.most_scroll else why.note
    if note and y < c.height - 4:
        c.text(12, y, note, 12, colour=t.faint, room=c.width - 24)


def _figure(value: float) -> str:
    words = f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return words.replace(",", "\u2009").replace("-", "−")


def _flat(app: App, terms: tuple[WhyTerm, ...], depth: int = 0, path: str = "") -> Iterator[tuple[WhyTerm, int, str]]:
    """Terms with those below the opened ones, as lines: term, depth, path."""
    for k, term in enumerate(terms):
        here = f"{path}{k}"
        yield term, depth, here
        if here in app.card.open_terms:
            yield from _flat(app, term.below, depth + 1, f"{here}.")


def _term(c: Canvas, app: App, term: WhyTerm, y: float, depth: int, path: str) -> None:
    t, x = c.theme, 14 + depth * 14.0
    opened = path in app.card.open_terms
    if term.below:
        c.twist(x, y, is_open=opened)
        c.spot(x - 8, y - 10, 180, 20, ("term", path), name=f"term {path}")
    sign = {"×": "× ", "+": "+ "}.get(term.operation, "")
    ink = t.text if term.operation else t.second
    c.text(x + 10, y, f"{sign}{term.label}", 12.5, colour=ink, room=132 - depth * 14)
    c.text(200, y, _figure(term.value), 12.5, "semibold" if term.operation else "regular", ink, align="right")
    if term.operation == "×":
        middle, half = 236.0, 24.0
        c.line(middle, y - 7, middle, y + 7, t.second)
        reach = max(-1.0, min(1.0, (term.value - 1) * 2)) * half
        if abs(reach) >= 1:
            c.fill(middle + min(0, reach), y - 4, abs(reach), 8, t.soviet_bar if reach < 0 else t.link)
    if term.grade:
        c.text(c.width - 12, y, GRADES.get(term.grade, term.grade[:1].upper()), 12, colour=t.second, align="right")
    if term.source:
        tip = f"{term.grade}\n{term.source}" if term.grade else term.source
        c.spot(c.width - 30, y - 10, 26, 20, ("tell", term.source), tip, name=f"source {path}", focusable=False)
