"""The small enumerations that columns hold. Append only: recordings keep the numbers."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, TypeVar

import numpy as np

_Codes = TypeVar("_Codes", bound=IntEnum)


def plain(codes: type[_Codes]) -> type[_Codes]:
    """Members as plain attributes of their class: before Python 3.12 each mention of one goes a way of 0.3 us round.

    And numpy, which asks the class of whatever it compares for ufuncs of its own, is told at once that there are none but
    numpy's; an enumeration looks for a member of that name first, 3 us a time.
    """
    for name, member in codes.__members__.items():
        type.__setattr__(codes, name, member)
    type.__setattr__(codes, "__array_ufunc__", np.ndarray.__array_ufunc__)
    return codes


AXIS, SOVIET = 0, 1
SIDES = ("axis", "soviet")


@plain
class Mobility(IntEnum):
    """Mobility classes: foot and horse march, motor and track drive."""

    FOOT = 0
    HORSE = 1
    MOTOR = 2
    TRACK = 3
    STATIC = 4


@plain
class Echelon(IntEnum):
    """Size, from company to army group (XX is a division)."""

    COMPANY = 1
    BATTALION = 2
    REGIMENT = 3
    BRIGADE = 4
    DIVISION = 5
    CORPS = 6
    ARMY = 7
    FRONT = 8


@plain
class Status(IntEnum):
    WAITING = 0
    ON_MAP = 1
    DESTROYED = 2
    SURRENDERED = 3
    WITHDRAWN = 4


@plain
class Task(IntEnum):
    HOLD = 0
    MARCH = 1
    ATTACK = 2
    WITHDRAW = 3
    ENTRENCH = 4
    REST = 5
    SUPPORT = 6
    FOLLOW = 7
    EXPLOIT = 8
    PROBE = 9
    BOMBARD = 10
    ENTRAIN = 11
    EMBARK = 12
    LAND = 13


@plain
class Posture(IntEnum):
    """Postures of the QJM (Dupuy); attack and march are those of who is not defending."""

    HASTY = 0
    PREPARED = 1
    FORTIFIED = 2
    DELAY = 3
    WITHDRAWAL = 4
    ATTACK = 5
    MARCH = 6


@plain
class Stage(IntEnum):
    IDLE = 0
    MARCHING = 1
    WAITING = 2
    FIGHTING = 3
    RECOVERING = 4


@plain
class OrderKind(IntEnum):
    MARCH = 1
    ATTACK = 2
    HOLD = 3
    WITHDRAW = 4
    ENTRENCH = 5
    REST = 6
    SUPPORT = 7
    CANCEL = 8
    PROBE = 9
    BOMBARD = 10
    EXPLOIT = 11
    FOLLOW = 12
    ATTACH = 13
    FORCED_MARCH = 14
    ENTRAIN = 15
    EMBARK = 16
    LAND = 17
    KEEP = 18
    LET_GO = 19


@plain
class OrderState(IntEnum):
    ON_ITS_WAY = 0
    IN_FORCE = 1
    DONE = 2
    SUPERSEDED = 3
    FAILED = 4


@plain
class DirectiveKind(IntEnum):
    DEFEND = 0
    ATTACK = 1
    WITHDRAW = 2
    RESERVE = 3
    RELIEVE = 4
    LAND = 5
    EVACUATE = 6
    RAIL = 7
    FORTIFY = 8
    BREAK_OUT = 9
    REDUCE = 10
    FORTRESS = 11
    LIFT_FORTRESS = 12


@plain
class DirectiveState(IntEnum):
    PENDING = 0
    RUNNING = 1
    DONE = 2
    CULMINATED = 3
    SUPERSEDED = 4


@plain
class Permission(IntEnum):
    FREE = 0
    STAND_FAST = 1
    MAY_FALL_BACK = 2


@plain
class Trigger(IntEnum):
    NONE = 0
    AFTER = 1
    TAKEN = 2
    LOST = 3
    EVENT = 4


@plain
class BattleKind(IntEnum):
    ASSAULT = 0
    SCREEN = 1
    PROBE = 2
    BOMBARD = 3
    OVERRUN = 4


@plain
class Outcome(IntEnum):
    LIVE = 0
    YIELDED = 1
    BROKEN_OFF = 2
    DISSOLVED = 3


@plain
class Role(IntEnum):
    ATTACK = 0
    HOLD = 1
    SCREEN = 2
    SUPPORT = 3


@plain
class Cause(IntEnum):
    """Largest term of phi when a battle was last refreshed (McQuie's causes of quitting)."""

    FIRE = 0
    OPEN_FLANK = 1
    NEIGHBOUR_GONE = 2
    CUT_OFF = 3
    NO_RESERVE = 4
    EVACUATION = 5
    RESERVE_CAME = 6
    STAND_FAST = 7
    PENETRATED = 8
    SURPRISED = 9
    FORTRESS = 10


@plain
class Afloat(IntEnum):
    """How much of a formation is on the water: none, it is going aboard or at sea, or part of it awaits a lift."""

    ASHORE = 0
    BY_SHIP = 1
    BY_CRAFT = 2


@plain
class DepotKind(IntEnum):
    RAIL = 0
    PORT = 1
    EDGE = 2


@plain
class Sky(IntEnum):
    CLEAR = 0
    CLOUD = 1
    RAIN = 2
    FOG = 3
    SNOW = 4


@plain
class Ground(IntEnum):
    DRY = 0
    WET = 1
    MUD = 2
    FROZEN = 3
    SNOW = 4


@plain
class StaffRole(IntEnum):
    LINE = 0
    RESERVE = 1
    ASSAULT = 2
    MOBILE = 3
    SCREEN = 4


@plain
class Terrain(IntEnum):
    OPEN = 0
    MIXED = 1
    FOREST = 2
    SWAMP = 3
    RUGGED = 4
    URBAN = 5


@plain
class HexKind(IntEnum):
    SEA = 0
    LAND = 1
    LAKE = 2


@plain
class Calendar(IntEnum):
    """Rows of the table ``systems``: systems that keep a calendar of their own."""

    WEATHER = 0
    COMMAND = 1
    ARRIVALS = 2
    SUPPLY = 3
    MOVEMENT = 4
    COMBAT = 5
    CONTROL = 6
    RECOVERY = 7
    INTELLIGENCE = 8
    HEADQUARTERS = 9
    RAIL = 10
    SCORE = 11
    PEOPLE = 12
    POLITICS = 13
    SEA = 14
    WORKS = 15


@plain
class Obstacle(IntEnum):
    """What a march was held up by."""

    ENEMY = 1
    SCREEN = 2
    CROWD = 3
    NO_WAY = 4
    NO_FUEL = 5
    IMMOBILE = 6
    NO_SHIPS = 7
    NO_PORT = 8
    NO_CRAFT = 9


@plain
class Taking(IntEnum):
    """How a hex changed hands: entered, emptied by an entry beside it, an unguarded salient, cut off, handed over."""

    ENTERED = 0
    BESIDE = 1
    SALIENT = 2
    CUT_OFF = 3
    HANDED_OVER = 4


# numpy compares an array with a plain number eight times as fast as with a member of an enumeration.
ON_MAP: Final = int(Status.ON_MAP)
ON_ITS_WAY, IN_FORCE = int(OrderState.ON_ITS_WAY), int(OrderState.IN_FORCE)
PENDING, RUNNING = int(DirectiveState.PENDING), int(DirectiveState.RUNNING)
LIVE: Final = int(Outcome.LIVE)
ATTACKING, HOLDING, SCREENING, SUPPORTING = (int(role) for role in Role)
ASSAULT, SCREEN_FIGHT, PROBING, BOMBARDING, OVERRUN = (int(kind) for kind in BattleKind)
TO_ATTACK, TO_PROBE, TO_BOMBARD, TO_EXPLOIT, TO_SUPPORT, TO_WITHDRAW = (
    int(task) for task in (Task.ATTACK, Task.PROBE, Task.BOMBARD, Task.EXPLOIT, Task.SUPPORT, Task.WITHDRAW)
)
IDLE, MARCHING, WAITING, FIGHTING = (int(stage) for stage in (Stage.IDLE, Stage.MARCHING, Stage.WAITING, Stage.FIGHTING))
