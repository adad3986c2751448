"""Pockets: own formations whose ground is ringed by the enemy break out to the nearest own front, or hold.

So do those who have long been cut off with the sea behind them. An order to stand fast binds a pocket as long as what
was to be held lies in it.
"""

from __future__ import annotations

import numpy as np

from engine.core.columns import among, rows_where
from engine.staff.appraisal import ELSEWHERE_M
from engine.staff.attack import Aim, appraise, carry_out
from engine.staff.control import Ints
from engine.staff.intentions import Intentions
from engine.staff.lines import line_cells
from engine.staff.numbers import IN_MOBILE
from engine.staff.plans import Plans
from engine.staff.reasons import Reason
from engine.staff.situation import Situation


def break_out(s: Situation, wishes: Intentions, plans: Plans, acting: list[int]) -> None:
    """Lead the formations of each pocket; the headquarters with most power in it answers for them."""
    for part in sorted(s.own_pockets):
        group = rows_where((s.part == part) & ((s.role != IN_MOBILE) | s.long_cut_off))
        group = np.array([at for at in group.tolist() if wishes.free(at)], np.int64)
        if not len(group):
            continue
        hq = _leader(s, plans, group)
        if hq not in acting:
            continue
        bound = _bound(s, plans, hq, part)
        if not bound and _led_out(s, wishes, hq, group):
            continue
        # Who has the sea behind him and no way home by land goes on with what he was told.
        if bound or part in s.control.own_pockets:
            _hold(s, wishes, group)


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


def _led_out(s: Situation, wishes: Intentions, hq: int, group: Ints) -> bool:
    """Attack towards the nearest own front; False if there is no way."""
    objective, start = _nearest_front(s, group)
    if objective < 0:
        return False
    rules = s.rules
    aim = Aim(hq, (start, objective), ELSEWHERE_M, objective, rules["staff.raid_salient_weight"],
              rules["staff.break_out_x"], Reason.BREAK_OUT, remembers=False)  # fmt: skip
    appraisal = appraise(s, aim, group)
    if not len(appraisal):
        return False
    carry_out(s, wishes, aim, appraisal, group)
    return True


def _nearest_front(s: Situation, group: Ints) -> tuple[int, int]:
    """The nearest own front hex outside all pockets, and the formation's hex from which it is nearest."""
    rim = s.control.rim
    rim = rim[~among(s.control.part[rim], np.array(sorted(s.own_pockets), np.int64), len(s.control.part_sizes))]
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
