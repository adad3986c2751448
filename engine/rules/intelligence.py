"""Phase 11, intelligence: what each side finds out about the enemy.

Every six hours it takes stock; between, troops that run into somebody new report at once.

Levels of detection: 0 nothing, 1 presence, 2 type and size, 3 strength within a quarter, 4 within a tenth.
Contact shows type and size, prisoners strength; patrols, radio intercept and partisans add a level a
report, aircraft see that somebody is there. What is not reported again fades (``sight.faded``). Reports below level 3
from a distance may be a hex off, strengths are estimates, and some reports are of nobody at all: a formation seen
dimly is counted twice. Reports that own troops find empty are dismissed. One pass over all formations, each with
its own dice; only the other side reports on a formation, at most once, so no report hangs on who else is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.core.arithmetic import PPM, exp, rounded
from engine.core.calendar import HOUR
from engine.core.columns import FINE, anywhere, rows_where
from engine.core.dice import Dice, Stream
from engine.core.jit import jit
from engine.model.codes import AXIS, ON_MAP, SOVIET, Calendar
from engine.model.events import Event
from engine.model.events.common import TICKED
from engine.model.events.intelligence import DISMISSED, SIGHTED
from engine.model.world import World
from engine.rules import ground, power
from engine.rules.deception import Feint, feint
from engine.rules.derived import derived
from engine.rules.detection import PERIOD_MIN, Found, look, meet
from engine.rules.sight import faded, half_lives
from engine.rules.system import System, Trace

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

GRAIN_MIN: Final = 15
PLACED: Final = 3
"""From this level on a report names the right hex."""
DIM: Final = 2
"""Up to this level a report may be of nobody."""
PHANTOM_HEXES: Final = 2
"""A phantom is reported so many hexes from the formation that was taken for two."""
_PATROL_LEVEL, _REMOTE_LEVEL, _MOST = 3, 2, 4
_FIRST_FAR = 7
"""Column of the ring table with the first hex at distance 2."""


@dataclass(frozen=True, eq=False)
class Past:
    """What earlier reports still say of formations: row of the report (-1 none), level now, kind known."""

    report: Rows
    level: Rows
    kind: Rows


def _next_due(world: World, now: int) -> int:
    on_the_grid = int(world.systems.next_at[Calendar.INTELLIGENCE])
    return now if on_the_grid > now and len(_just_met(world)) else on_the_grid


def _just_met(world: World) -> Rows:
    """Formations in touch with the other side of which it has no report of contact: a report is due at once."""

    def make() -> Rows:
        formations, sightings = world.formations, world.sightings
        found = np.empty(len(formations), np.int64)
        sure = round(world.statics.rules["intelligence.contact_level"] * PPM)
        count = _unreported(formations.contact, formations.status, sightings.level, sightings.formation, sure, found)
        return found[:count]

    key = (*world.formations.version("contact", "status"), *world.sightings.version("level", "formation"))
    return derived(world, "intelligence.just_met", key, make)


@jit
def _unreported(contact: Any, status: Any, level: Any, formation: Any, sure: int, found: Any) -> int:
    known, count = np.zeros(len(contact), np.bool_), 0
    for report in range(len(level)):
        if level[report] >= sure and formation[report] >= 0:
            known[formation[report]] = True
    for row in range(len(contact)):
        if contact[row] == 1 and status[row] == ON_MAP and not known[row]:
            found[count] = row
            count += 1
    return count


def decide(world: World, minute: int, dice: Dice, trace: Trace | None = None) -> list[Event]:
    """New reports of both sides, and those that have proved empty; between looks reports of first contact."""
    if minute < int(world.systems.next_at[Calendar.INTELLIGENCE]):
        return _contacts(world, minute, dice, trace)
    hours = PERIOD_MIN / HOUR if minute else world.statics.rules["intelligence.start_h"]
    found = look(world, minute, hours, dice)
    past = _past(world, found.rows, minute)
    level, seen = levels(world, found, past)
    feigned = feint(world, found, minute, hours, dice)
    if feigned is not None:
        level, seen = _deceived(world, past, feigned, level, seen)
    events = [_reports(world, found, past, level, seen, minute, dice, feigned)] if anywhere(seen) else []
    events += _empty(world, found, seen, minute)
    if trace is not None:
        _explain(found, past, level, seen, trace)
        _explain_feint(found, feigned, trace)
    next_at = (minute // PERIOD_MIN + 1) * PERIOD_MIN
    return [*events, TICKED(minute, system=Calendar.INTELLIGENCE, next_at=next_at)]


def _contacts(world: World, minute: int, dice: Dice, trace: Trace | None) -> list[Event]:
    """Reports from the troops that have met somebody: type and size, and where he is."""
    found = meet(world, _just_met(world))
    past = _past(world, found.rows, minute)
    level, seen = levels(world, found, past)
    if trace is not None:
        _explain(found, past, level, seen, trace)
    return [_reports(world, found, past, level, seen, minute, dice)]


def _past(world: World, rows: Rows, minute: int) -> Past:
    """A formation has one report, the other side's."""
    sightings = world.sightings
    real = rows_where(sightings.formation >= 0)
    report_of = np.full(len(world.formations), -1, dtype=np.int64)
    report_of[sightings.formation[real]] = real
    report = report_of[rows]
    level, kind = np.zeros(len(rows), np.int64), np.full(len(rows), -1, np.int64)
    have = rows_where(report >= 0)
    hits = report[have]
    age = minute - sightings.seen_at[hits]
    level[have] = rounded(faded(sightings.level[hits], age, sightings.half_life[hits]))
    kind[have] = np.where(level[have] >= PPM, sightings.kind[hits], -1)
    return Past(report, level, kind)


def levels(world: World, found: Found, past: Past) -> tuple[Rows, Mask]:
    """Level of detection after this look (millionths), and of whom there is a new report."""
    rules = world.statics.rules
    floor = np.zeros(len(found.rows), np.int64)
    for seen, name in ((found.air, "air"), (found.contact, "contact"), (found.fought, "battle")):
        np.maximum(floor, seen * rounded(rules[f"intelligence.{name}_level"] * PPM), out=floor)
    remote = found.radio.astype(np.int64) + found.partisans
    cap = np.where(found.patrol, _PATROL_LEVEL, np.where(remote > 0, _REMOTE_LEVEL, 0))
    cap = np.where(found.contact | found.fought, _MOST, cap) * PPM
    known = np.maximum(past.level, floor)
    raised = np.minimum(known + (remote + found.patrol) * PPM, cap)
    seen = found.contact | found.fought | found.patrol | found.air | (remote > 0)
    return np.maximum(known, raised), seen


def _deceived(world: World, past: Past, feigned: Feint, level: Rows, seen: Mask) -> tuple[Rows, Mask]:
    """Level and reports with dummies: type and size at most, from where they stand; unbelieved reports are none."""
    most = rounded(world.statics.rules["intelligence.dummy_level"] * PPM)
    level = np.where(feigned.shown, np.minimum(np.maximum(past.level, most), DIM * PPM), level)
    level = np.where(feigned.unbelieved, past.level, level)
    return level, (seen | feigned.shown) & ~feigned.unbelieved


# Reports.


def _reports(
    world: World, found: Found, past: Past, level: Rows, seen: Mask, minute: int, dice: Dice, feigned: Feint | None = None
) -> Event:
    """Reports of the formations seen, by row, then of phantoms."""
    rows, level = found.rows[seen], level[seen]
    subject = world.formations.subject[rows]
    words = dice.words(Stream.SIGHTING, subject, minute, 1)
    near, kind = found.contact[seen], world.formations.kind[rows].astype(np.int64)
    known = (level >= DIM * PPM) | (past.kind[seen] >= 0)
    here = world.formations.hex[rows].astype(np.int64)
    half_life = _half_life(world, found)[seen]
    if feigned is not None:
        shown = feigned.shown[seen]
        here = np.where(shown, feigned.cell[seen], here)
        half_life = np.where(shown, half_lives(world.statics)[0], half_life)  # it seems to stand there
    true = {
        "observer": found.observer[seen],
        "report": past.report[seen],
        "formation": rows,
        "level": level,
        "hex": _place(world, rows, here, level, near, words[:, 0]),
        "half_life": half_life,
        "kind": np.where(known, kind, -1),
        **_estimates(world, rows, level, minute, dice),
    }
    twice, cell = _phantoms(world, rows, here, level, near, words)
    if not len(twice):
        return SIGHTED(minute, **true)
    false = {
        "observer": found.observer[seen][twice],
        "report": np.full(len(twice), -1),
        "formation": np.full(len(twice), -1),
        "level": np.minimum(level[twice], DIM * PPM - 1),
        "hex": cell,
        "half_life": np.full(len(twice), half_lives(world.statics)[0]),
        "kind": np.full(len(twice), -1),
        **{name: true[name][twice] for name in ("estimate", "men", "afv", "power")},
    }
    return SIGHTED(minute, **{name: np.concatenate([values, false[name]]) for name, values in true.items()})


def _place(world: World, rows: Rows, here: Rows, level: Rows, near: Mask, word: Any) -> Rows:
    """Where those at ``here`` are reported: half of the reports from afar below level 3 err by up to some hexes."""
    statics = world.statics
    radius = round(statics.rules["intelligence.place_error_hexes"])
    if not radius:
        return here
    ring = statics.grid.ring_table(radius)
    others = ring.shape[1] - 1
    choice = (word % np.uint64(2 * others)).astype(np.int64)
    wrong = (choice < others) & (level < PLACED * PPM) & ~near
    there = ring[here, 1 + np.minimum(choice, others - 1)].astype(np.int64)
    enemy = world.formations.side[rows]
    fits = ground.passable(statics)[there] & (world.hexes.owner[there] == enemy)
    return np.where(wrong & fits, there, here)


def _half_life(world: World, found: Found) -> Rows:
    static, moving, hidden = half_lives(world.statics)
    return np.where(found.hidden, hidden, np.where(found.marching, moving, static)).astype(np.int64)


def _estimates(world: World, rows: Rows, level: Rows, minute: int, dice: Dice) -> dict[str, Rows]:
    """Strengths as reported: true x lognormal(spread / level); AFVs err on their own."""
    subject = world.formations.subject[rows]
    spread = world.statics.rules["intelligence.estimate_spread"] * PPM / np.maximum(level, PPM)
    factor, other = exp(spread * dice.normals(Stream.ESTIMATE, subject, minute, 2))
    now = world.formations.read_all(("men", "afv"), minute, rows)
    return {
        "estimate": rounded(factor * PPM),
        "men": rounded(now["men"] / FINE * factor),
        "afv": rounded(now["afv"] / FINE * other),
        "power": rounded(power.points(world, rows, minute) * factor),
    }


def _phantoms(
    world: World, rows: Rows, here: Rows, level: Rows, near: Mask, words: Any
) -> tuple[Rows, Rows]:
    """Which of ``rows`` are taken for two, and where the second is put: enemy ground out of sight, 2 hexes off.

    Two hexes are tried; where neither can be, there is no phantom.
    """
    statics, share = world.statics, world.statics.rules["intelligence.phantoms"]
    dim = (level <= DIM * PPM) & ~near
    drawn = words[:, 1] < np.uint64(round(share / (1.0 - share) * (1 << 32)))
    twice = rows_where(dim & drawn) if power.on(statics.rules, "intelligence") else np.zeros(0, np.int64)
    if not len(twice):
        return twice, twice
    side = world.formations.side[rows[twice]][:, None]
    ring = statics.grid.ring_table(PHANTOM_HEXES)[here[twice], _FIRST_FAR:].astype(np.int64)
    pick = (words[twice, 2:] % np.uint64(ring.shape[1])).astype(np.int64)
    cell = np.take_along_axis(ring, pick, axis=1)
    fits = ground.passable(statics)[cell] & (world.hexes.owner[cell] == side) & ~_watched(world, cell, 1 - side)
    chosen = np.where(fits[:, 0], cell[:, 0], cell[:, 1])
    there = fits.any(axis=1)
    return twice[there], chosen[there]


def _watched(world: World, cells: Rows, observer: Any) -> Mask:
    """Whether a formation of ``observer`` stands in or beside each of ``cells``."""
    by_axis, by_soviet = (ground.formations_near(world, side, 1)[cells] for side in (AXIS, SOVIET))
    return np.where(observer == AXIS, by_axis, by_soviet)


def _empty(world: World, found: Found, seen: Mask, minute: int) -> list[Event]:
    """Reports of places that own formations stand beside or that have become own ground, of nobody seen now."""
    sightings = world.sightings
    live = rows_where(sightings.level > 0)
    met = np.zeros(len(world.formations) + 1, dtype=bool)
    met[found.rows[seen]] = True
    live = live[~met[sightings.formation[live]]]
    cell, observer = sightings.hex[live].astype(np.int64), sightings.observer[live]
    rows = live[_watched(world, cell, observer) | (world.hexes.owner[cell] == observer)]
    return [DISMISSED(minute, report=rows, observer=sightings.observer[rows])] if len(rows) else []


def _explain(found: Found, past: Past, level: Rows, seen: Mask, trace: Trace) -> None:
    for i, row in enumerate(found.rows.tolist()):
        trace.record("formations", row, "level_before", past.level[i] / PPM, "intelligence.half_life_static_h")
        for k, (name, address) in enumerate((
            ("patrol", "intelligence.patrol_hazard_h"),
            ("air", "intelligence.air_clear"),
            ("radio", "intelligence.radio_hazard_h"),
            ("partisans", "intelligence.partisan_hazard_h"),
        )):
            trace.record("formations", row, f"hazard_{name}", float(found.hazards[k, i]), address)
        trace.record("formations", row, "contact", float(found.contact[i]), "intelligence.contact_level")
        trace.record("formations", row, "fought", float(found.fought[i]), "intelligence.battle_level")
        trace.record("formations", row, "reported", float(seen[i]))
        trace.record("formations", row, "level", level[i] / PPM)


def _explain_feint(found: Found, feigned: Feint | None, trace: Trace) -> None:
    """What the dummies did, for those who have any."""
    if feigned is None:
        return
    for i in rows_where(feigned.cell >= 0).tolist():
        row = int(found.rows[i])
        trace.record("formations", row, "hazard_dummies", feigned.hazard, "intelligence.dummy_hazard_h")
        trace.record("formations", row, "shown_by_dummies", float(feigned.shown[i]), "intelligence.dummy_level")
        trace.record("formations", row, "not_believed", float(feigned.unbelieved[i]), "intelligence.dummy_trust")


SYSTEM = System("intelligence", 11, GRAIN_MIN, _next_due, decide)
