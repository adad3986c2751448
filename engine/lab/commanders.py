"""Who commands a side, by name: the built-in staffs, nobody, or a commander from a file of the user's."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from engine.core import calendar
from engine.model.codes import SIDES
from engine.model.commander import Commander
from engine.model.scenario import Scenario
from engine.rules.views import heard_by
from engine.run.recording import open_recording

BUILT_IN: Mapping[str, str] = {
    "staff": "engine.staff.staff:Staff",
    "plain": "engine.staff.plain:Plain",
    "high": "engine.staff.high.commander:HighCommand",
}
"""Name -> where it lives. `plain` (attack the nearest, hold otherwise) is the baseline for every comparison;
`high` needs no plan: its high command chooses the directives.
"""
NOBODY = "none"
HIGH = "high"


class CommanderFault(Exception):
    """A commander cannot be had."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


def commander(name: str) -> Commander | None:
    """The commander of a name: staff, plain, high, none, or ``file.py:Class``.

    ``high@1944-08-20``, ``high@lost:Riga`` or ``high@event:aster_allowed`` follows the plan files until then.
    """
    if name == NOBODY:
        return None
    head, _, since = name.partition("@")
    if head in BUILT_IN and (head == HIGH or not since):
        module, _, attribute = BUILT_IN[head].partition(":")
        kind = getattr(import_module(module), attribute)
        made: Commander = kind(since) if head == HIGH else kind()
        return made
    return _from_file(*_file_and_class(name))


def commander_digest(name: str) -> str:
    """Names a commander and its version in the keys of runs; of one from a file, with the digest of the file.

    What the file imports is not in it: a bot of several files says in its own digest which they are.
    """
    who = commander(name)
    if who is None:
        return NOBODY
    if name.partition("@")[0] in BUILT_IN:
        return who.digest
    source = _file_and_class(name)[0].read_bytes()
    return f"{who.digest} {hashlib.blake2b(source, digest_size=16).hexdigest()}"


def built_in(digest: str) -> str:
    """The name of a built-in commander by its text digest, with its moment if it takes over later; nothing for others."""
    head, _, since = digest.partition(" ")[0].partition("@")
    name = head.partition("-")[0]
    return "" if name not in BUILT_IN else f"{name}@{since}" if since else name


def who_commanded(recording: Path) -> dict[str, str]:
    """By side the name of who commanded when a recording was saved: a built-in, none, or nothing if it is a user's."""
    digests = open_recording(recording).header.get("commanders", {})
    return {side: built_in(digests[side]) if side in digests else NOBODY for side in SIDES}


def _file_and_class(name: str) -> tuple[Path, str]:
    path, colon, attribute = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise CommanderFault(f"{', '.join((*BUILT_IN, NOBODY))} or file.py:Class", repr(name))
    return Path(path), attribute


def commanders(names: Mapping[str, str], scenario: Scenario | None = None) -> dict[str, Commander]:
    """Commanders by side; sides without one are left out. With a scenario their dates and places are checked, too."""
    unknown = sorted(set(names) - set(SIDES))
    if unknown:
        raise CommanderFault(f"a side ({' or '.join(SIDES)})", repr(unknown[0]))
    if scenario is not None:
        for side, name in names.items():
            check_takeover(name, scenario, side)
    found = {side: commander(names.get(side, "staff")) for side in SIDES}
    return {side: who for side, who in found.items() if who is not None}


def check_takeover(name: str, scenario: Scenario, side: str) -> None:
    """Raise unless the moment at which ``high@...`` takes over a side is a date, a place or an event that it hears of."""
    head, at, since = name.partition("@")
    if head != HIGH or not at:
        return
    kind, colon, place = since.partition(":")
    if kind in ("taken", "lost") and colon:
        found = scenario.theatre.find_place(place)
        if found is None:
            near = ", ".join(scenario.theatre.nearest_names(place))
            raise CommanderFault(f"a place of the theatre (nearest: {near or 'none'})", repr(name))
        if not scenario.window[found.cell]:
            raise CommanderFault("a place inside the scenario's window, which can change hands", repr(name))
        return
    if kind == "event" and colon:
        heard = [event.id for event in scenario.events if heard_by(event, SIDES.index(side))]
        if place not in heard:
            known = ", ".join(heard) or "none"
            raise CommanderFault(f"an event of which the {side} side hears ({known})", repr(name))
        return
    try:
        minute = calendar.parse(scenario.start, since)
    except ValueError:
        moments = ("1944-08-20", "taken:PLACE", "lost:PLACE", "event:ID")
        raise CommanderFault(" or ".join(f"{HIGH}@{moment}" for moment in moments), repr(name)) from None
    if not 0 <= minute < scenario.end_min:
        raise CommanderFault(f"a date from {scenario.start} to before {scenario.end}", repr(name))


def _from_file(path: Path, attribute: str) -> Commander:
    if not path.is_file():
        raise CommanderFault(f"a file with a commander at {path}", "nothing")
    spec = importlib.util.spec_from_file_location(f"commander_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CommanderFault("a Python file", str(path))
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        made = getattr(module, attribute)()
    except Exception as problem:  # whatever a user's file does wrong is told, not raised
        found = f"{type(problem).__name__}: {problem}"
        raise CommanderFault(f"a class {attribute} that can be made in {path}", found) from None
    if not hasattr(made, "plan") or not isinstance(getattr(made, "digest", None), str):
        raise CommanderFault("a commander with a method plan and a text digest", f"{path}:{attribute}")
    return made  # type: ignore[no-any-return]
