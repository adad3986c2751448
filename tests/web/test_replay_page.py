"""The replay page: one file, complete, with every sample of the run in it."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import numpy as np

from engine.files.drawn import drawn_scenario
from engine.run.session import Session
from ui.web.replay import STEP_MIN, contents, write


def test_the_page_carries_every_sample_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    session = Session(drawn_scenario(":R:R:\n.A.A.", days=3), 1)
    session.advance(1440)
    before = session.digest()
    write(session, tmp_path / "replay.html")
    page = (tmp_path / "replay.html").read_text()
    assert "http" not in page.replace("http://www.w3.org", "")
    start = page.index("const D = ") + len("const D = ")
    data = json.loads(page[start : page.index(";\n", start)].replace("<\\/", "</"))
    assert data["minutes"] == list(range(0, 1441, STEP_MIN))
    assert len(data["formations"]) == 4
    assert session.digest() == before


def test_samples_read_back_as_they_were() -> None:
    session = Session(drawn_scenario(":R:R:\n.A.A.", days=3), 1)
    session.advance(2 * STEP_MIN)
    raw = gzip.decompress(base64.b64decode(contents(session)["owner"]))
    delta = np.frombuffer(raw, "<i2").reshape(3, -1)
    owner = session.world.hexes.owner[session.scenario.window]
    assert (np.cumsum(delta, axis=0)[-1] == owner).all()
