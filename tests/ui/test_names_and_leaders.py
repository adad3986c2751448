"""Names and commanders on the window as they are at its moment, by date and by event; events in the log."""

from __future__ import annotations

from tests.rules.marches import DAY
from tests.rules.politics_kit import Effect, event, war
from ui.map.scene import TRUTH, called, led_by
from ui.map.stages.live import LiveStage
from ui.map.stages.log import readable

FIELD = """
::R::
:::::
.....
.A...
"""


def stage() -> LiveStage:
    told = [
        event("renamed", at_min=DAY // 2, does=[Effect("rename", subjects=("axis_hq",), text="Army Group Courland")]),
        event("whisper", at_min=DAY // 2, side="axis", secret=True),
    ]
    changes = [{"kind": "commander", "subject": s, "at_min": 360, "text": "L. Rendulic"} for s in ("a1", "axis_hq")]
    led = {"A": {"commander": "F. Beckmann"}}
    return LiveStage(war(FIELD, led, events=told, changes=changes, days=2, frames=True), "replay")


def test_a_unit_has_the_name_and_the_commander_of_the_moment():
    shown = stage()
    number = {u.id: k for k, u in enumerate(shown.story.units)}
    shown.run_to(DAY)
    shown.finish()
    assert [led_by(shown, number["a1"], m) for m in (0, 360)] == ["F. Beckmann", "L. Rendulic"]
    assert [led_by(shown, number["axis_hq"], m) for m in (359, 360)] == ["", "L. Rendulic"]
    old = shown.story.units[number["axis_hq"]].name
    assert [called(shown, number["axis_hq"], m) for m in (0, DAY // 2)] == [old, "Army Group Courland"]
    shown.close()


def test_the_log_tells_who_takes_over_and_what_happens_and_keeps_secrets():
    shown = stage()
    shown.run_to(DAY)
    shown.finish()
    told = {viewer: [m.headline for m in readable(shown.messages(viewer), viewer)] for viewer in (TRUTH, 0, 1)}
    assert {"renamed", "whisper"} <= set(told[TRUTH])
    assert any(line.startswith("L. Rendulic takes over") for line in told[0])
    assert "whisper" in told[0]
    assert "whisper" not in told[1]
    assert "renamed" in told[1]
    shown.close()
