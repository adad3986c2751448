"""A stage without an engine: frames drawn by hand over a real theatre, for tests, the frame benchmark and pictures.

Nothing here is history or a result. The front moves east a little every six hours, some formations march, some
fight; orders are accepted unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ui.map.scene import (
    NEVER,
    TRUTH,
    Answer,
    BattleMark,
    Blip,
    Draft,
    Frame,
    Message,
    Odds,
    OrderMark,
    Progress,
    Reach,
    Story,
    Way,
    Weather,
    Why,
    WhyTerm,
)
from ui.map.stages.frames import empty_columns


class SketchStage:
    """Frames every hour, drawn when asked for; `ready` says how far they go at first."""

    def __init__(self, story: Story, cells: Any, owner: Any, *, mode: str = "replay", side: int = TRUTH,
                 ready: int | None = None) -> None:  # fmt: skip
        self.story, self.mode, self.side = story, mode, side
        self.viewers = (side,) if mode == "play" else (0, TRUTH, 1)
        self.progress = Progress()
        self.resume_at, self.followed_to, self.last_minute, self.yielding = 0, 0, story.end_min, False
        self.happened: dict[int, int] = {}
        self.verdict: Mapping[str, Any] | None = None
        self._cells, self._owner = np.asarray(cells), np.asarray(owner, np.int8)
        self.refusals: dict[str, str] = {}
        self.given: list[Draft] = []
        self.saved: list[str] = []
        self._ready = story.end_min if ready is None else ready
        self._drawn: dict[tuple[int, int], Frame] = {}
        self._owners: dict[int, Any] = {}

    def _frame(self, minute: int, viewer: int) -> Frame:
        story, near = self.story, self.story.theatre.grid.neighbours
        c = empty_columns(len(story.units))
        here = self._cells >= 0
        c["hex"][:] = self._cells
        c["parent"][:] = [u.parent for u in story.units]
        rng = np.arange(len(story.units))
        c["level"][here] = 4
        units = here & np.array([not u.headquarters for u in story.units])
        c["men"][units] = [max(400, u.men_full * (100 - k % 55) // 100) for k, u in enumerate(story.units) if units[k]]
        c["afv"][units] = [20 + k % 40 if u.arm == "armour" else 0 for k, u in enumerate(story.units) if units[k]]
        c["afv_shop"][units] = 5
        c["guns"][units] = 40
        c["power"][units] = 2000 + rng[units] * 37 % 4000
        c["cohesion"][units] = 950 - rng[units] * 7 % 400
        c["fatigue"][units] = rng[units] * 13 % 500
        c["readiness"][units] = c["cohesion"][units] * (2000 - c["fatigue"][units]) // 2000
        c["works"][units] = rng[units] % 4
        c["ammo"][units] = 5 + rng[units] % 40
        c["fuel"][units] = 3 + rng[units] % 20
        c["food"][units] = 30
        c["supply"][units] = np.where(rng[units] % 9 == 0, 1, np.where(rng[units] % 17 == 0, 2, 0))
        c["task"][units] = 0
        c["posture"][units] = 1
        c["stage"][units] = 0
        movers = np.flatnonzero(units & (rng % 7 == 3))
        ahead = near[self._cells[movers], 1]
        can = (ahead >= 0) & (self._owner[np.maximum(ahead, 0)] == self._owner[self._cells[movers]])
        movers, ahead = movers[can], ahead[can]
        leg = minute // 360 * 360
        c["leg_to"][movers], c["departed_at"][movers], c["leg_at"][movers] = ahead, leg, leg + 360
        c["task"][movers], c["stage"][movers], c["goal"][movers] = 1, 1, ahead
        owner = self._advance(minute)
        blips: tuple[Blip, ...] = ()
        if viewer != TRUTH:
            other = np.flatnonzero(units & (np.array([u.side for u in story.units]) != viewer))
            hidden = other[other % 3 == 0]
            blips = tuple(Blip(int(self._cells[k]), 1 - viewer, 1, 120 * int(k % 20)) for k in hidden[:20])
            c["hex"][hidden] = -1
            c["level"][hidden] = -1
            c["age_min"][other] = other * 97 % 2000
            c["level"][other] = np.maximum(c["level"][other], 2)
        orders = tuple(OrderMark(int(u), "march", int(a), leg, leg + 240, minute >= leg + 240)
                       for u, a in zip(movers[:8], ahead[:8], strict=True))  # fmt: skip
        contact = np.flatnonzero((owner >= 0) & ((np.where(near >= 0, owner[near], -1) == 1 - owner[:, None])
                                                 & (owner[:, None] >= 0)).any(axis=1))  # fmt: skip
        fights = tuple(BattleMark(int(h), int(1 - owner[h]), 1500 + int(h) % 3000, self._sides(owner, int(h)), leg)
                       for h in contact[::9][:12])  # fmt: skip
        return Frame(minute, viewer, hollow=np.zeros(len(story.units), bool), owner=owner, blips=blips, orders=orders,
                     battles=fights, weather=Weather(minute // 1440 % 3, 0, 3, 2, 19.0), lost_men=(minute // 3, minute // 2),
                     **c)  # fmt: skip

    def _sides(self, owner: Any, cell: int) -> tuple[int, ...]:
        near = self.story.theatre.grid.neighbours[cell]
        return tuple(d for d in range(6) if near[d] >= 0 and owner[near[d]] == 1 - owner[cell])[:2]

    def _advance(self, minute: int) -> Any:
        """Every six hours one Soviet front hex in five changes hands."""
        steps = min(minute // 360, 8)
        if steps not in self._owners:
            owner, near = self._owner.copy(), self.story.theatre.grid.neighbours
            for step in range(steps):
                around = np.where(near >= 0, owner[near], -1)
                front = np.flatnonzero((owner == 1) & (around == 0).any(axis=1))
                owner[front[front % 5 == step % 5]] = 0
            self._owners[steps] = owner
        return self._owners[steps]

    @property
    def ready_to(self) -> int:
        return self._ready

    def frame(self, minute: float, viewer: int) -> Frame:
        key = (min(int(minute), self._ready) // 60 * 60, viewer)
        if viewer not in self.viewers:
            raise LookupError(f"viewer {viewer} has no frames here")
        if key not in self._drawn:
            self._drawn[key] = self._frame(*key)
        return self._drawn[key]

    def messages(self, viewer: int) -> Sequence[Message]:
        front = range(300, self.ready_to + 1, 540)
        kinds = ("fight", "supply", "place", "move")
        cell = int(self._cells[self._cells >= 0][0]) if (self._cells >= 0).any() else -1
        return [Message(m, kinds[k % 4], f"Drawn event {k}", "nothing of this happened", cell, strong=k % 4 == 2)
                for k, m in enumerate(front)]  # fmt: skip

    def run_to(self, minute: int) -> None:
        self._ready = max(self._ready, min(minute, self.story.end_min))

    def stop(self) -> None:
        self.progress.running = False

    def losses(self) -> tuple[Any, Any, Any]:
        starts = np.arange(0, self.ready_to, 360)
        return starts, 100 + starts * 7 % 260, 140 + starts * 11 % 330

    def pending(self) -> bool:
        return False

    def why(self, unit: int, minute: float, viewer: int, about: str = "power") -> Why | None:
        return Why("Why is effective power", "effective power", 41.2, (
            WhyTerm("men and weapons", 52.0, "=", "B", "drawn"), WhyTerm("readiness", 0.86, "×", "C", "drawn"),
            WhyTerm("supply", 0.902, "×", "B", "drawn",
                    (WhyTerm("fuel", 0.94, "×", "B"), WhyTerm("ammunition", 0.96, "×", "B"))),
            WhyTerm("quality", 1.12, "×", "C", "drawn"), WhyTerm("terrain", 0.88, "×", "A", "drawn"),
        ), "Letters: grade of the source, A document to D estimate")  # fmt: skip

    def odds(self, units: tuple[int, ...], goal: int) -> Odds | None:
        theirs = [k for k, u in enumerate(self.story.units) if self._cells[k] == goal and u.side != self.side]
        if not theirs:
            return None
        names = tuple((self.story.units[k].name, 2000) for k in units)
        enemies = tuple((self.story.units[k].name, 1500) for k in theirs)
        return Odds(goal, names, enemies, 0.21, (0.25, 0.41, 0.28, 0.06), 400, 2.0, (("surprise", 0.1), ("river", -0.2)),
                    (0.1, 0.8, 2.8), ((180, 320, 520), (420, 700, 1300)))  # fmt: skip

    def reach(self, unit: int) -> Reach | None:
        grid = self.story.theatre.grid
        start = int(self._cells[unit])
        minutes = np.full(grid.size, NEVER, np.int64)
        minutes[start] = 0
        edge = [start]
        for ring in range(1, 8):
            further = []
            for cell in edge:
                for other in grid.neighbours[cell].tolist():
                    if other >= 0 and minutes[other] == NEVER and self._owner[other] == self._owner[start]:
                        minutes[other] = ring * 150
                        further.append(other)
            edge = further
        return Reach(unit, minutes, np.zeros(grid.size, bool))

    def way(self, unit: int, kind: str, goal: int) -> Way | None:
        reach, near = self.reach(unit), self.story.theatre.grid.neighbours
        if reach is None or reach.minutes[goal] >= NEVER:
            return None
        cells = [goal]
        while reach.minutes[cells[-1]] > 0:
            around = [c for c in near[cells[-1]].tolist() if c >= 0]
            cells.append(min(around, key=lambda c: int(reach.minutes[c])))
        cells.reverse()
        return Way(tuple(cells), tuple(int(reach.minutes[c]) for c in cells))

    def check(self, draft: Draft) -> str:
        return self.refusals.get(draft.kind, "")

    def submit(self, drafts: Sequence[Draft]) -> list[Answer]:
        self.given += [d for d in drafts if not self.refusals.get(d.kind)]
        return [Answer(d, self.refusals.get(d.kind, "")) for d in drafts]

    def rewind(self, minute: int) -> str:
        """Continue from an earlier moment."""
        self._ready = min(self._ready, minute)
        return ""

    def save(self, path: str) -> str:
        self.saved.append(path)
        return ""

    def close(self) -> None:
        pass


def sketch_of(scenario: Any, **options: Any) -> SketchStage:
    """A sketch on a scenario's own order of battle and places."""
    from ui.map.stages.story import make_story

    story = make_story(scenario)
    cells = [f.cell if f.arrives_min <= 0 else -1 for f in scenario.formations] + [h.cell for h in scenario.headquarters]
    if options.pop("days", None) == 1:
        story = replace(story, end_min=1440)
    return SketchStage(story, cells, scenario.owner, **options)
