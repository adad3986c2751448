"""Odds of an attack before it is ordered: the combat model alone, fought many times over what the side knows.

Own strengths are as reported, the enemy's as sighted; what is not known is drawn anew in each fight, so the spread
holds both the luck of battle and the doubt about the enemy. Flanks, reserves and supply to come are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ui.map.scene import Odds, Story

if TYPE_CHECKING:
    from engine import SideView

DAYS = 2.0
RUNS = 400
_COVERS = ("bare", "mixed", "wooded", "marsh", "mixed", "urban")
_RUGGED = 4
_FLAT_DM = 150
_WEATHERS = ("dry", "wet", "mud", "dry", "dry")
_LEFT_OUT = ("log_ratio", "x")


def odds_of(story: Story, view: SideView, units: tuple[int, ...], goal: int) -> Odds | None:
    """Odds of an attack by own formations on a hex; None where no enemy is known there or nobody attacks."""
    from engine import Engagement, fight

    at = [k for k in (view.own.at(unit) for unit in units) if k >= 0]
    there = np.flatnonzero(view.enemies.hex == goal)
    if not at or not len(there):
        return None
    rules, own, enemies = view.statics.rules, view.own, view.enemies
    men, line, afv, guns = (float(getattr(own, n)[at].sum()) for n in ("men", "men_in_line", "afv", "guns"))
    plain = line + rules["combat.weight_afv"] * afv + rules["combat.weight_gun"] * guns
    engagement = Engagement(
        f"odds.{goal}", men, max(1.0, float(enemies.men[there].sum())), att_afv=afv,
        def_afv=float(enemies.afv[there].sum()), att_guns=guns, att_share=max(0.05, line / max(men, 1.0)),
        att_quality=max(0.05, float(own.power[at].sum()) / max(plain, 1.0)), posture=_posture(view, there, goal),
        relief=_relief(story, goal), cover=_COVERS[min(5, int(story.theatre.terrain[goal]))],
        weather=_WEATHERS[view.weather.ground], surprise=0.0, intensity=1.0, max_days=DAYS,
        frontage_km=rules["combat.frontage_km"] * _sides(story, own.hex[at].tolist(), goal),
    )  # fmt: skip
    fought = fight([engagement], rules, seed=view.minute + 1, runs=RUNS)[0]
    return _told(story, view, fought, at, there.tolist(), goal)


def _posture(view: SideView, there: Any, goal: int) -> str:
    works = int(view.hexes.works[goal])
    if works:
        return "fortified" if works >= 3 else "prepared"
    return "hasty" if bool(view.enemies.moving[there].all()) else ""


def _relief(story: Story, goal: int) -> str:
    if int(story.theatre.terrain[goal]) == _RUGGED:
        return "rugged"
    return "flat" if int(story.theatre.relief_dm[goal]) < _FLAT_DM else "rolling"


def _sides(story: Story, cells: list[int], goal: int) -> int:
    """Hexsides from which the attack comes: those of neighbours, and one for all who have yet to come up."""
    near = set(story.theatre.grid.neighbours[goal].tolist())
    beside = {c for c in cells if c in near}
    return max(1, len(beside) + (len(beside) < len(set(cells)) and not beside))


def _told(story: Story, view: SideView, fought: Any, at: list[int], there: list[int], goal: int) -> Odds:
    own, enemies, units = view.own, view.enemies, story.units
    won, decided = fought.won, fought.decided
    shares = tuple(float(part.mean()) for part in (won & decided, won & ~decided, ~won & ~decided, ~won & decided))
    attackers = tuple((units[int(own.row[k])].name, int(own.power[k])) for k in at)
    defenders = tuple((_enemy_name(story, view, k), int(enemies.power[k])) for k in there)
    terms = tuple((name.replace("_", " "), value) for name, value in fought.terms.items() if name not in _LEFT_OUT)
    e = fought.engagement
    return Odds(
        goal, attackers, defenders, fought.x, shares, len(won), DAYS, terms, _band(fought.advance),
        (_band(fought.at_end[0] * e.att_men), _band(fought.at_end[1] * e.def_men)),
    )  # fmt: skip


def _enemy_name(story: Story, view: SideView, k: int) -> str:
    enemies = view.enemies
    formation, kind = int(enemies.formation[k]), int(enemies.kind[k])
    if formation >= 0:
        return story.units[formation].name
    return view.statics.kinds[kind].replace("_", " ") if kind >= 0 else "unknown formation"


def _band(values: Any) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return float(low), float(middle), float(high)
