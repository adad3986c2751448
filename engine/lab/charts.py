"""Charts of a report: SVG with text as text, pattern fills, a title and a description, the same bytes every
time.

Colours and patterns are those of the map's Paper theme: the Axis is plain and solid, the Red Army hatched and
dashed, so that a grey print says as much as a coloured one.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]
AXIS_FILL, SOVIET_FILL, SOVIET_HATCH = "#8FB0CE", "#E09A78", "#7A2A18"
AXIS_LINE, SOVIET_LINE = "#1F3A57", "#A8401F"
INK, FAINT, RULE, PAPER = "#1F1E1A", "#6B6757", "#B9B29C", "#FFFFFF"
FILL = (AXIS_FILL, SOVIET_FILL)
LINE = (AXIS_LINE, SOVIET_LINE)
DASH = ("solid", (0, (5, 2)))
HATCH = (None, "////")
_STYLE: Mapping[str, Any] = {
    "svg.fonttype": "none",
    # The font that comes with matplotlib: texts are measured alike on every machine. Pages show their own.
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlecolor": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "text.color": INK,
    "hatch.color": SOVIET_HATCH,
    "hatch.linewidth": 0.6,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
}


@dataclass(frozen=True)
class Chart:
    """A drawn chart: SVG to put into a page."""

    name: str
    title: str
    svg: str


@contextmanager
def drawing(name: str, title: str, words: str, width: float, height: float) -> Iterator[tuple[Figure, list[Chart]]]:
    """A figure to draw on; afterwards the list holds the chart."""
    made: list[Chart] = []
    style: Any = {**_STYLE, "svg.hashsalt": name}
    with mpl.rc_context(style):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, made
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    made.append(Chart(name, title, _tidy(out.getvalue(), name, title, words)))


def _tidy(svg: str, name: str, title: str, words: str) -> str:
    """Only the <svg> element, ids of its own, a title and a description."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"(font(?:-family)?:[^;\"]*?)'DejaVu Sans'[^;\"]*", r"\1'Source Sans 3', sans-serif", svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
    svg = re.sub(r"\s*\n\s*", "\n", svg).strip()
    head = f'<title id="{name}-t">{html.escape(title)}</title><desc id="{name}-d">{html.escape(words)}</desc>'
    opened = svg.index(">") + 1
    label = f' role="img" aria-labelledby="{name}-t {name}-d"'
    return svg[: opened - 1] + label + ">" + head + svg[opened:]


@dataclass(frozen=True)
class Held:
    """For one place: share of runs in which the Red Army held it at each day's end, and what history says."""

    place: str
    days: Floats
    share: Floats
    low: Floats
    high: Floats
    history: Sequence[tuple[float, float, int]] = ()
    """(first day, last day, side) of facts about control."""


def control_chart(places: Sequence[Held], day_labels: Sequence[str], *, intervals: bool = True) -> Chart:
    """Small multiples: how probable it is that the Red Army holds each place, by date."""
    across = 3
    down = -(-len(places) // across)
    title = "Who holds what, by date"
    words = "Share of runs in which the Red Army holds each place, with 95 % intervals; bars mark history."
    with drawing("control", title, words, 9.6, 0.4 + 1.55 * down) as (figure, made):
        axes = np.atleast_1d(figure.subplots(down, across, sharex=True, sharey=True)).ravel()
        for ax, held in zip(axes, places, strict=False):
            if intervals:
                ax.fill_between(held.days, held.low, held.high, step="post", color=SOVIET_FILL, alpha=0.35, lw=0)
            ax.step(held.days, held.share, where="post", color=SOVIET_LINE, lw=1.6)
            for first, last, side in held.history:
                level = 1.06 if side == 1 else -0.06
                ax.plot(
                    [first, last],
                    [level, level],
                    color=LINE[side],
                    lw=4,
                    ls=DASH[side],
                    solid_capstyle="butt",
                )
            ax.set_title(held.place)
            ax.set_ylim(-0.12, 1.12)
            ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])
            _day_ticks(ax, held.days, day_labels)
        for ax in axes[len(places) :]:
            ax.set_axis_off()
    return made[0]


def _day_ticks(ax: Any, days: Floats, labels: Sequence[str]) -> None:
    if not len(days):
        return
    last = int(days[-1])
    step = max(1, -(-last // 6))
    at = list(range(0, last + 1, step))
    ax.set_xticks(at, [labels[d] for d in at])
    ax.set_xlim(0, max(1, last))


@dataclass(frozen=True)
class Strip:
    """One sample in a spread chart: whose it is, the runs' values, and history's band where there is one."""

    side: int
    values: Floats
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class Spread:
    """One measure or fact: its strips share a scale."""

    title: str
    strips: Sequence[Strip]


def spread_chart(name: str, title: str, rows: Sequence[Spread]) -> Chart:
    """Distributions over the runs, with history's band as a bracket above."""
    words = "Box: middle half and median; whiskers: 5 to 95 %; dots: single runs; bracket: history."
    heights = [0.55 + 0.42 * len(row.strips) for row in rows]
    with drawing(name, title, words, 9.6, 0.2 + sum(heights)) as (figure, made):
        axes = np.atleast_1d(figure.subplots(len(rows), 1, height_ratios=heights)).ravel()
        for ax, row in zip(axes, rows, strict=True):
            top = len(row.strips) - 1
            for i, strip in enumerate(row.strips):
                _box(ax, strip.values, top - i, strip.side)
                if strip.band is not None:
                    _bracket(ax, strip.band, top - i + 0.43)
            ax.set_title(row.title)
            ax.set_yticks([top - i for i in range(top + 1)], [("Axis", "Red Army")[s.side] for s in row.strips])
            ax.set_ylim(-0.6, top + 0.65)
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
            most = max((float(s.values.max()) for s in row.strips if len(s.values)), default=0.0)
            most = max([most, *(s.band[1] for s in row.strips if s.band)])
            ax.set_xlim(0, most * 1.04 if most > 0 else 1)
    return made[0]


def _box(ax: Any, values: Floats, at: float, side: int) -> None:
    if not len(values):
        return
    p5, p25, p50, p75, p95 = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    ax.plot([p5, p95], [at, at], color=LINE[side], lw=1.2, ls=DASH[side])
    ax.barh(at, p75 - p25, 0.5, left=p25, color=FILL[side], hatch=HATCH[side], edgecolor=LINE[side], lw=0.8)
    ax.plot([p50, p50], [at - 0.25, at + 0.25], color=INK, lw=2)
    spread = (np.arange(len(values)) * 0.618034) % 1 * 0.16 - 0.42
    ax.scatter(np.sort(values), at + spread, s=5, color=LINE[side], lw=0, alpha=0.6)


def _bracket(ax: Any, band: tuple[float, float], at: float) -> None:
    ax.plot([band[0], band[0], band[1], band[1]], [at - 0.1, at, at, at - 0.1], color=INK, lw=1.4)


@dataclass(frozen=True)
class Course:
    """One measure of both sides over time: arrays of shape (runs, moments)."""

    measure: str
    days: Floats
    values: tuple[Floats, Floats]


def course_chart(rows: Sequence[Course], day_labels: Sequence[str]) -> Chart:
    """Fans: median, middle half and 5 to 95 % of each measure by day."""
    title = "The course of the campaign"
    words = "Median of the runs (line), middle half and 5 to 95 % (bands); Axis solid, Red Army dashed."
    with drawing("course", title, words, 9.6, 2.3 * -(-len(rows) // 2)) as (figure, made):
        axes = np.atleast_1d(figure.subplots(-(-len(rows) // 2), 2)).ravel()
        for ax, row in zip(axes, rows, strict=False):
            for side in (0, 1):
                p5, p25, p50, p75, p95 = np.quantile(row.values[side], (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
                ax.fill_between(row.days, p5, p95, color=FILL[side], alpha=0.3, lw=0)
                ax.fill_between(row.days, p25, p75, color=FILL[side], alpha=0.55, lw=0)
                ax.plot(row.days, p50, color=LINE[side], ls=DASH[side], lw=1.8)
                name = ("Axis", "Red Army")[side]
                ax.annotate(
                    name, (float(row.days[-1]), float(p50[-1])), (4, 0), textcoords="offset points",
                    color=LINE[side], va="center",
                )  # fmt: skip
            ax.set_title(row.measure)
            ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
            _day_ticks(ax, row.days, day_labels)
        for ax in axes[len(rows) :]:
            ax.set_axis_off()
    return made[0]


@dataclass(frozen=True)
class Influence:
    """How strongly one input goes with one outcome over the runs: a rank correlation with its interval."""

    name: str
    value: float
    low: float
    high: float


def influence_chart(outcome: str, number: int, rows: Sequence[Influence]) -> Chart:
    """A tornado of rank correlations, strongest first."""
    title = f"What went with {outcome}"
    words = "Rank correlation of sampled inputs with the outcome, with 95 % intervals; strongest first."
    with drawing(f"influence{number}", title, words, 9.6, 0.5 + 0.26 * len(rows)) as (figure, made):
        ax = figure.subplots()
        at = np.arange(len(rows))[::-1]
        values = np.array([r.value for r in rows])
        ax.barh(at, values, 0.6, color=[FILL[int(v > 0)] for v in values], edgecolor=RULE, lw=0.6)
        for y, row in zip(at, rows, strict=True):
            ax.plot([row.low, row.high], [y, y], color=INK, lw=1)
        ax.axvline(0, color=INK, lw=0.8)
        ax.set_yticks(at, [r.name for r in rows])
        ax.set_xlim(-1, 1)
    return made[0]


def convergence_chart(names: Sequence[str], halves: Sequence[Floats]) -> Chart:
    """How the relative half width of the mean's interval shrinks with the number of runs."""
    title = "Are there enough runs?"
    words = "Half width of the 95 % interval of the mean, as a share of the mean, by number of runs."
    with drawing("convergence", title, words, 9.6, 2.4) as (figure, made):
        ax = figure.subplots()
        for i, (name, half) in enumerate(zip(names, halves, strict=True)):
            ax.plot(np.arange(len(half)) + 3, half, color=LINE[i % 2], ls=DASH[i % 2], lw=1.6, label=name)
        ax.axhline(0.05, color=FAINT, lw=0.8, ls=":")
        ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        ax.set_ylim(0, 0.5)
        ax.set_xlabel("runs")
        ax.legend(frameon=False)
    return made[0]
