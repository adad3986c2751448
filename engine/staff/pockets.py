"""Pockets: own formations whose ground is ringed by the enemy break out to the nearest own front, or hold.

So do those who have long been cut off with the sea behind them. An order to stand fast binds a pocket as long as what
was to be held lies in it. Whose place lies beyond the enemy, told to stand on a line in a larger piece of own land and shut
in on a smaller one, opens a way to it, even if a port supplies him.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.columns import among, rows_where
from engine.staff.appraisal import ELSEWHERE_M
from engine.staff.attack import Aim, appraise, carry_out, note_failures
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.landing import islands
from engine.staff.lines import line_cells
from engine.staff.numbers import IN_MOBILE
from engine.staff.plans import NONE, Plan, Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation

_NONE: Final = np.zeros(0, np.int64)


def break_out(s: Situation, wishes: Intentions, plans: Plans, acting: list[int]) -> None:
    """Lead the formations of each pocket; the headquarters with most power in it answers for them."""
    for part in sorted(s.own_pockets):
        group = rows_where((s.part == part) & ((s.role != IN_MOBILE) | s.long_cut_off))
        group = np.array([at for at in group.tolist() if wishes.free(at)], np.int64)
        # Whoever plans, all are led: else each headquarters would call back its own at its own hour.
        if set(plans.commander[group].tolist()).isdisjoint(acting):
            continue
        hq = _leader(s, plans, group)
        bound = _bound(s, plans, hq, part)
        if not bound and _led_out(s, wishes, hq, group):
            continue
        # Who has the sea behind him and no way home by land goes on with what he was told.
        if bound or part in s.control.own_pockets:
            _hold(s, wishes, group)
    for (_, there), shut_in in sorted(_shut_in(s, wishes, plans).items()):
        group = np.array(shut_in, np.int64)
        if not set(plans.commander[group].tolist()).isdisjoint(acting):
            hq = _leader(s, plans, group)
            note_failures(s, hq, group)
            _led_out(s, wishes, hq, group, there)


def _shut_in(s: Situation, wishes: Intentions, plans: Plans) -> dict[tuple[int, int], list[int]]:
    """Free formations whose headquarters' line lies beyond the enemy, by the piece of land they are on and that of the line.

    Who stands in a piece with own ground of the line in it stands on his part of it.
    """
    found: dict[tuple[int, int], list[int]] = {}
    if len(set(s.part_of) - {NONE}) < 2:
        return found
    size, pieces, afloat = s.control.part_sizes, dict[int, Ints](), s.view.own.afloat
    for at, (hq, part) in enumerate(zip(plans.commander.tolist(), s.part_of, strict=True)):
        if part < 0 or hq < 0 or part in s.own_pockets or s.serves[at] or afloat[at] or not wishes.free(at):
            continue
        if hq not in pieces:
            pieces[hq] = _pieces_of_its_line(s, plans, plans.of[hq])
        if not len(pieces[hq]) or part in pieces[hq]:
            continue
        there = int(np.bincount(pieces[hq]).argmax())
        if size[part] < size[there] and there not in s.own_pockets and _by_land(s, s.hex_of[at], there):
            found.setdefault((part, there), []).append(at)
    return found


def _pieces_of_its_line(s: Situation, plans: Plans, plan: Plan) -> Ints:
    """The piece of own land of each own hex of a headquarters' line; none if half of it is lost or it has other orders.

    An attack, a crossing or a landing that is on or near, and whatever was ordered after the line, come first.
    """
    begun = [i for i in plans.text.of.get(plan.hq, ()) if plans.begun(i)]
    newest = max(begun, key=plans.text.when.__getitem__, default=NONE)
    if plan.attacks or plans.assembling(plan) or plans.sails(plan) or (newest != plan.line and plans.gone_ahead(plan) < 0):
        return _NONE
    cells = line_cells(s.statics, plans.line_points(plan))
    own: Ints = s.control.part[cells[s.owner[cells] == s.side]].astype(np.int64)
    return own if 2 * len(own) >= len(cells) else _NONE


def _by_land(s: Situation, here: int, part: int) -> bool:
    """Whether a piece of own land lies on the same island, or mainland, as a hex."""
    island, kept = islands(s), s.control.kept
    if ("first of", part) not in kept:
        kept["first of", part] = int((s.control.part == part).argmax())
    return bool(island[here] == island[kept["first of", part]])


def _bound(s: Situation, plans: Plans, hq: int, part: int) -> bool:
    """Whether a headquarters must stand fast on ground that it still has; who was told of no line stands where he is."""
    plan = plans.of[hq]
    if not plans.stand_fast(plan):
        return False
    cells, objective = line_cells(s.statics, plans.line_points(plan)), plans.objective(plan.current)
    told = [*cells.tolist(), objective] if objective >= 0 else cells.tolist()
    return not told or bool((s.control.part[told] == part).any())


def _leader(s: Situation, plans: Plans, group: Ints) -> int:
    power: dict[int, int] = {}
    for at in group.tolist():
        hq = int(plans.commander[at])
        power[hq] = power.get(hq, 0) + int(s.view.own.power[at]) + 1
    return min(power, key=lambda hq: (hq < 0, -power[hq], hq))


def _led_out(s: Situation, wishes: Intentions, hq: int, group: Ints, there: int = NONE) -> bool:
    """Attack towards the nearest own front, that of one piece of land if it is named; False if there is no way."""
    objective, start = _nearest_front(s, group, there)
    if objective < 0:
        return False
    rules = s.rules
    # Who is supplied has time to wait for odds.
    least = rules["staff.go_x" if there >= 0 else "staff.break_out_x"]
    aim = Aim(hq, (start, objective), ELSEWHERE_M, objective, rules["staff.raid_salient_weight"],
              least, Reason.BREAK_OUT, remembers=False)  # fmt: skip
    appraisal = appraise(s, aim, group)
    if not len(appraisal):
        return False
    carry_out(s, wishes, aim, appraisal, group)
    return True


def _nearest_front(s: Situation, group: Ints, there: int) -> tuple[int, int]:
    """The nearest own front hex outside all pockets, or of the piece of land ``there``; and the formation's hex from

    which it is nearest.
    """
    rim, part = s.control.rim, s.control.part
    if there >= 0:
        rim = rim[part[rim] == there]
    else:
        rim = rim[~among(part[rim], np.array(sorted(s.own_pockets), np.int64), len(s.control.part_sizes))]
    if not len(rim):
        return -1, -1
    gap = s.grid.distance(s.view.own.hex[group][:, None], rim[None, :])
    who, where = np.unravel_index(int(gap.argmin()), gap.shape)
    return int(rim[where]), int(s.view.own.hex[group[who]])


def _hold(s: Situation, wishes: Intentions, group: Ints) -> None:
    own = s.view.own
    for at in group.tolist():
        men = int(own.men[at]) * 100 // max(int(own.men_full[at]), 1)
        wishes.stay(at, Reason.CUT_OFF, int(own.hex[at]), -1, men)
