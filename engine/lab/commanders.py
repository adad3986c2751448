"""Who commands a side, by name: the built-in staffs, nobody, or a commander from a file of the user's."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from engine.model.codes import SIDES
from engine.model.commander import Commander

BUILT_IN: Mapping[str, str] = {
    "staff": "engine.staff.staff:Staff",
    "plain": "engine.staff.plain:Plain",
}
"""Name -> where it lives. `plain` (attack the nearest, hold otherwise) is the baseline for every comparison.
"""
NOBODY = "none"


class CommanderFault(Exception):
    """A commander cannot be had; the message says what was expected."""


def commander(name: str) -> Commander | None:
    """The commander of a name: staff, plain, none, or ``file.py:Class``."""
    if name == NOBODY:
        return None
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        made: Commander = getattr(import_module(module), attribute)()
        return made
    return _from_file(*_file_and_class(name))


def commander_digest(name: str) -> str:
    """Names a commander and its version in the keys of runs; of one from a file, with the digest of the file.

    What the file imports is not in it: a bot of several files says in its own digest which they are.
    """
    who = commander(name)
    if who is None:
        return NOBODY
    if name in BUILT_IN:
        return who.digest
    source = _file_and_class(name)[0].read_bytes()
    return f"{who.digest} {hashlib.blake2b(source, digest_size=16).hexdigest()}"


def _file_and_class(name: str) -> tuple[Path, str]:
    path, colon, attribute = name.rpartition(":")
    if not colon or not path.endswith(".py"):
        raise CommanderFault(f"expected {', '.join((*BUILT_IN, NOBODY))} or file.py:Class, found {name!r}")
    return Path(path), attribute


def commanders(names: Mapping[str, str]) -> dict[str, Commander]:
    """Commanders by side; sides without one are left out."""
    unknown = sorted(set(names) - set(SIDES))
    if unknown:
        raise CommanderFault(f"expected a side ({' or '.join(SIDES)}), found {unknown[0]!r}")
    found = {side: commander(names.get(side, "staff")) for side in SIDES}
    return {side: who for side, who in found.items() if who is not None}


def _from_file(path: Path, attribute: str) -> Commander:
    if not path.is_file():
        raise CommanderFault(f"{path}: expected a file with a commander, found nothing")
    spec = importlib.util.spec_from_file_location(f"commander_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CommanderFault(f"{path}: expected a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        made = getattr(module, attribute)()
    except Exception as problem:  # whatever a user's file does wrong is told, not raised
        raise CommanderFault(f"{path}: {type(problem).__name__}: {problem}") from None
    if not hasattr(made, "plan") or not isinstance(getattr(made, "digest", None), str):
        raise CommanderFault(f"{path}:{attribute}: expected a method plan and a text digest")
    return made  # type: ignore[no-any-return]
