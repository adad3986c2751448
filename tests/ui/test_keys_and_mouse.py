"""Keys and mouse do what the key sheet says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ui.map.actions.pressing import KEYS
from ui.map.app import App
from ui.map.camera import STOPS
from ui.map.keys import SHEET, KeyMap
from ui.map.settings import home

Open = Callable[..., App]


def unit(app: App, ident: str) -> int:
    return next(k for k, u in enumerate(app.stage.story.units) if u.id == ident)


def card_of(app: App, number: int) -> tuple[int, int]:
    for symbol, place in zip(app.map.symbols, app.map.places, strict=True):
        if number in symbol.members:
            return place
    raise LookupError(number)


def test_the_wheel_zooms_at_the_pointer(open_window: Open, hand: Any) -> None:
    app = open_window()
    at = (700, 300)
    before, stop = app.map.hex_at(at), app.map.camera.stop
    hand(app).wheel(at, 1)
    assert app.map.camera.stop == stop + 1
    assert app.map.hex_at(at) == before
    for _ in range(len(STOPS)):
        hand(app).wheel(at, 1)
    assert app.map.camera.stop == len(STOPS) - 1


@pytest.mark.parametrize("button", [1, 2])
def test_dragging_pans_the_map(open_window: Open, hand: Any, button: int) -> None:
    app = open_window()
    left, top = app.map.camera.corner
    hand(app).drag((700, 400), (760, 380), button)
    assert app.map.camera.corner == pytest.approx((left - 60, top + 20), abs=1)
    assert app.selected == -1


def test_a_click_selects_and_a_click_beside_deselects(open_window: Open, hand: Any) -> None:
    app = open_window()
    number = unit(app, "a1")
    hand(app).click(card_of(app, number))
    assert app.selected == number
    cell = int(app.stage.story.theatre.grid.neighbours[app.frame_now.hex[number], 5])
    hand(app).click(app.map.screen_of(cell))
    assert app.selected == -1
    assert app.selected_hex == cell
    hand(app).key("escape")
    assert app.selected_hex == -1


def test_clicking_again_takes_the_next_in_the_stack(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.stage._cells[unit(app, "a2")] = app.stage._cells[unit(app, "a1")]
    app.stage._drawn.clear()
    app.refresh_frame()
    app.draw()
    stack = next(s for s in app.map.symbols if len(s.members) > 1)
    place = app.map.places[app.map.symbols.index(stack)]
    seen = []
    for _ in stack.members:
        hand(app).click(place)
        seen.append(app.selected)
        place = card_of(app, app.selected)
    assert set(seen) == set(stack.members)


def test_a_double_click_opens_the_formation_in_the_tree(open_window: Open, hand: Any) -> None:
    app = open_window()
    number = unit(app, "a1")
    app.tree.open.clear()
    hand(app).click(card_of(app, number))
    hand(app).click(card_of(app, number), double=True)
    assert app.selected == number
    assert number in app.tree.open


def test_the_tree_and_the_map_select_each_other(open_window: Open, hand: Any) -> None:
    app = open_window()
    number = unit(app, "a3")
    hand(app).click(card_of(app, number))
    assert any(row.unit == number for row in app.tree.rows)
    other = next(row.unit for row in app.tree.rows if row.unit != number and not app.stage.story.units[row.unit].headquarters)
    hand(app).press(f"row {app.stage.story.units[other].id}")
    assert app.selected == other


def test_find_ignores_case_and_diacritics(open_window: Open, hand: Any) -> None:
    app = open_window()
    h = hand(app)
    h.key("f")
    assert app.tree.typing
    h.type("ZAGARE")
    assert [app.stage.story.units[r.unit].name for r in app.tree.rows] == ["Panzer Division Žagarė"]
    h.key("return")
    assert app.selected == unit(app, "b1")
    assert not app.tree.typing
    h.key("f")
    h.type("no such thing")
    assert app.tree.rows == []
    h.key("escape")
    assert app.tree.query == ""


def test_letters_typed_into_the_find_box_are_not_commands(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).key("f")
    hand(app).type("p1v")
    assert app.tree.query == "p1v"
    assert not app.playing


def test_space_goes_through_the_formations(open_window: Open, hand: Any) -> None:
    app = open_window()
    seen = []
    for _ in range(4):
        hand(app).key("space")
        seen.append(app.selected)
    assert len(set(seen)) == 4
    hand(app).key("shift+space")
    assert app.selected == seen[2]


def test_the_hex_cursor_selects_by_keyboard_alone(open_window: Open, hand: Any) -> None:
    app = open_window()
    h = hand(app)
    app.do("select", unit(app, "a4"))
    start = int(app.frame_now.hex[app.selected])
    h.key("up")
    h.key("up")
    assert app.marked.cursor == int(app.stage.story.theatre.grid.neighbours[start, 0])
    h.key("right")
    h.key("left")
    h.key("down")
    assert app.keyboard_cursor
    h.key("return")
    assert app.selected >= 0 or app.selected_hex == app.marked.cursor


def test_tab_walks_the_controls_and_enter_presses_them(open_window: Open, hand: Any) -> None:
    app = open_window()
    h = hand(app)
    seen = []
    for _ in range(60):
        h.key("tab")
        seen.append(app.focus_action)
        if app.focus_action == ("overlay", 5):
            break
    assert seen[0] == ("menu",)
    assert app.focus_action == ("overlay", 5)
    h.key("return")
    assert 5 in app.overlays
    h.key("shift+tab")
    assert app.focus_action == ("overlay", 4)


def test_f6_jumps_from_panel_to_panel(open_window: Open, hand: Any) -> None:
    app = open_window()
    seen = []
    for _ in range(5):
        hand(app).key("f6")
        seen.append(app.focus_action)
    assert len(set(seen)) >= 4


def test_number_keys_switch_overlays(open_window: Open, hand: Any) -> None:
    app = open_window()
    before = app.overlays
    hand(app).key("5")
    assert app.overlays == before ^ {5}
    hand(app).key("1")
    assert app.map.ground.tinted is False
    hand(app).key("1")
    assert app.map.ground.tinted is True


def test_panels_hide_and_come_back(open_window: Open, hand: Any) -> None:
    app = open_window()
    for key, part in (("f2", "tree"), ("f3", "card"), ("f4", "timeline")):
        hand(app).key(key)
        assert getattr(app.layout, part) is None
        hand(app).key(key)
        assert getattr(app.layout, part) is not None


def test_help_opens_over_everything_and_escape_closes_it(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).key("f1")
    assert app.dialog == "help"
    labels = {spot.label for spot in app.spots}
    assert "close dialog" in labels
    assert "play" not in labels
    hand(app).key("p")
    assert not app.playing
    hand(app).key("escape")
    assert app.dialog == ""


def test_escape_backs_out_one_level_at_a_time(open_window: Open, hand: Any) -> None:
    app = open_window()
    app.do("select", unit(app, "a1"))
    app.do("why")
    h = hand(app)
    h.key("escape")
    assert app.why_now is None
    assert app.selected >= 0
    h.key("escape")
    assert app.selected == -1
    h.key("escape")
    assert app.dialog == "menu"


def test_view_keys_show_what_a_side_knew(open_window: Open, hand: Any) -> None:
    app = open_window()
    hand(app).key("ctrl+1")
    assert app.viewer == 0
    assert app.frame_now.blips
    hand(app).key("ctrl+2")
    assert app.viewer == -1
    assert not app.frame_now.blips


def test_a_click_on_the_minimap_jumps(open_window: Open, hand: Any) -> None:
    app = open_window()
    spot = app.spot("minimap")
    hand(app).click((spot.rect.left + 12, spot.rect.bottom - 12))
    frame = app.map.ground.frame
    assert app.map.camera.x_m < frame.west_m + frame.wide * frame.spacing_m * 0.2


def test_every_key_of_the_sheet_exists_and_does_something() -> None:
    keys = KeyMap()
    for _, rows in SHEET:
        for name, _ in rows:
            assert name in keys.of, name
    known = set(KEYS) | {"next_focus", "previous_focus", "palette", "theme"}
    for name in keys.of:
        assert name in known or name.startswith(("toggle_", "scale_", "overlay_")), name


def test_no_chord_stands_for_two_actions() -> None:
    keys = KeyMap()
    chords = [chord.lower() for chords in keys.of.values() for chord in chords]
    assert len(chords) == len(set(chords))


def test_keys_can_be_changed_in_a_file(open_window: Open, hand: Any) -> None:
    home().mkdir(parents=True, exist_ok=True)
    (home() / "keys.toml").write_text('play = ["o"]\nunknown_thing = ["u"]\n', encoding="utf-8")
    app = open_window()
    hand(app).key("o")
    assert app.playing
    assert any("unknown_thing" in words for _, words, _ in app.toasts)


def test_a_broken_key_file_is_told_and_the_usual_keys_stay(tmp_path: Path) -> None:
    broken = tmp_path / "keys.toml"
    broken.write_text("play = [", encoding="utf-8")
    keys = KeyMap(broken)
    assert keys.hint("play") == "P"
    assert str(broken) in keys.faults[0]
