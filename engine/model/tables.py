"""The declared tables of the world: every column with type, default, unit and meaning.

What the future depends on is here and nowhere else. Stocks are flows (see ``core.columns.Flow``): a whole number in
fine units, whole rates per minute, and the minute they were last settled. Minutes count from the scenario's start.
"""

from __future__ import annotations

from typing import Final

from engine.core.calendar import NEVER
from engine.core.columns import Column as C
from engine.core.columns import Flow, TableSpec

I8, I16, I32, I64 = "int8", "int16", "int32", "int64"
ROUTE = 24
POINTS = 8
GROUP = 16

FORMATIONS: Final = TableSpec(
    "formations",
    (
        # What it is.
        C("subject", "uint32", 0, "", "stable subject for dice: hash of the id", fixed=True),
        C("side", I8, 0, "row of sides", "side", fixed=True),
        C("kind", I16, 0, "index of Statics.kinds", "kind of formation", fixed=True),
        C("mobility", I8, 0, "Mobility", "foot, horse, motor, track, static", fixed=True),
        C("echelon", I8, 0, "Echelon", "regiment, brigade, division, corps", fixed=True),
        C("combat_share", I32, 0, "ppm", "share of the men who fight in the front line", fixed=True),
        C("quality", I32, 1_000_000, "ppm of CEV", "relative combat effectiveness", fixed=True),
        C("lethality", I32, 1_000_000, "ppm", "kappa: factor on the losses it inflicts", fixed=True),
        C("men_full", I32, 0, "men", "strength at the start, to judge losses by", fixed=True),
        C("stack", I8, 2, "half stacking places", "room it takes: division 2, brigade 1", fixed=True),
        # Where it is, and whose.
        C("hq", I32, -1, "row of headquarters", "headquarters it obeys"),
        C("status", I8, 0, "Status", "waiting, on the map, destroyed, surrendered, withdrawn"),
        C("hex", I32, -1, "cell", "where it stands"),
        C("appears_at", I64, NEVER, "minute", "when it arrives from off the map"),
        C("in_place_since", I64, 0, "minute", "when it last entered its hex"),
        # Marching: from hex to leg_to, between departed_at and leg_at.
        C("leg_to", I32, -1, "cell", "hex it is marching into"),
        C("departed_at", I64, 0, "minute", "when it left for leg_to"),
        C("marched_until", I64, 0, "minute", "when a march at the sustained pace would have brought it where it goes"),
        C("leg_at", I64, NEVER, "minute", "when it will enter leg_to"),
        C("goal", I32, -1, "cell", "where the march ends"),
        C("route", I32, -1, "cells", "the way ahead as planned, next hex first", width=ROUTE),
        C("routed_at", I64, -NEVER, "minute", "when that way was planned"),
        C("pause_until", I64, 0, "minute", "recovering (retreat, passage of lines): no march or attack before"),
        C("look_at", I64, NEVER, "minute", "when movement must look at it again (blocked, waiting, order taken up)"),
        # Its order as it is being carried out.
        C("order", I32, -1, "row of orders", "order in force"),
        C("task", I8, 0, "Task", "hold, march, attack, withdraw, entrench, rest, support, follow, exploit and so on"),
        C("target", I32, -1, "cell", "hex it attacks"),
        C("posture", I8, 0, "Posture", "attack, hasty, prepared, fortified, withdrawal, delay, march"),
        C("stage", I8, 0, "Stage", "idle, marching, waiting, fighting, recovering"),
        # Strength: flows.
        C("as_of", I64, 0, "minute", "when its flows were last settled"),
        C("men_u", I64, 0, "1e-6 man", "men present"),
        C("battle_rate", I64, 0, "1e-6 man a minute", "battle losses"),
        C("sick_rate", I64, 0, "1e-6 man a minute", "sickness and hunger"),
        C("gain_rate", I64, 0, "1e-6 man a minute", "replacements and convalescents"),
        C("battle_u", I64, 0, "1e-6 man", "battle losses so far"),
        C("sick_u", I64, 0, "1e-6 man", "sick so far"),
        C("gain_u", I64, 0, "1e-6 man", "replacements so far"),
        C("captured_u", I64, 0, "1e-6 man", "prisoners, missing and dispersed so far"),
        C("afv_u", I64, 0, "1e-6 vehicle", "armoured fighting vehicles running"),
        C("afv_shop_u", I64, 0, "1e-6 vehicle", "in repair"),
        C("afv_lost_u", I64, 0, "1e-6 vehicle", "written off so far"),
        C("afv_shop_rate", I64, 0, "1e-6 vehicle a minute", "knocked out or broken down, to repair"),
        C("afv_lost_rate", I64, 0, "1e-6 vehicle a minute", "written off"),
        C("afv_back_rate", I64, 0, "1e-6 vehicle a minute", "repaired"),
        C("guns_u", I64, 0, "1e-6 gun", "guns and heavy mortars"),
        C("guns_lost_u", I64, 0, "1e-6 gun", "guns lost so far"),
        C("guns_rate", I64, 0, "1e-6 gun a minute", "guns lost"),
        # State: flows in 1e-9.
        C("cohesion_n", I64, 1_000_000_000, "1e-9", "cohesion, 0 to 1"),
        C("cohesion_gain", I64, 0, "1e-9 a minute", "recovery"),
        C("cohesion_loss", I64, 0, "1e-9 a minute", "wear"),
        C("fatigue_n", I64, 0, "1e-9", "fatigue, 0 to 1"),
        C("fatigue_gain", I64, 0, "1e-9 a minute", "tiring"),
        C("fatigue_loss", I64, 0, "1e-9 a minute", "resting"),
        C("works_n", I64, 0, "1e-9 level", "entrenchment, level 0 to 4"),
        C("works_gain", I64, 0, "1e-9 level a minute", "digging"),
        # Supply: flows in grams.
        C("ammo_g", I64, 0, "gram", "ammunition held"),
        C("ammo_use", I64, 0, "gram a minute", "ammunition used"),
        C("fuel_g", I64, 0, "gram", "fuel held"),
        C("fuel_use", I64, 0, "gram a minute", "fuel used"),
        C("food_g", I64, 0, "gram", "food and fodder held"),
        C("food_use", I64, 0, "gram a minute", "food and fodder used"),
        C("supplied", I32, 1_000_000, "ppm", "share of its need that arrived at the last delivery"),
        C("cut_off_since", I64, NEVER, "minute", "since when no supply path has reached it"),
        C("hungry_since", I64, NEVER, "minute", "since when it has had no food"),
        # Its dealings with the enemy.
        C("contact", I8, 0, "0/1", "an enemy formation stands beside it"),
        C("surrender_left", I64, 1_000_000_000, "1e-9", "threshold left of the hazard to lay down arms"),
        C("surrender_gain", I64, 0, "1e-9 a minute", "hazard of surrender (consumes surrender_left)"),
        C("last_fight_at", I64, -NEVER, "minute", "end of its last battle or last refresh of one"),
        C("exploiting", I8, 0, "0/1", "passed through a breach; screens only its own neighbours"),
        C("moved_m", I64, 0, "metre", "ground covered so far"),
        C("worn_m", I64, 0, "metre", "ground covered when fuel, breakdowns and tiredness were last charged for it"),
        C("forced_m", I64, 0, "metre", "of the ground not yet charged for: covered by forced march"),
        C("afv_gain_u", I64, 0, "1e-6 vehicle", "armoured vehicles received so far"),
        C("guns_gain_u", I64, 0, "1e-6 gun", "guns received so far"),
        C("home_u", I64, 0, "1e-6 man", "men who went home so far"),
        C("escaped_u", I64, 0, "1e-6 man", "men who came through to their own lines when it ceased to be"),
        C("commander", I16, -1, "index of Statics.commanders", "who leads it"),
        C("leaves_at", I64, NEVER, "minute", "called away by an event: leaves the theatre from then on"),
        C("kept", I8, 0, "0/1", "told to stay in the theatre whoever calls it away"),
        C("called_at", I64, -NEVER, "minute", "when it was last announced: departures dated before no longer count"),
        # At sea: what has left the formation for ships, or waits for landing craft.
        C("afloat", I8, 0, "Afloat", "ashore, going aboard ships or at sea, landed by craft with more to come"),
        C("aboard_u", I64, 0, "1e-6 man", "men aboard ships, or waiting for the next lift"),
        C("aboard_afv_u", I64, 0, "1e-6 vehicle", "armoured vehicles with them"),
        C("aboard_guns_u", I64, 0, "1e-6 gun", "guns with them"),
        C("drowned_u", I64, 0, "1e-6 man", "lost at sea so far"),
        C("beach", I32, -1, "cell", "beach it was landed over, while craft serve it"),
        C("landed_at", I64, -NEVER, "minute", "when it was landed over a beach"),
    ),
    flows=(
        Flow("men", "men_u", plus=("gain_rate",), minus=("battle_rate", "sick_rate")),
        Flow("battle", "battle_u", plus=("battle_rate",)),
        Flow("sick", "sick_u", plus=("sick_rate",)),
        Flow("gain", "gain_u", plus=("gain_rate",)),
        Flow("afv", "afv_u", plus=("afv_back_rate",), minus=("afv_shop_rate", "afv_lost_rate")),
        Flow("afv_shop", "afv_shop_u", plus=("afv_shop_rate",), minus=("afv_back_rate",)),
        Flow("afv_lost", "afv_lost_u", plus=("afv_lost_rate",)),
        Flow("guns", "guns_u", minus=("guns_rate",)),
        Flow("guns_lost", "guns_lost_u", plus=("guns_rate",)),
        Flow("cohesion", "cohesion_n", plus=("cohesion_gain",), minus=("cohesion_loss",)),
        Flow("fatigue", "fatigue_n", plus=("fatigue_gain",), minus=("fatigue_loss",)),
        Flow("works", "works_n", plus=("works_gain",)),
        Flow("ammo", "ammo_g", minus=("ammo_use",)),
        Flow("fuel", "fuel_g", minus=("fuel_use",)),
        Flow("food", "food_g", minus=("food_use",)),
        Flow("surrender", "surrender_left", minus=("surrender_gain",)),
    ),
    as_of="as_of",
)

HEADQUARTERS: Final = TableSpec(
    "headquarters",
    (
        C("subject", "uint32", 0, "", "stable subject for dice", fixed=True),
        C("side", I8, 0, "row of sides", "side", fixed=True),
        C("echelon", I8, 0, "Echelon", "division, corps, army, front", fixed=True),
        C("parent", I32, -1, "row of headquarters", "superior"),
        C("staff", I32, 1_000_000, "ppm", "staff quality: above 1 plans faster"),
        C("hex", I32, -1, "cell", "where it stands"),
        C("moved_at", I64, -NEVER, "minute", "when it last moved; if driven off, when it is in action again"),
        C("commander", I16, -1, "index of Statics.commanders", "who commands"),
        C("alarm_at", I64, -NEVER, "minute", "something happened that its staff must look at (hex lost or taken, ...)"),
    ),
)

ORDERS: Final = TableSpec(
    "orders",
    (
        C("formation", I32, -1, "row", "who is ordered"),
        C("hq", I32, -1, "row", "who ordered; -1 a human at the side's head"),
        C("kind", I8, 0, "OrderKind", "march, attack, hold, ..."),
        C("goal", I32, -1, "cell", "where to"),
        C("issued_at", I64, 0, "minute", "when it was written"),
        C("arrives_at", I64, NEVER, "minute", "when the courier reaches the formation"),
        C("state", I8, 0, "OrderState", "on its way, in force, done, superseded, failed"),
        C("by_human", I8, 0, "0/1", "a human wrote it: the staff plans round it"),
        C("reason", I16, 0, "Reason", "why the staff gave it"),
        C("detail", I64, 0, "", "up to four numbers of the reason", width=4),
    ),
)

DIRECTIVES: Final = TableSpec(
    "directives",
    (
        C("hq", I32, -1, "row", "who is directed"),
        C("kind", I8, 0, "DirectiveKind", "attack, defend, withdraw, reserve, relieve, ..."),
        C("axis", I32, -1, "cells", "axis of advance, from start to objective", width=POINTS),
        C("line", I32, -1, "cells", "line to hold or to fall back to", width=POINTS),
        C("fall_back", I32, -1, "cells", "line that may be fallen back to under pressure", width=POINTS),
        C("objective", I32, -1, "cell", "objective"),
        C("assault", I32, -1, "rows of formations", "assault group", width=GROUP),
        C("mobile", I32, -1, "rows of formations", "mobile group", width=GROUP),
        C("reserve", I32, -1, "rows of formations", "kept in hand", width=GROUP),
        C("assault_strongest", I8, 0, "formations", "assault group: the strongest n instead of names"),
        C("mobile_strongest", I8, 0, "formations", "mobile group: the strongest n mobile ones"),
        C("reserve_share", I32, -1, "ppm", "share to keep in hand; -1 the staff's own"),
        C("corridor_m", I32, 15_000, "metre", "half width of the corridor"),
        C("start_at", I64, 0, "minute", "H-hour"),
        C("end_at", I64, NEVER, "minute", "end"),
        C("known_at", I64, 0, "minute", "when the headquarters may begin to prepare"),
        C("raid", I8, 0, "0/1", "do not mind a narrow neck"),
        C("permission", I8, 0, "Permission", "free, stand fast, may fall back"),
        C("surprise", I32, 0, "ppm of level", "surprise expected at H-hour, 0 to 3"),
        C("trigger", I8, 0, "Trigger", "what the start waits for"),
        C("trigger_ref", I32, -1, "directive row or cell", "what the trigger is about"),
        C("state", I8, 0, "DirectiveState", "pending, running, done, culminated, superseded"),
        C("source", I16, -1, "index of Statics.directive_ids", "which line of a plan it is; -1 human"),
        C("arrives_at", I64, 0, "minute", "when it reaches the headquarters"),
        C("clears", I8, 0, "0/1", "ends all that the headquarters and those below it were told before"),
        C("labour", I64, 0, "1e-6 of a hex's level", "to fortify: work done and not yet used up"),
        C("dummy", I32, -1, "cell", "where dummy traffic shows its groups until it begins; -1 nowhere"),
        C("ring", I8, 0, "hexes", "of a fortress: so many rings of hexes about its place belong to it"),
        C("reason", I16, 0, "Reason", "why the high command gave it"),
        C("detail", I64, 0, "", "up to four numbers of the reason", width=4),
    ),
)

BATTLES: Final = TableSpec(
    "battles",
    (
        C("hex", I32, -1, "cell", "hex fought for"),
        C("ordinal", I16, 0, "", "number of the battle at this hex"),
        C("attacker", I8, 0, "side", "attacking side"),
        C("kind", I8, 0, "BattleKind", "assault on a held hex, screen, probe, bombardment, overrun"),
        C("started_at", I64, 0, "minute", "contact"),
        C("ended_at", I64, NEVER, "minute", "end"),
        C("outcome", I8, 0, "Outcome", "live, yielded, broken off, dissolved"),
        C("effect_attacker", I32, 0, "ppm of log", "eA, drawn at contact"),
        C("effect_defender", I32, 0, "ppm of log", "eD"),
        C("effect_speed", I32, 0, "ppm of log", "eV"),
        C("as_of", I64, 0, "minute", "when its flows were last settled"),
        C("yield_left", I64, 0, "1e-9", "threshold left until the defender yields"),
        C("yield_rate", I64, 0, "1e-9 a minute", "hazard of yielding"),
        C("break_left", I64, 0, "1e-9", "threshold left until the attacker breaks off"),
        C("break_rate", I64, 0, "1e-9 a minute", "hazard of breaking off"),
        C("depth_u", I64, 0, "1e-6 m", "ground won inside the hex"),
        C("depth_rate", I64, 0, "1e-6 m a minute", "advance"),
        C("due_at", I64, NEVER, "minute", "when the first threshold is reached at present rates"),
        C("stale", I8, 1, "0/1", "participants or circumstances changed: refresh at the next wake-up"),
        C("x", I32, 0, "ppm of log", "log of the effective power ratio at the last refresh"),
        C("phi", I32, 0, "ppm of logit", "shift of the win curve at the last refresh"),
        C("cause", I8, 0, "Cause", "largest term of phi, or fire"),
        C("surprise", I32, 0, "ppm of level", "surprise achieved at contact, 0 to 3"),
        C("noise_attacker", I32, 0, "ppm of log", "noise in time of the attacker's losses, moved on the 6 h grid"),
        C("noise_defender", I32, 0, "ppm of log", "same of the defender's"),
    ),
    flows=(
        Flow("yield", "yield_left", minus=("yield_rate",)),
        Flow("break", "break_left", minus=("break_rate",)),
        Flow("depth", "depth_u", plus=("depth_rate",)),
    ),
    as_of="as_of",
)

PARTICIPANTS: Final = TableSpec(
    "participants",
    (
        C("battle", I32, -1, "row", "battle"),
        C("formation", I32, -1, "row", "formation"),
        C("role", I8, 0, "Role", "attack, hold, screen, support"),
        C("share", I32, 1_000_000, "ppm", "share of the formation that takes part"),
        C("direction", I8, -1, "0..5", "side of the target hex it stands on (attackers)"),
        C("joined_at", I64, 0, "minute", ""),
        C("left_at", I64, NEVER, "minute", ""),
        C("battle_rate", I64, 0, "1e-6 man a minute", "its losses in this battle"),
        C("shop_rate", I64, 0, "1e-6 vehicle a minute", ""),
        C("lost_rate", I64, 0, "1e-6 vehicle a minute", ""),
        C("guns_rate", I64, 0, "1e-6 gun a minute", ""),
        C("as_of", I64, 0, "minute", "when its flow was last settled"),
        C("shop_u", I64, 0, "1e-6 vehicle", "knocked out in this battle so far and sent to repair"),
    ),
    flows=(Flow("shop", "shop_u", plus=("shop_rate",)),),
    as_of="as_of",
)

HEXES: Final = TableSpec(
    "hexes",
    (
        C("inside", I8, 0, "0/1", "inside the scenario's window", fixed=True),
        C("owner", I8, -1, "side", "who controls it; -1 water or outside"),
        C("owner_since", I64, 0, "minute", "since when"),
        C("works", I8, 0, "level", "prepared line, level 0 to 4 (fortified lines of the theatre), for whoever holds it"),
        C("battles", I16, 0, "", "battles fought here so far"),
        C("closing_since", I64, NEVER, "minute", "unguarded salient: since when 4 of 6 neighbours are hostile"),
        C("fortress", I8, -1, "side", "whose fortress it has been declared; -1 nobody's"),
    ),
)

HEXSIDES: Final = TableSpec(
    "hexsides",
    (
        # One row for each hexside that something has happened to, appended when it first does.
        C("hex", I32, -1, "cell", "hex"),
        C("direction", I8, -1, "0..5", "side of that hex"),
        C("depth_mm", I32, 0, "mm", "ground won in the hex across this side"),
        C("depth_at", I64, 0, "minute", "when depth_mm was written; it decays by a fifth a day"),
        C("bridge_down", I8, 0, "0/1", "bridge blown"),
        C("bridge_ready_at", I64, NEVER, "minute", "when the blown bridge will be usable again"),
    ),
)

LINKS: Final = TableSpec(
    "links",
    (
        # One row for each railway hexside of the theatre inside the window (lower cell first).
        C("hex", I32, -1, "cell", "", fixed=True),
        C("direction", I8, -1, "0..5", "", fixed=True),
        C("gauge", I8, 0, "1435, 1524, narrow as 1..3", "gauge as it lies"),
        C("broken", I8, 0, "0/1", "torn up or bridge down"),
        C("ready_at", I64, NEVER, "minute", "when repair or conversion will be done"),
    ),
)

DEPOTS: Final = TableSpec(
    "depots",
    (
        C("subject", "uint32", 0, "", "stable subject", fixed=True),
        C("side", I8, 0, "side", "", fixed=True),
        C("kind", I8, 0, "DepotKind", "rail source, port, edge of the map", fixed=True),
        C("hex", I32, -1, "cell", ""),
        C("capacity_t", I32, 0, "t a day", "what it can pass on"),
        C("used_t", I32, 0, "t", "passed on at the last delivery"),
        C("used_kg", I64, 0, "kg", "passed on so far"),
        C("working", I8, 1, "0/1", "not in enemy hands, not cut"),
        C("open", I8, 1, "0/1", "of a port: ships reach it"),
        C("sea_kg", I64, -1, "kg a day", "of a port: what ships bring; -1 its capacity"),
        C("sunk_kg", I64, 0, "kg", "of a port: lost on the way so far"),
    ),
)

SIGHTINGS: Final = TableSpec(
    "sightings",
    (
        C("observer", I8, 0, "side", "who saw"),
        C("formation", I32, -1, "row", "what was seen; -1 a phantom"),
        C("level", I32, 0, "ppm of level", "level of detection when seen, 0 to 4"),
        C("hex", I32, -1, "cell", "where it was reported"),
        C("seen_at", I64, -NEVER, "minute", "when"),
        C("estimate", I32, 0, "ppm", "estimated power over true power, drawn with the report"),
        C("half_life", I32, 1440, "minute", "how fast the report loses value"),
        C("men", I32, 0, "men", "reported men"),
        C("afv", I32, 0, "vehicles", "reported AFVs"),
        C("power", I64, 0, "points", "reported power (men in line + 20 AFV + 15 guns, times quality)"),
        C("kind", I16, -1, "index of kinds", "kind as reported, -1 unknown"),
    ),
)

SHIPS: Final = TableSpec(
    "ships",
    (
        C("subject", "uint32", 0, "", "", fixed=True),
        C("side", I8, 0, "side", "", fixed=True),
        C("batteries", I32, 0, "ppm of heavy battalion", "weight of fire", fixed=True),
        C("range_m", I32, 0, "metre", "range of its guns", fixed=True),
        C("hex", I32, -1, "cell", "station"),
        C("from_at", I64, NEVER, "minute", "on station from"),
        C("until_at", I64, NEVER, "minute", "on station until"),
    ),
)

CRAFT: Final = TableSpec(
    "craft",
    (
        C("subject", "uint32", 0, "", "", fixed=True),
        C("side", I8, 0, "side", "", fixed=True),
        C("men", I32, 0, "men", "carried in one lift by all of them", fixed=True),
        C("lifts_day", I8, 0, "lifts a day", "0 the rule's", fixed=True),
        C("range_m", I32, 0, "metre", "from their station to where troops embark and land; 0 the rule's", fixed=True),
        C("hex", I32, -1, "cell", "station; -1 anywhere"),
        C("from_at", I64, NEVER, "minute", "there from"),
        C("until_at", I64, NEVER, "minute", "there until"),
        C("left", I32, 1_000_000, "ppm", "share of them that is left"),
        C("used_at", I64, -NEVER, "minute", "when they last crossed"),
    ),
)

WEATHER: Final = TableSpec(
    "weather",
    (
        C("sky", I8, 0, "Sky", "clear, cloud, rain, fog, snow"),
        C("ground", I8, 0, "Ground", "dry, wet, mud, frozen, snow"),
        C("wind", I8, 0, "Beaufort", ""),
        C("sea", I8, 0, "0..9", "sea state"),
        C("flyable", I32, 1_000_000, "ppm", "share of sorties that can be flown"),
        C("daylight", I8, 1, "0..2", "night, twilight, day"),
        C("ice_mm", I16, 0, "mm", "ice on rivers"),
        C("strait_ice", I8, 0, "month", "month whose straits bear men, 12 more if everybody, 25 a level at sea"),
    ),
)

SIDES: Final = TableSpec(
    "sides",
    (
        C("score", I64, 0, "points", "objectives held, summed by day"),
        C("delivered_kg", I64, 0, "kg", "supply delivered to formations so far"),
        C("air_kg", I64, 0, "kg", "of it by air"),
    ),
)

PEOPLE: Final = TableSpec(
    "people",
    (
        # One row for each row of people.csv, in the order of Scenario.people.
        C("open_at", I64, NEVER, "minute", "in force from"),
        C("close_at", I64, NEVER, "minute", "in force until (exclusive)"),
        C("left_u", I64, 0, "1e-6 man", "men still to be called up; partisans still fighting; -1 no limit"),
        C("done_u", I64, 0, "1e-6 man", "men called up, come back, gone home or fallen so far"),
        C("seen_u", I64, 0, "1e-6 man", "convalescents: battle losses counted so far"),
        C("owed_u", I64, 0, "1e-6 man", "convalescents: wounded who will come back"),
    ),
)

HAPPENINGS: Final = TableSpec(
    "happenings",
    (
        # One row for each event of events.toml, in the order of Scenario.events.
        C("met_at", I64, NEVER, "minute", "when what it waits for came true"),
        C("happened_at", I64, NEVER, "minute", "when it happened"),
    ),
)

GOALS: Final = TableSpec(
    "goals",
    (
        # One row for each objective, in the order of Scenario.objectives.
        C("settled_at", I64, NEVER, "minute", "when it was found held or not held, if it has a date"),
        C("met", I8, 0, "0/1", "held then, and long enough"),
    ),
)

COURSE: Final = TableSpec(
    "course",
    (C("ends_at", I64, NEVER, "minute", "end of the run, if an event has ended it"),),
)

SYSTEMS: Final = TableSpec(
    "systems",
    (C("next_at", I64, 0, "minute", "when a system that keeps a calendar wants to run again"),),
)

# Notes of the staffs: written only by rows of the input log.
FORMATION_NOTES: Final = TableSpec(
    "formation_notes",
    (
        C("slot", I32, -1, "cell", "place in the line"),
        C("slot_since", I64, -NEVER, "minute", ""),
        C("role", I8, 0, "StaffRole", "line, reserve, assault, mobile, screen"),
        C("role_since", I64, -NEVER, "minute", ""),
        C("lent_from", I32, -1, "row of headquarters", "who lent it"),
        C("lent_to", I32, -1, "row of headquarters", "who works with it"),
        C("lent_at", I64, -NEVER, "minute", ""),
        C("locked_until", I64, -NEVER, "minute", "a human order holds until"),
        C("rest_until", I64, -NEVER, "minute", ""),
        C("reason", I16, 0, "Reason", "why it does what it does"),
        C("detail", I64, 0, "", "up to four numbers of the reason", width=4),
    ),
)

STAFF_NOTES: Final = TableSpec(
    "staff_notes",
    (
        C("cycle_at", I64, 0, "minute", "when it plans next"),
        C("planned_at", I64, -NEVER, "minute", "when it last planned"),
        C("directive", I32, -1, "row of directives", "directive it works on"),
        C("target_a", I32, -1, "cell", "spearhead"),
        C("target_b", I32, -1, "cell", "shoulder"),
        C("target_c", I32, -1, "cell", "third target"),
        C("target_since", I64, -NEVER, "minute", ""),
        C("committed_at", I64, -NEVER, "minute", "mobile group committed"),
        C("need", I64, 0, "points", "need at the last cycle"),
        C("need_before", I64, 0, "points", "need at the cycle before"),
        C("need_since", I64, NEVER, "minute", "since when its line has been in need of a reserve"),
        C("role_changed_at", I64, -NEVER, "minute", ""),
        C("lent_to_at", I64, -NEVER, "minute", ""),
        C("gave_at", I64, -NEVER, "minute", ""),
        C("phase", I8, 0, "Phase", "on the way to its line, on it, withdrawing"),
        C("phase_since", I64, -NEVER, "minute", ""),
        C("fell_back", I8, 0, "0/1", "on the line it may fall back to"),
        C("ahead", I32, -1, "row of directives", "the coming withdrawal that it has begun before its hour"),
        C("ahead_at", I64, -NEVER, "minute", "when it first went ahead of its hour"),
        C("attacking", I8, 0, "0/1", "leads an attack: plans again at every alarm"),
        C("full_at", I64, -NEVER, "minute", "last cycle that looked at the whole line"),
        C("quiet_since", I64, NEVER, "minute", "since when most of its front has had nobody before it"),
        C("linked_at", I64, NEVER, "minute", "when two pieces of own land met; -1 they were apart"),
        C("group_men", I64, 0, "men", "men of the assault group when it began, and of those who joined it"),
        C("end_reason", I8, 0, "EndReason", ""),
        C("directed_at", I64, -NEVER, "minute", "when the high command last gave it a directive"),
        C("paused_at", I64, -NEVER, "minute", "when its attack last stopped for want of supply"),
        C("resumed_at", I64, -NEVER, "minute", "when it last went on; before paused_at: it stands still"),
    ),
)

FAILURE_NOTES: Final = TableSpec(
    "failure_notes",
    (
        C("hq", I32, -1, "row", ""),
        C("hex", I32, -1, "cell", ""),
        C("failures", I16, 0, "", "attacks that failed there"),
        C("failed_at", I64, -NEVER, "minute", ""),
    ),
)

NOTES: Final = (FORMATION_NOTES, STAFF_NOTES, FAILURE_NOTES)
TABLES: Final = (
    FORMATIONS, HEADQUARTERS, ORDERS, DIRECTIVES, BATTLES, PARTICIPANTS, HEXES, HEXSIDES, LINKS, DEPOTS, SIGHTINGS, SHIPS,
    CRAFT, WEATHER, SIDES, SYSTEMS, PEOPLE, HAPPENINGS, GOALS, COURSE, *NOTES,
)  # fmt: skip
