"""The replay page: one file, complete, with every sample of the run in it."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

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


def test_losses_are_those_of_the_run_by_side_and_facts_name_sides_in_words() -> None:
    from tests.laws.war import end, reference

    run = reference("doppelkopf")
    data = contents(run)
    formations = run.world.formations
    last = data["minutes"][-1]
    assert end("doppelkopf") - STEP_MIN < last <= end("doppelkopf")
    assert all(a <= b for before, after in zip(data["losses"], data["losses"][1:], strict=False)
               for a, b in zip(before, after, strict=True))  # fmt: skip
    if last == run.now:
        men = formations.read("battle", run.now) + formations.captured_u
        assert data["losses"][-1][0] == int(men[formations.side == 0].sum()) // 1_000_000
    texts = [text for _, text, _, _ in data["facts"]]
    assert any(text.endswith(": Red Army") for text in texts)
    assert not any(text.endswith((": soviet", ": axis")) for text in texts)
    assert "Žagarė: Red Army" in texts


def test_the_page_runs_in_a_browser(tmp_path: Path) -> None:
    """Chromium opens it, the script comes to its end, and the map is painted."""
    import shutil
    import subprocess

    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here; .ci/run installs it")
    page, picture = tmp_path / "replay.html", tmp_path / "page.png"
    session = Session(drawn_scenario(":R:R:\n.A.A.", days=3), 1)
    session.advance(1440)
    write(session, page)
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("window.ready = true;", "go(4); document.body.dataset.ready = $('when').textContent;"))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path / 'user'}",
               "--window-size=900,600", "--virtual-time-budget=5000"]  # fmt: skip
    seen = subprocess.run([browser, *options, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120)
    assert 'data-ready="Tue, 15 August 1944 at 12:00"' in seen.stdout, seen.stderr[-500:]
    subprocess.run([browser, *options, f"--screenshot={picture}", page.as_uri()], capture_output=True, timeout=120)
    import pygame

    colours = np.unique(pygame.surfarray.array3d(pygame.image.load(picture)).reshape(-1, 3), axis=0)
    assert len(colours) > 50
