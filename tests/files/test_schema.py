"""The committed schemas are what the models say, and the README's examples read."""

from __future__ import annotations

import re

from engine.files.common import SCENARIOS
from engine.files.rows import COMMON_CSV, CSV_TABLES
from engine.files.scenario import check_scenario
from engine.files.schema import texts


def test_the_committed_schemas_are_current():
    made = texts()
    committed = {path.name: path.read_text(encoding="utf-8") for path in (SCENARIOS / "schema").glob("*.json")}
    assert committed == made, "run `python -m engine.files.schema`"


def test_every_column_is_in_the_readme():
    from engine.files.boundary import ROWS, keys_of

    readme = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`([a-z_0-9]+)`", readme)) | set(re.findall(r"[a-z_0-9]+", readme))
    for table in (
        "forces",
        "headquarters",
        "assets",
        "reinforcements",
        "plans",
        "weather",
        "history",
        "supply_sources",
        "shipping",
        "objectives",
        "people",
        "events",
        "kinds",
        "identities",
        "sources",
    ):
        assert set(keys_of(ROWS[table])) - words == set(), table
    for file in (*CSV_TABLES, *COMMON_CSV):
        assert file in readme


def test_the_overlay_of_the_readme_fits_doppelkopf(tmp_path):
    readme = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", readme.partition("## Overlays")[2], re.DOTALL)[1]
    path = tmp_path / "overlay.toml"
    path.write_text(block, encoding="utf-8")
    errors = [str(f) for f in check_scenario("doppelkopf", [path]).faults if f.severity == "error"]
    assert errors == []
