"""What each kind of event rests on: the rules that decide it, why in a sentence, and the parameters they weigh.

The terms of a single event come from running its decision again (``run.why``); this table names the columns of the
world that tell the situation and the parameters that stand behind the kind, so that every event can show value, rule,
parameter and source. A test holds it together with the kinds of events, the rules and the file of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Ground:
    """``rules``: modules of ``engine/rules`` (or ``run``) that decide it; ``because``: when it happens.

    ``reads``: (table, column) of the world that tell the situation of whoever it is about, as it was before.
    """

    rules: tuple[str, ...]
    because: str
    parameters: tuple[str, ...] = ()
    reads: tuple[tuple[str, str], ...] = ()


def _of(rules: str, because: str, reads: str = "", *parameters: str) -> Ground:
    """``reads`` such as ``formations: hex task; hexes: owner``."""
    columns = [(table.strip(), name) for table, _, names in (part.partition(":") for part in reads.split(";"))
               for name in names.split()]  # fmt: skip
    return Ground(tuple(rules.split()), because, parameters, tuple(columns))


GROUNDS: Final[Mapping[str, Ground]] = {
    # Inputs.
    "Redrawn": _of(
        "redraw", "the run was given other luck from this minute on",
        "battles: yield_left break_left; formations: surrender_left",
    ),
    "Ticked": _of(
        "weather command arrivals supply combat control recovery headquarters rail intelligence score people politics "
        "sea works",
        "a rule that keeps a calendar has run and says when it wants to run again", "systems: next_at",
    ),
    "Ordered": _of(
        "door command", "a commander gave an order; its courier needs time",
        "formations: hex hq task; headquarters: staff hex moved_at", "command.delay_spread", "command.range_km",
        "command.range_driven", "command.delay_continue", "command.courier_kmh",
    ),
    "Noted": _of("memory", "a staff wrote down what it will want to know at its next cycle"),
    "Directed": _of(
        "directing", "a headquarters was given a directive; its courier needs time", "headquarters: parent staff",
        "command.delay_spread",
    ),
    # Weather and command.
    "WeatherChanged": _of(
        "weather", "a day, or its light, begins", "weather: sky ground wind sea flyable daylight ice_mm strait_ice",
        "weather.persistence", "weather.rain_to_mud_days", "weather.frost_c", "weather.ice_growth_cm",
        "weather.ice_strait", "weather.ice_open",
    ),
    "IceBroke": _of(
        "ice weather", "the ice on open water no longer bears men", "weather: strait_ice ice_mm",
        "weather.ice_open", "weather.ice_foot_cm", "weather.ice_melt_cm",
    ),
    "BrokeIn": _of(
        "ice weather", "the ice no longer bore who stood on it", "weather: strait_ice ice_mm; formations: hex mobility",
        "weather.ice_foot_cm", "weather.ice_tank_cm", "weather.ice_drowned", "weather.ice_sunk",
    ),
    "OrderTaken": _of(
        "command", "the courier has arrived; of several orders the last counts",
        "orders: issued_at arrives_at kind goal; formations: task goal hex", "command.delay_spread",
    ),
    "OrderClosed": _of(
        "command arrivals rail_moves embarking", "it is done, cannot be done, or a later one counts",
        "orders: kind goal state formation",
    ),
    "Attached": _of(
        "command arrivals effects", "a dated line of the order of battle, an event, or an order says so",
        "formations: hq",
    ),
    "Kept": _of("command", "an order keeps it in the theatre, or lets it go", "formations: kept leaves_at"),
    "Subordinated": _of(
        "command effects", "a dated line of the order of battle or an event says so", "headquarters: parent",
    ),
    "CommanderChanged": _of(
        "command effects", "a dated line of the order of battle or an event says so", "headquarters: commander staff",
    ),
    "TookCommand": _of(
        "command effects", "a dated line of the order of battle or an event says so", "formations: commander",
    ),
    "DirectiveStarted": _of(
        "command", "its hour has come and what it waited for has happened",
        "directives: kind start_at known_at trigger trigger_ref state",
    ),
    "DirectiveEnded": _of(
        "command", "its end has come, or its headquarters reports that it is through",
        "directives: kind start_at end_at state", "staff.culmination", "staff.hold_hexes_end_h",
    ),
    "Alarmed": _of(
        "alarms headquarters combat_outcomes", "something happened near its formations that its staff must look at",
        "headquarters: alarm_at hex",
    ),
    "HeadquartersMoved": _of(
        "headquarters", "it keeps behind its front, or was driven off", "headquarters: hex moved_at echelon",
        "command.behind_hexes_corps", "command.danger_hexes", "command.displaced_h",
    ),
    # Battle.
    "Engaged": _of(
        "combat_start", "an attacker with an order stands ready beside its target", "hexes: owner battles works",
        "combat.attacker_noise", "combat.defender_noise", "combat.surprise_x",
    ),
    "Joined": _of(
        "combat_flows", "it attacks the hex, holds it, or screens it from near by",
        "formations: hex task target men_u cohesion_n", "contact.screen_near", "contact.screen_far",
    ),
    "LeftBattle": _of(
        "combat_flows", "it has gone, or its battle is over", "formations: hex status task target leg_to",
    ),
    "Fought": _of(
        "combat_flows combat_refresh", "odds decide how soon a side gives up, and how fast ground is won",
        "battles: x phi cause yield_left break_left surprise started_at", "combat.win_intercept", "combat.win_slope",
        "combat.tau_days", "combat.advance_km_day",
    ),
    "Bled": _of(
        "combat_flows combat_rates", "losses of a day follow from odds, posture, ground and luck",
        "formations: men_u afv_u guns_u", "combat.attacker_loss_day", "combat.defender_loss_day",
        "combat.intensity_east",
    ),
    "Suffered": _of(
        "combat_wear", "losses of all its battles together, and what they cost in strength",
        "formations: men_u cohesion_n fatigue_n ammo_g", "combat.attacker_loss_day", "combat.defender_loss_day",
        "combat.intensity_east", "combat.cohesion_loss", "combat.fatigue_assault_day",
    ),
    "Skirmished": _of(
        "combat_skirmish", "an enemy stands near it and nobody attacks it: fire, or forward detachments and rear guards",
        "formations: men_u afv_u guns_u hex task works_n last_fight_at; hexes: works",
        "combat.intensity_quiet", "combat.intensity_hold", "combat.intensity_pursuit", "contact.fire_hexes",
        "contact.rear_guard_hexes", "contact.rear_guard_works", "contact.active_hexes",
    ),
    "BattleEnded": _of(
        "combat_outcomes combat_flows", "a threshold was used up, or nobody attacks any more",
        "battles: x phi yield_left yield_rate break_left break_rate depth_u started_at", "combat.tau_days",
        "combat.decision_h", "combat.win_slope",
    ),
    "Retreated": _of(
        "combat_outcomes combat_retreat", "the defender has yielded and has a way back",
        "formations: men_u cohesion_n hex; battles: x phi depth_u", "combat.yield_loss", "combat.yield_loss_mean",
        "combat.yield_captured",
        "combat.yield_cohesion", "combat.gun_retreat_rout", "contact.retreat_zoc_hops", "contact.retreat_pause_h",
    ),
    "GaveGround": _of(
        "combat_outcomes", "the defender has yielded, and keeps part of the hex",
        "formations: men_u cohesion_n hex; battles: x phi depth_u", "combat.yield_loss", "combat.yield_loss_mean",
        "combat.yield_captured",
        "combat.yield_cohesion", "combat.gun_retreat_rout", "combat.yield_retreat_km",
    ),
    "Cornered": _of(
        "combat_outcomes", "the defender has yielded and has no way back",
        "formations: men_u cohesion_n hex cut_off_since; battles: x phi", "contact.trapped_loss",
        "contact.trapped_cohesion", "contact.trapped_surrender",
    ),
    "BrokeOff": _of(
        "combat_outcomes", "the attacker's threshold was used up first",
        "formations: cohesion_n fatigue_n afv_shop_u; battles: x break_left break_rate", "combat.break_off_cohesion",
        "combat.break_off_fatigue", "combat.thrown_back",
    ),
    "SentIn": _of(
        "combat_outcomes", "one of the attackers occupies the hex that fell",
        "formations: hex target mobility; hexes: owner", "contact.occupy_low_h", "contact.occupy_high_h",
    ),
    "AttackDone": _of("combat_outcomes", "the hex has fallen, and another moves in", "formations: hex target task"),
    "BrokeThrough": _of(
        "combat_outcomes", "a mobile attacker finds the breach open and nobody near",
        "formations: mobility task target; hexes: owner", "combat.breakthrough_x", "combat.breakthrough_slope",
    ),
    "DepthKept": _of(
        "combat_outcomes", "ground won is kept when an attack stops", "hexes: owner battles",
        "contact.depth_decay_day",
    ),
    "Endangered": _of(
        "surrender effects", "cut off, or shaken beside the enemy, it may lay down its arms",
        "formations: cohesion_n cut_off_since hungry_since supplied contact", "combat.surrender_day",
        "combat.surrender_slope", "combat.surrender_cohesion",
    ),
    "Surrendered": _of(
        "surrender combat_outcomes", "the hazard has used up its threshold, or there is no way back",
        "formations: surrender_left surrender_gain as_of cohesion_n cut_off_since men_u", "combat.surrender_day",
        "contact.trapped_surrender", "combat.escape_near", "combat.escape_far",
    ),
    "Dispersed": _of(
        "surrender combat_outcomes", "few of its men are left, it was run over, or it was shaken with a way back open",
        "formations: men_u men_full cohesion_n cut_off_since", "combat.disperse_share", "combat.overrun_x",
        "combat.escape_open",
    ),
    # Marches and ground.
    "Departed": _of(
        "marching", "it has an order, a way, and room ahead", "formations: hex goal task mobility fuel_g",
        "movement.foot_km_day", "movement.track_km_day", "movement.night", "contact.zoc_leg_h",
    ),
    "Entered": _of(
        "entering", "its step is over; of rivals for a place the die decides",
        "formations: hex leg_to departed_at leg_at works_n", "contact.stack_limit", "contact.screen_works",
    ),
    "Blocked": _of(
        "marching", "the next hex cannot be entered now", "formations: hex goal task fuel_g; hexes: owner",
        "movement.look_h", "contact.stack_limit",
    ),
    "Arrived": _of("marching", "it stands where its order wanted it", "formations: task goal target"),
    "Stopped": _of("marching", "its way leads no further now", "formations: task goal order", "movement.look_h"),
    "Looked": _of(
        "marching", "it looked round and goes on with what it does", "formations: task leg_to departed_at leg_at",
        "movement.look_h",
    ),
    "Captured": _of(
        "entering control landing effects", "entered, nobody guards it, or it is handed over",
        "hexes: owner owner_since closing_since",
        "contact.flip_radius", "contact.salient_h", "contact.cut_off_h",
    ),
    "Closing": _of(
        "control", "an unguarded salient with hostile neighbours", "hexes: owner owner_since closing_since",
        "contact.salient_neighbours", "contact.salient_radius", "contact.salient_h",
    ),
    "Touched": _of("movement", "an enemy formation came beside it, or went", "formations: hex contact"),
    "Appeared": _of(
        "arrivals", "its date has come and there is room near its place",
        "formations: appears_at goal hq; hexes: owner", "arrivals.near_hexes", "arrivals.divert_km_day",
    ),
    "Postponed": _of(
        "arrivals", "there is no room, or its station is lost", "formations: appears_at goal", "arrivals.retry_h",
    ),
    "LeftMap": _of(
        "arrivals", "its date has come, or it was called away, and it is neither in battle nor cut off",
        "formations: hex cut_off_since leaves_at",
    ),
    "Entrained": _of(
        "rail_moves", "told to entrain, it stands on a railway that leads there", "formations: men_u hex goal",
        "movement.rail_load_h", "movement.rail_ramps", "movement.rail_km_day", "movement.rail_single_trains",
    ),
    "NotEntrained": _of(
        "rail_moves", "an enemy is beside it, or no railway leads there", "formations: hex goal contact",
    ),
    "BridgeBlown": _of(
        "bridges", "who loses the ground blows the bridge", "hexes: owner owner_since", "movement.bridge_blow",
        "movement.bridge_coup",
    ),
    "BridgeWork": _of(
        "bridges", "who holds both banks rebuilds", "hexsides: hex direction bridge_down bridge_ready_at",
        "movement.bridge_repair_days",
    ),
    "BridgeRebuilt": _of(
        "bridges", "the work is done", "hexsides: hex direction bridge_ready_at", "movement.bridge_repair_days",
    ),
    # Strength, supply, railways.
    "Recovered": _of(
        "recovery", "rates of rest, digging, repair, sickness and use for six hours",
        "formations: men_u cohesion_n fatigue_n works_n afv_shop_u task contact", "combat.cohesion_recovery_day",
        "combat.fatigue_rest_day", "fortification.level_1_days", "repair.short_days", "combat.sickness_day",
        "repair.replacements_axis_day", "repair.replacements_soviet_day",
    ),
    "Worn": _of(
        "recovery", "what the ground covered and battles cost, and want of food",
        "formations: moved_m worn_m forced_m afv_u afv_shop_u fuel_g cohesion_n", "combat.fatigue_march_day",
        "repair.breakdown_scale", "repair.battle_km_day", "repair.country_wear", "repair.busy_factor",
        "supply.food_cohesion_day", "supply.pocket_cohesion_day",
    ),
    "Replaced": _of("recovery", "a dated line of the order of battle says so", "formations: men_u afv_u guns_u"),
    "Supplied": _of(
        "supply", "trunk, trucks and aircraft bring what is asked for as far as they can",
        "formations: ammo_g fuel_g food_g cut_off_since men_u", "supply.stock_days_leg", "supply.train_t",
        "supply.truck_payload_t", "supply.airlift_t",
    ),
    "Shipped": _of(
        "supply", "what the sources passed on to those who asked", "depots: capacity_t working sea_kg",
        "supply.port_fire_share", "supply.port_fire_km", "supply.sea_loss",
    ),
    "Isolated": _of(
        "supply", "no way over own ground leads to a working source, or one does again",
        "formations: hex cut_off_since; hexes: owner",
    ),
    "RailBroken": _of("rail", "the ground it lies on changed hands", "links: hex direction gauge broken"),
    "RailWork": _of(
        "rail", "crews begin where the line is connected, nearest to a source first",
        "links: hex direction gauge broken ready_at", "supply.rail_crews_axis", "supply.rail_crews_soviet",
        "supply.railhead_km_day", "supply.gauge_axis_km_day", "supply.gauge_soviet_km_day", "supply.rail_bridge_days",
    ),
    "RailOpened": _of("rail", "the work is done", "links: hex direction gauge ready_at", "supply.railhead_km_day"),
    "Expected": _of(
        "arrivals effects", "a dated line, or an event, calls it to the theatre",
        "formations: status appears_at leaves_at",
    ),
    "Scored": _of("score", "the objectives a side holds at the end of the day", "sides: score"),
    # Intelligence.
    "Sighted": _of(
        "intelligence", "contact, patrols, aircraft, radio or partisans found it, or a report was false",
        "sightings: level hex seen_at; formations: hex leg_to", "intelligence.contact_level",
        "intelligence.patrol_hazard_h", "intelligence.dummy_hazard_h", "intelligence.dummy_trust",
        "intelligence.air_clear", "intelligence.radio_hazard_h",
        "intelligence.estimate_spread",
    ),
    "Dismissed": _of(
        "intelligence", "own troops stand where the report had somebody", "sightings: formation level hex seen_at",
        "intelligence.memory_days",
    ),
    # People, politics, victory.
    "CalledUp": _of(
        "people", "the side holds the region and its troops lack men",
        "people: left_u done_u; formations: men_u men_full", "people.draft_wait_days", "people.draft_reach_km",
    ),
    "CameBack": _of(
        "people", "wounded have recovered", "people: owed_u done_u; formations: men_u men_full", "people.return_days",
    ),
    "Healed": _of(
        "people", "the wounded of the day are counted", "people: seen_u owed_u", "people.wounded_axis",
        "people.wounded_soviet", "people.return_axis", "people.return_soviet",
    ),
    "WentHome": _of(
        "people", "a row about people lets them go", "people: open_at close_at done_u; formations: men_u hex",
    ),
    "CutRails": _of(
        "people", "partisans find a line that nobody guards", "people: left_u; links: hex direction gauge broken",
        "people.cuts_1000_day", "people.guard_worth",
    ),
    "Hunted": _of(
        "people", "troops behind the line hunt them", "people: left_u done_u", "people.hunt_day",
        "people.guard_others",
    ),
    "Ripened": _of("politics", "what it waits for has come true; its delay runs", "happenings: met_at"),
    "Happened": _of("politics", "what it waits for has come true, and its delay is over", "happenings: met_at"),
    "HappenedInSecret": _of(
        "politics", "what it waits for has come true, and its delay is over", "happenings: met_at",
    ),
    "Recalled": _of("effects", "an event calls it away", "formations: status hex"),
    "SourceChanged": _of("effects", "an event opens, shuts or changes it", "depots: capacity_t working"),
    "Permitted": _of("effects", "an event gives or takes leave to fall back", "directives: permission state hq"),
    "FortressDeclared": _of(
        "fortress effects command", "an event or a directive declares the place a fortress",
        "hexes: fortress owner", "combat.phi_fortress", "combat.surrender_fortress",
    ),
    "FortressLifted": _of("fortress effects command", "an event or a directive lifts the fortress", "hexes: fortress owner"),
    "Opened": _of("effects", "an event opens or shuts the row", "people: open_at close_at"),
    "RunEnded": _of("effects", "an event ends the fighting", "course: ends_at"),
    "Settled": _of("score", "the date of the objective has come", "goals: settled_at"),
    # Sea.
    "PortsServed": _of(
        "ports", "ships bring cargo to the ports that are open", "depots: capacity_t working", "naval.cargo_ship_t",
    ),
    "Boarded": _of(
        "embarking", "it stands at a port, and there is shipping for it", "formations: hex men_u guns_u afv_u",
        "naval.evacuation_men_day", "naval.main_port_t", "naval.embark_close",
    ),
    "Sailed": _of(
        "embarking", "all are aboard", "formations: goal men_u", "naval.ship_kmh", "naval.off_lane", "naval.unload_h",
    ),
    "Rejoined": _of("embarking", "those left behind are taken back", "formations: men_u"),
    "Disembarked": _of(
        "embarking", "the convoy has come in", "formations: appears_at goal men_u", "naval.sailing_loss",
        "naval.drowned",
    ),
    "CameHome": _of(
        "embarking", "the convoy has reached home", "formations: appears_at men_u", "naval.sailing_loss",
        "naval.drowned",
    ),
    "NotEmbarked": _of("embarking", "no port, no shipping, or no way by sea", "formations: hex goal contact"),
    "Landed": _of(
        "landing", "craft and sea allow, and the beach was won", "formations: goal men_u", "naval.landing_first",
        "naval.landing_loss", "naval.landing_loss_fire", "weather.sea_landing",
    ),
    "BeatenOff": _of(
        "landing", "the defender of the beach was too strong", "formations: goal men_u", "naval.landing_loss_beaten",
    ),
    "NotLanded": _of(
        "landing", "no craft, too rough a sea, or no beach", "formations: hex goal", "weather.sea_landing",
    ),
    "CameAshore": _of("landing", "another wave follows", "formations: men_u goal", "naval.wave_h"),
    "BeachClosed": _of("landing", "the beach is closed, or no longer needed"),
    "CraftCrossed": _of("landing", "the craft are at another place"),
    # Engineers.
    "Laboured": _of(
        "works", "a day of work on the line of a directive to fortify", "directives: labour hq kind",
        "fortification.line_km_week",
    ),
    "LineReady": _of(
        "works", "the day on which a prepared line was ready, on ground that its builder holds", "hexes: works owner",
    ),
    "WorksBuilt": _of(
        "works", "the work is enough for another level", "hexes: works owner; directives: labour",
        "fortification.line_km_week", "fortification.line_level_max",
    ),
}  # fmt: skip
