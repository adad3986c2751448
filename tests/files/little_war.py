"""A desk with a small scenario on it: files in a folder of their own, edited by each test and read again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.files.common import SCENARIOS
from engine.files.plain import plain_theatre
from engine.files.scenario import Loaded, check_scenario, load_scenario
from engine.model.scenario import Scenario
from engine.model.theatre import Place, Theatre

COLUMNS, ROWS = 12, 8
"""Hexes of the little theatre; column 11 is sea. It lies between 56.79 and 57.25 N, 26.50 and 27.45 E."""


def little_theatre() -> Theatre:
    """Twelve by eight hexes with four towns; the eastern column is sea."""
    bare = plain_theatre(COLUMNS, ROWS)
    towns = (
        ("siauliai", "Šiauliai", {"de": "Schaulen"}, 2, 1),
        ("kelme", "Kelmė", {}, 6, 1),
        ("auce", "Auce", {"de": "Autz"}, 2, 6),
        ("riga", "Riga", {}, 8, 6),
        ("port", "Libau", {}, 10, 5),
    )
    places = []
    for key, name, names, column, row in towns:
        cell = bare.grid.cell(column, row)
        lat, lon = bare.lat_lon(cell)
        places.append(Place(key, name, names, lat, lon, cell, 2))
    sea = [0 if cell % COLUMNS == COLUMNS - 1 else 1 for cell in range(bare.grid.size)]
    return plain_theatre(COLUMNS, ROWS, places=places, arrays={"kind": sea})


FILES = {
    "scenario.toml": """\
format = 1
id = "little"
title = "A little war"
start = 1944-08-15
end = 1944-08-20
theatre = "little"

[sides.axis]
name = "Axis"
[sides.soviet]
name = "Red Army"

[ground]
default = "soviet"
[[ground.area]]
side = "axis"
polygon = [[57.02, 26.0], [57.02, 28.0], [56.0, 28.0], [56.0, 26.0]]

[[supply]]
side = "axis"
place = "Libau"
kind = "port"
capacity_t = 1000
src = "book"
grade = "estimate"

[[supply]]
id = "soviet_rail"
side = "soviet"
place = "Siauliai"
kind = "rail"
capacity_t = 2000
capacity_t_low = 1500
capacity_t_high = 2500
src = "book"
grade = "estimate"

[[objective]]
side = "soviet"
place = "Riga"
points = 50
src = "book"
grade = "estimate"

[rules]
"combat.lethality_axis" = { value = 1.4, src = "book", grade = "estimate" }
""",
    "forces.csv": """\
# formations
id,parent,place,bearing_deg,distance_km,lat,lon,role,men,men_low,men_high,afv,arrives,src,grade,note
g_id_1,g_hq_1,Auce,0,6,,,line,8000,7000,9000,10,,book,reference,
g_pd_2,g_hq_1,Riga,,,,,reserve,,,,,1944-08-16T06:00,book,estimate,"comes by rail, later"
s_rd_3,s_hq_1,,,,57.20,26.70,line,5000,,,,,book,reference,
""",
    "headquarters.csv": """\
id,name,side,echelon,parent,commander,staff,place,lat,lon,src,grade
g_hq_0,Third Army,axis,army,,A. General,1.1,Riga,,,book,reference
g_hq_1,I Corps,axis,corps,g_hq_0,B. General,1.0,Auce,,,book,reference
s_hq_1,1st Army,soviet,army,,C. General,0.9,Kelme,,,book,reference
""",
    "assets.csv": """\
id,hq,name,kind,guns,sorties_day,from,until,src,grade
g_art_1,g_hq_0,Heavy guns,artillery,36,,,,book,estimate
s_air_1,s_hq_1,Ground attack,air,,80,1944-08-16,1944-08-18T12:00,book,estimate
""",
    "reinforcements.csv": """\
id,kind,subject,at,hq,men,staff,text,src,grade
,replacements,s_rd_3,1944-08-17,,500,,,book,estimate
new_chief,commander,s_hq_1,1944-08-18T10:00,,,1.2,D. General,book,estimate
""",
    "people.csv": """\
id,kind,side,place,radius_km,hq,nation,men,men_day,men_day_low,men_day_high,share_day,from,until,opens,src,grade
,conscription,soviet,Siauliai,20,s_hq_1,,900,40,20,60,,1944-08-16,,,book,estimate
gone_home,release,axis,,,,,,,,,0.05,,1944-08-19,event,book,estimate
""",
    "events.toml": """\
[[event]]
id = "riga_falls"
title = "Riga is lost"
trigger = ["held:soviet:Riga", "lost_formations:axis:1"]
any = true
after_days = 0.5
src = "book"
grade = "estimate"
[[event.effect]]
kind = "people"
subject = "gone_home"
[[event.effect]]
kind = "permission"
subject = "g_hq_0"
permission = "may_fall_back"

[[event]]
id = "over"
title = "The axis gives up"
side = "axis"
at = 1944-08-18
trigger = "event:riga_falls"
secret = true
src = "book"
[[event.effect]]
kind = "surrender"
side = "axis"
[[event.effect]]
kind = "end"
""",
    "plan_axis.toml": """\
[[directive]]
id = "to_siauliai"
hq = "g_hq_1"
kind = "attack"
axis = ["Auce", "Siauliai"]
assault = ["g_id_1"]
mobile = ["g_pd_2"]
corridor_km = 10
start = 1944-08-16T04:30:00
permission = "free"
src = "book"
grade = "document"
""",
    "weather.csv": """\
date,zone,sky,ground,temp_c,wind,cloud_pct,sea,src,grade
1944-08-15,all,clear,dry,22,2,10,2,book,reference
1944-08-16,all,rain,,17,4,90,4,book,reference
1944-08-17,all,cloud,wet,18,3,60,3,book,reference
1944-08-18,all,clear,dry,21,2,10,2,book,reference
1944-08-19,all,clear,dry,23,2,10,2,book,reference
""",
    "history.toml": """\
[[fact]]
id = "siauliai_held"
kind = "control"
date = 1944-08-19
side = "soviet"
place = "Siauliai"
src = "book"
grade = "reference"

[[fact]]
id = "losses"
kind = "loss"
from = 1944-08-15
to = 1944-08-20
side = "axis"
measure = "men"
low = 500
high = 900
src = "book"
[[fact.rival]]
src = "other"
value = 400
""",
    "sources.toml": """\
[book]
title = "A book of the war"
author = "E. Historian"
year = 1999
kind = "book"
[other]
title = "Another"
""",
}

KINDS = """\
kind,name,mobility,combat_share,cev,men,afv,guns,ammo_attack_t,fuel_100km_t,food_kg_man,src,grade
infantry,infantry division,foot,0.45,1.15,9500,8,50,220,10,3,book,estimate
panzer,panzer division,track,0.4,1.45,12000,80,70,300,130,3,book,estimate
rifle,rifle division,foot,0.6,0.85,5500,0,80,220,8,3,book,estimate
"""

IDENTITIES = """\
id,name,name_de,side,nation,kind,echelon,src,grade
g_id_1,1st Infantry Division,1. Infanterie-Division,axis,DE,infantry,division,book,document
g_pd_2,2nd Panzer Division,2. Panzer-Division,axis,DE,panzer,division,book,document
s_rd_3,3rd Rifle Division,,soviet,SU,rifle,division,book,document
"""


@dataclass
class Desk:
    """The scenario `little` in a folder of scenarios of its own."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "little"

    def write(self, name: str, text: str | bytes) -> Desk:
        """Replace a file of the scenario (or of common/, what_if/)."""
        path = self.root / name if "/" in name else self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def edit(self, name: str, old: str, new: str) -> Desk:
        """Replace one piece of text that must be there once."""
        path = self.root / name if "/" in name else self.folder / name
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new))
        return self

    def add(self, name: str, text: str) -> Desk:
        """Append to a file."""
        path = self.folder / name
        path.write_text(path.read_text() + text)
        return self

    def check(self, overlays: Sequence[str | Path] = (), sets: Sequence[str] = ()) -> Loaded:
        return check_scenario(self.folder, overlays, sets, theatre=little_theatre())

    def load(self, overlays: Sequence[str | Path] = (), sets: Sequence[str] = (), *, force: bool = False) -> Scenario:
        return load_scenario(self.folder, overlays, sets, theatre=little_theatre(), force=force)

    def faults(self, overlays: Sequence[str | Path] = (), sets: Sequence[str] = ()) -> list[str]:
        """Every fault as its line of text."""
        return [str(fault) for fault in self.check(overlays, sets).faults]


def lay_out(root: Path) -> Desk:
    """Write the little scenario below `root`."""
    (root / "common").mkdir(parents=True)
    for name in ("rules.toml", "terrain.csv", "sources.toml"):
        shutil.copy(SCENARIOS / "common" / name, root / "common" / name)
    (root / "common" / "kinds.csv").write_text(KINDS)
    (root / "common" / "formations.csv").write_text(IDENTITIES)
    (root / "little").mkdir()
    for name, text in FILES.items():
        (root / "little" / name).write_text(text)
    return Desk(root)
