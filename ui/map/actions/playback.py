"""Time: play, step, scrub, events, going on from an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.map.actions.kind import Do
from ui.map.actions.looking import go_to_hex
from ui.map.actions.orders import commit, refresh_reach
from ui.map.panels.timeline import SPEEDS

if TYPE_CHECKING:
    from ui.map.app import App


def play(app: App) -> None:
    if app.playing:
        pause(app)
        return
    if app.stage.mode == "play":
        if app.drafts:
            commit(app)
        if app.minute < app.stage.ready_to - 60:
            app.toast("The past is being shown. Continue from here, or go to the last moment first.")
    if app.minute >= app.stage.last_minute:
        app.set_minute(0)
    app.playing = True


def pause(app: App) -> None:
    app.playing = False
    if app.stage.mode == "play":
        app.stage.stop()
        if 0 <= app.stage.ready_to - app.minute <= 180:
            app.set_minute(app.stage.ready_to)
        refresh_reach(app)


def step(app: App, direction: int) -> None:
    app.playing = False
    hour = int(app.minute // 60)
    wanted = (hour + direction) * 60 if direction > 0 or app.minute % 60 == 0 else hour * 60
    go_to_minute(app, wanted)


def first(app: App) -> None:
    app.playing = False
    app.set_minute(0)


def last(app: App) -> None:
    app.playing = False
    app.set_minute(app.stage.ready_to)


def go_to_minute(app: App, minute: float) -> None:
    minute = min(max(minute, 0), app.stage.last_minute)
    if minute > app.stage.ready_to:
        if app.stage.mode == "play":
            commit(app)
        app.stage.run_to(int(minute))
    app.set_minute(min(minute, max(app.stage.ready_to, 0)) if app.stage.mode != "play" else minute)


def speed(app: App, minutes: int) -> None:
    app.speed = minutes


def faster(app: App) -> None:
    steps = [s for s, _ in SPEEDS]
    app.speed = steps[min(steps.index(app.speed) + 1, len(steps) - 1)]


def slower(app: App) -> None:
    steps = [s for s, _ in SPEEDS]
    app.speed = steps[max(steps.index(app.speed) - 1, 0)]


def scrub(app: App) -> None:
    rect = app.layout.timeline
    if rect is not None:
        app.playing = False
        minute = app.timeline.minute_at(app, rect, app.pointer[0])
        app.set_minute(min(minute, float(app.stage.ready_to)))
        if minute > app.stage.ready_to and app.stage.mode != "play":
            app.stage.run_to(int(minute))


def timeline_zoom(app: App, factor: float) -> None:
    app.timeline.zoom(factor, app.minute)


def next_event(app: App, direction: int = 1) -> None:
    marks = {m.minute for m in app.stage.messages(app.viewer) if m.kind in ("fight", "place", "naval")}
    marks |= {f.start for f in app.stage.story.facts if f.stop - f.start <= 3 * 1440}
    ahead = sorted(m for m in marks if (m > app.minute + 0.5 if direction > 0 else m < app.minute - 0.5))
    if not ahead:
        app.toast("No later event is known yet." if direction > 0 else "No earlier event.")
        return
    app.playing = False
    go_to_minute(app, ahead[0] if direction > 0 else ahead[-1])


def go_to_event(app: App, minute: int, cell: int) -> None:
    app.playing = False
    app.set_minute(min(minute, max(app.stage.ready_to, 0)))
    if cell >= 0:
        go_to_hex(app, cell)


def go_to_fact(app: App, minute: int, cell: int) -> None:
    go_to_event(app, minute, cell)


def bookmark(app: App) -> None:
    minute = int(app.minute)
    if any(m == minute for m, _ in app.bookmarks):
        app.bookmarks = tuple(b for b in app.bookmarks if b[0] != minute)
        return
    moment = app.stage.story.moment(minute)
    app.bookmarks = (*app.bookmarks, (minute, f"Bookmark {moment.day} {moment:%b %H:%M}"))


def continue_here(app: App) -> None:
    if not app.can_continue():
        app.toast("In a replay nobody can be commanded. Open the recording with play to continue it."
                  if app.stage.mode != "play" else "This is the last moment already.")  # fmt: skip
        return
    rewind = getattr(app.stage, "rewind", None)
    problem = rewind(int(app.minute)) if rewind is not None else "this stage cannot go back"
    app.toast(problem or "What came after is dropped; you continue from here.", fault=bool(problem))
    app.set_minute(min(app.minute, app.stage.ready_to))
    refresh_reach(app)


def stop(app: App) -> None:
    app.playing = False
    app.stage.stop()


ACTIONS: dict[str, Do] = {
    "play": play,
    "pause": pause,
    "step": step,
    "first": first,
    "last": last,
    "to minute": go_to_minute,
    "speed": speed,
    "faster": faster,
    "slower": slower,
    "scrub": scrub,
    "timeline zoom": timeline_zoom,
    "next event": next_event,
    "event": go_to_event,
    "fact": go_to_fact,
    "bookmark": bookmark,
    "continue": continue_here,
    "stop": stop,
}
