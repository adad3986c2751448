"""Where columns lie in the blocks of their tables: constants for compiled rules.

A compiled rule is given the blocks of a table, one for each type (``Table.blocks``), and finds ``formations.hex`` of
row i at ``f32[F_HEX, i]``. The letter says the table, the rest is the column's name.
"""

from __future__ import annotations

from engine.model.tables import BATTLES, FORMATIONS, HEADQUARTERS, HEXES, PARTICIPANTS, WEATHER

# formations
F_SIDE, F_MOBILITY, F_STATUS, F_TASK, F_POSTURE, F_STAGE, F_EXPLOITING, F_STACK, F_ECHELON = FORMATIONS.places(
    "int8", "side", "mobility", "status", "task", "posture", "stage", "exploiting", "stack", "echelon"
).tolist()
(F_KIND,) = FORMATIONS.places("int16", "kind").tolist()
F_HEX, F_HQ, F_LEG_TO, F_TARGET, F_ORDER, F_COMBAT_SHARE, F_QUALITY, F_LETHALITY, F_MEN_FULL, F_SUPPLIED = (
    FORMATIONS.places(
        "int32", "hex", "hq", "leg_to", "target", "order", "combat_share", "quality", "lethality", "men_full", "supplied"
    ).tolist()
)
(
    F_IN_PLACE_SINCE, F_PAUSE_UNTIL, F_CUT_OFF_SINCE, F_FATIGUE_N, F_LAST_FIGHT_AT, F_ABOARD_U, F_SURRENDER_GAIN,
    F_MARCHED_UNTIL, F_HUNGRY_SINCE, F_SURRENDER_LEFT,
) = FORMATIONS.places(
    "int64", "in_place_since", "pause_until", "cut_off_since", "fatigue_n", "last_fight_at", "aboard_u", "surrender_gain",
    "marched_until", "hungry_since", "surrender_left",
).tolist()  # fmt: skip

# battles
B_ATTACKER, B_KIND, B_OUTCOME = BATTLES.places("int8", "attacker", "kind", "outcome").tolist()
(B_HEX, B_EFFECT_ATTACKER, B_EFFECT_DEFENDER, B_EFFECT_SPEED, B_SURPRISE, B_NOISE_ATTACKER, B_NOISE_DEFENDER, B_X) = (
    BATTLES.places(
        "int32", "hex", "effect_attacker", "effect_defender", "effect_speed", "surprise", "noise_attacker",
        "noise_defender", "x",
    ).tolist()
)  # fmt: skip
(
    B_STARTED_AT, B_ENDED_AT, B_DUE_AT, B_AS_OF, B_YIELD_LEFT, B_YIELD_RATE, B_BREAK_LEFT, B_BREAK_RATE,
) = BATTLES.places(
    "int64", "started_at", "ended_at", "due_at", "as_of", "yield_left", "yield_rate", "break_left", "break_rate",
).tolist()  # fmt: skip

# participants
P_ROLE, P_DIRECTION = PARTICIPANTS.places("int8", "role", "direction").tolist()
P_BATTLE, P_FORMATION, P_SHARE = PARTICIPANTS.places("int32", "battle", "formation", "share").tolist()
P_JOINED_AT, P_LEFT_AT, P_BATTLE_RATE, P_SHOP_RATE, P_LOST_RATE, P_GUNS_RATE = PARTICIPANTS.places(
    "int64", "joined_at", "left_at", "battle_rate", "shop_rate", "lost_rate", "guns_rate"
).tolist()

# hexes, headquarters, weather
X_OWNER, X_WORKS = HEXES.places("int8", "owner", "works").tolist()
(X_OWNER_SINCE,) = HEXES.places("int64", "owner_since").tolist()
H_HEX, H_PARENT = HEADQUARTERS.places("int32", "hex", "parent").tolist()
(H_MOVED_AT,) = HEADQUARTERS.places("int64", "moved_at").tolist()
W_SKY, W_GROUND, W_DAYLIGHT = WEATHER.places("int8", "sky", "ground", "daylight").tolist()
