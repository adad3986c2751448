"""What happens in battle: contact, joining and leaving, losses set as rates, and how it ends."""

from __future__ import annotations

from engine.model.events.kinds import ALWAYS, EventKind, Field

ENGAGED = EventKind(
    "Engaged",
    (
        Field("hex", "int32", "hex fought for", ALWAYS),
        Field("ordinal", "int16", "number of the battle at this hex"),
        Field("attacker", "int8", "attacking side", ALWAYS),
        Field("kind", "int8", "BattleKind", ALWAYS),
        Field("effect_attacker", "int32", "ppm of log: battle effect on the attacker's losses"),
        Field("effect_defender", "int32", "ppm of log"),
        Field("effect_speed", "int32", "ppm of log"),
        Field("noise_attacker", "int32", "ppm of log: noise in time"),
        Field("noise_defender", "int32", "ppm of log"),
        Field("yield_left", "int64", "1e-9: threshold until the defender yields"),
        Field("break_left", "int64", "1e-9: threshold until the attacker breaks off"),
        Field("depth_u", "int64", "1e-6 m: ground won by earlier attacks"),
        Field("surprise", "int32", "ppm of level"),
    ),
    sentence="Battle for {hex} begins",
)
JOINED = EventKind(
    "Joined",
    (
        Field("battle", "int32", "row of battles"),
        Field("formation", "int32", "who", 2),
        Field("role", "int8", "Role", 2),
        Field("share", "int32", "ppm of the formation"),
        Field("direction", "int8", "side of the target hex it stands on"),
    ),
    subject="formation",
    sentence="{formation} joins the battle for {battle}",
)
LEFT_BATTLE = EventKind(
    "LeftBattle",
    (
        Field("participant", "int32", "row of participants"),
        Field("formation", "int32", "who", 2),
        Field("stands_by", "int8", "1 an attacker that waits beside its target again"),
    ),
    subject="formation",
)
FOUGHT = EventKind(
    "Fought",
    (
        Field("battle", "int32", "row of battles"),
        Field("kind", "int8", "BattleKind"),
        Field("yield_rate", "int64", "1e-9 a minute"),
        Field("yield_left", "int64", "1e-9: threshold left (changes only when a fight becomes an overrun)"),
        Field("break_rate", "int64", "1e-9 a minute"),
        Field("depth_rate", "int64", "1e-6 m a minute"),
        Field("due_at", "int64", "when the first threshold is reached"),
        Field("x", "int32", "ppm of log of the power ratio"),
        Field("phi", "int32", "ppm of logit"),
        Field("cause", "int8", "Cause"),
        Field("noise_attacker", "int32", "ppm of log"),
        Field("noise_defender", "int32", "ppm of log"),
    ),
)
BLED = EventKind(
    "Bled",
    (
        Field("participant", "int32", "row of participants"),
        Field("formation", "int32", "who"),
        Field("share", "int32", "ppm of the formation that takes part"),
        Field("direction", "int8", "side of the target hex it stands on"),
        Field("battle_rate", "int64", "1e-6 man a minute"),
        Field("shop_rate", "int64", "1e-6 vehicle a minute"),
        Field("lost_rate", "int64", "1e-6 vehicle a minute"),
        Field("guns_rate", "int64", "1e-6 gun a minute"),
    ),
    subject="formation",
)
SUFFERED = EventKind(
    "Suffered",
    (
        Field("formation", "int32", "who"),
        Field("battle_rate", "int64", "1e-6 man a minute, all battles together"),
        Field("shop_rate", "int64", "1e-6 vehicle a minute"),
        Field("lost_rate", "int64", "1e-6 vehicle a minute"),
        Field("guns_rate", "int64", "1e-6 gun a minute"),
        Field("cohesion_loss", "int64", "1e-9 a minute"),
        Field("fatigue_gain", "int64", "1e-9 a minute"),
        Field("ammo_use", "int64", "gram a minute"),
        Field("fighting", "int8", "1 in a battle"),
    ),
    subject="formation",
)
SKIRMISHED = EventKind(
    "Skirmished",
    (
        Field("formation", "int32", "who"),
        Field("battle_rate", "int64", "1e-6 man a minute: fire along the front, or a pursuit"),
        Field("shop_rate", "int64", "1e-6 vehicle a minute, to repair"),
        Field("lost_rate", "int64", "1e-6 vehicle a minute, written off"),
        Field("guns_rate", "int64", "1e-6 gun a minute"),
    ),
    subject="formation",
)
BATTLE_ENDED = EventKind(
    "BattleEnded",
    (
        Field("battle", "int32", "row of battles"),
        Field("hex", "int32", "hex fought for", ALWAYS),
        Field("attacker", "int8", "side", ALWAYS),
        Field("outcome", "int8", "Outcome", ALWAYS),
        Field("at", "int64", "the exact minute"),
        Field("depth_u", "int64", "1e-6 m: ground won at the end"),
        Field("taken", "int8", "1 the hex is given up", ALWAYS),
        Field("cause", "int8", "Cause"),
    ),
    sentence="Battle for {hex} ends: {outcome}",
)
_LOSSES = (
    Field("formation", "int32", "who", 2),
    Field("battle", "int32", "row of battles"),
    Field("hex", "int32", "from", 2),
    Field("to", "int32", "to", 2),
    Field("men_u", "int64", "1e-6 man: battle losses"),
    Field("captured_u", "int64", "1e-6 man: prisoners, missing and dispersed"),
    Field("afv_u", "int64", "1e-6 vehicle: running, lost"),
    Field("shop_u", "int64", "1e-6 vehicle: in repair, blown up"),
    Field("guns_u", "int64", "1e-6 gun: lost"),
    Field("cohesion_n", "int64", "1e-9: cohesion lost"),
    Field("pause_until", "int64", "does nothing before"),
)
RETREATED = EventKind(
    "Retreated", (*_LOSSES, Field("moved_m", "int32", "metres covered")), "formation", "{formation} retreats to {to}"
)
GAVE_GROUND = EventKind("GaveGround", _LOSSES, "formation", "{formation} gives ground in {hex}")
CORNERED = EventKind("Cornered", _LOSSES, "formation", "{formation} has no way back from {hex}")
BROKE_OFF = EventKind(
    "BrokeOff",
    (
        Field("formation", "int32", "who", 2),
        Field("battle", "int32", "row of battles"),
        Field("cohesion_n", "int64", "1e-9: cohesion lost"),
        Field("fatigue_n", "int64", "1e-9: fatigue gained"),
        Field("shop_u", "int64", "1e-6 vehicle: knocked out in this battle and left on the enemy's ground"),
    ),
    subject="formation",
    sentence="{formation} breaks off its attack",
)
SENT_IN = EventKind(
    "SentIn",
    (
        Field("formation", "int32", "who", 2),
        Field("hex", "int32", "hex taken", 2),
        Field("arrives_at", "int64", "when it will be in it"),
    ),
    subject="formation",
    sentence="{formation} moves into {hex}",
)
ATTACK_DONE = EventKind(
    "AttackDone",
    (Field("formation", "int32", "whose attack has reached its aim, others occupy the hex"),),
    subject="formation",
)
BROKE_THROUGH = EventKind(
    "BrokeThrough",
    (Field("formation", "int32", "who", 2), Field("hex", "int32", "where", 2)),
    subject="formation",
    sentence="{formation} breaks through at {hex}",
)
DEPTH_KEPT = EventKind(
    "DepthKept",
    (
        Field("hex", "int32", "hex"),
        Field("direction", "int8", "side of it"),
        Field("depth_mm", "int32", "mm: ground won across this side"),
    ),
)
ENDANGERED = EventKind(
    "Endangered",
    (
        Field("formation", "int32", "who"),
        Field("surrender_left", "int64", "1e-9: threshold left"),
        Field("surrender_gain", "int64", "1e-9 a minute: hazard to lay down arms"),
    ),
    subject="formation",
)
_ESCAPED = Field("escaped_u", "int64", "1e-6 man: come through to their own lines")
SURRENDERED = EventKind(
    "Surrendered",
    (Field("formation", "int32", "who", ALWAYS), Field("hex", "int32", "where", ALWAYS), _ESCAPED),
    subject="formation",
    sentence="{formation} lays down its arms at {hex}",
)
DISPERSED = EventKind(
    "Dispersed",
    (Field("formation", "int32", "who", 2), Field("hex", "int32", "where", 2), _ESCAPED),
    subject="formation",
    sentence="{formation} is dispersed at {hex}",
)

KINDS = (
    ENGAGED, JOINED, LEFT_BATTLE, FOUGHT, BLED, SUFFERED, SKIRMISHED, BATTLE_ENDED, RETREATED,
    GAVE_GROUND, CORNERED, BROKE_OFF, SENT_IN, ATTACK_DONE, BROKE_THROUGH, DEPTH_KEPT, ENDANGERED, SURRENDERED,
    DISPERSED,
)  # fmt: skip
