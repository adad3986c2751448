"""The window's own figures: time to the first frame, and frames while panning and zooming, without a display."""

from __future__ import annotations

import os
import time
from typing import Any


def bench_frames(seconds: float = 6.0, size: tuple[int, int] = (1600, 900), scenario: str = "doppelkopf") -> dict[str, Any]:
    """Milliseconds of a scripted pan and zoom at a window size, drawn in software.

    `first_frame_s` counts from loading the theatre and the scenario to the finished window; `pan_*` are frames of a
    steady pan over fresh ground at 900 pixels a second, `play_*` of playback with marching counters. Each frame is
    what the loop does: background work, then drawing everything.
    """
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    began = time.perf_counter()
    import pygame

    from engine import load_scenario
    from ui.map.app import App
    from ui.map.settings import Settings
    from ui.map.stages.sketch import sketch_of

    fought = load_scenario(scenario)
    stage = sketch_of(fought, ready=1440)
    app = App(stage, size, options=Settings())
    app.finish()
    app.draw()
    first = time.perf_counter() - began
    pan = _frames(app, seconds / 2, lambda k: app.map.camera.pan(15, -3 if k // 60 % 2 else 3))
    app.map.moving = False
    app.do("first")
    app.do("play")
    play = _frames(app, seconds / 4, lambda k: None)
    app.do("pause")
    zoom = _frames(app, seconds / 4, lambda k: app.do("zoom", 1 if k // 30 % 2 else -1) if k % 15 == 0 else None)
    still = _idle(app)
    whole = _whole_theatre(fought.theatre)
    pygame.display.quit()
    return {"size": f"{size[0]}x{size[1]}", "first_frame_s": round(first, 2), "theatre_s": whole, **_figures("pan", pan),
            **_figures("play", play), **_figures("zoom", zoom), "idle_redraws": still}  # fmt: skip


def _whole_theatre(theatre: Any) -> float:
    """Seconds of the processor to draw the map of a whole theatre anew."""
    from ui.map_picture import draw_theatre

    began = time.thread_time()
    draw_theatre(theatre, ("ground", "rivers", "roads", "rails"), 1000)
    return round(time.thread_time() - began, 2)


def _frames(app: Any, seconds: float, move: Any) -> list[tuple[float, float]]:
    """Milliseconds of each frame of a script, on the clock and on the processor; one every sixtieth of its own second."""
    out: list[tuple[float, float]] = []
    wanted = max(30, int(seconds * 60))
    for k in range(wanted):
        started, worked = time.perf_counter(), time.thread_time()
        move(k)
        app.map.moving = True
        app.touch()
        app.frame(1 / 60)
        out.append(((time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000))
    app.map.moving = False
    return out


def _idle(app: Any) -> int:
    """How often a paused window without work is drawn again in sixty turns: it should not be."""
    for _ in range(400):
        app.frame(1 / 60)
        if app.map.idle:
            break
    for _ in range(5):
        app.frame(1 / 60)
    return sum(app.frame(1 / 60) for _ in range(60))


def _figures(name: str, both: list[tuple[float, float]]) -> dict[str, float]:
    times = [clock for clock, _ in both]
    worked = sorted(processor for _, processor in both)
    ordered = sorted(times)
    median, worst = ordered[len(ordered) // 2], ordered[-1]
    late = ordered[int(len(ordered) * 0.95)]
    return {f"{name}_median_ms": round(median, 1), f"{name}_p95_ms": round(late, 1), f"{name}_worst_ms": round(worst, 1),
            f"{name}_processor_ms": round(worked[len(worked) // 2], 1),
            f"{name}_fps": round(1000 / (sum(times) / len(times)), 0)}  # fmt: skip


__all__ = ["bench_frames"]
