"""Names on counters and in the order of battle: short, and still told apart."""

from __future__ import annotations

import pytest

from ui.map.panels.tree import shorter
from ui.map.stages.story import face_of


@pytest.mark.parametrize(
    ("name", "short", "face"),
    [
        ("III (Germanic) SS Panzer Corps", "III SS Panzer Corps", "III SS"),
        ("XXXIX Panzer Corps", "XXXIX Panzer Corps", "XXXIX"),
        ("329th Infantry Division (battle group)", "329th Inf Div", "329"),
        ("417th Rifle Division", "417th Rifle Div", "417"),
    ],
)
def test_remarks_in_brackets_are_left_out_and_what_follows_them_is_not(name: str, short: str, face: str) -> None:
    assert shorter(name) == short
    assert face_of(name) == face
