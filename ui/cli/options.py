"""Options that several verbs share, and the completion of scenario names."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Function = TypeVar("Function", bound=Callable[..., Any])
ROOT = Path(__file__).resolve().parents[2]


def scenarios_folder() -> Path:
    """Where scenarios lie; the environment variable DEEPBATTLE_SCENARIOS moves it."""
    return Path(os.environ.get("DEEPBATTLE_SCENARIOS", ROOT / "scenarios"))


def scenario_names() -> list[str]:
    """Names of the scenario folders."""
    return sorted(path.parent.name for path in scenarios_folder().glob("*/scenario.toml"))


class ScenarioName(click.ParamType):
    """A scenario: its folder's name, any part of it that only one has, or a path."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        names = scenario_names()
        if text in names or Path(text).exists():
            return text
        found = [name for name in names if text.lower() in name]
        if len(found) == 1:
            return found[0]
        if found:
            self.fail(f"expected one scenario, found {len(found)} named like {text!r}: {', '.join(found)}")
        import difflib

        near = difflib.get_close_matches(text, names, 3, 0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(names) or 'none'}"
        self.fail(f"expected a scenario, found {text!r}; {hint}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in scenario_names() if name.startswith(incomplete)]


class Output(click.Path):
    """Where something is to be written; the other sort of thing lying there is told as any place that is no good."""

    def __init__(self, *, folder: bool = False) -> None:
        super().__init__(path_type=Path)
        self._folder = folder

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(str(super().convert(value, param, ctx)))
        if self._folder and path.exists() and not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "cannot be written: expected a folder, found a file", str(path))
        if not self._folder and path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "cannot be written: expected a file, found a folder", str(path))
        return path


def complete_names_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of scenarios, and whatever files the shell finds."""
    return [*(CompletionItem(n) for n in scenario_names() if n.startswith(incomplete)), CompletionItem(incomplete, "file")]


def complete_names_and_theatres(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of scenarios and theatres."""
    theatres = [path.parent.name for path in scenarios_folder().glob("theatres/*/theatre.toml")]
    return [CompletionItem(n) for n in sorted([*scenario_names(), *theatres]) if n.startswith(incomplete)]


class Setting(click.ParamType):
    """KEY=VALUE, such as combat.tau_days=3."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        address, equals, text = str(value).partition("=")
        if not equals or not address.strip():
            self.fail(f"expected KEY=VALUE such as combat.tau_days=3, found {value!r}", param, ctx)
        return address.strip(), text.strip()


class SideCommander(click.ParamType):
    """SIDE=NAME, such as axis=plain; or SIDE=FILE."""

    name = "side=name"

    def __init__(self, what: str = "NAME") -> None:
        self._what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        side, equals, name = str(value).partition("=")
        if not equals or side not in ("axis", "soviet"):
            self.fail(f"expected axis={self._what} or soviet={self._what}, found {value!r}", param, ctx)
        return side, name


scenario_argument = click.argument("scenario", type=ScenarioName())
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress, no remarks.")
seed_option = click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Luck.")
until_option = click.option("--until", metavar="DATE", default="", help="Stop at this date, such as 1944-08-20.")


def _one_for_each_side(
    _: click.Context, param: click.Parameter, value: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    sides = [side for side, _ in value]
    twice = sorted({side for side in sides if sides.count(side) > 1})
    if twice:
        named = " and ".join(name for side, name in value if side == twice[0])
        raise click.BadParameter(f"expected one commander for each side, found {named} for {twice[0]}", param=param)
    return value


commander_option = click.option(
    "--commander",
    "commanders",
    multiple=True,
    callback=_one_for_each_side,
    type=SideCommander(),
    metavar="SIDE=NAME",
    help="Who commands a side: staff (the default), plain, high (needs no plan; high@DATE, "
    "high@taken:PLACE, high@lost:PLACE or high@event:ID follows it until then), "
    "none, or file.py:Class. May be repeated.",
)


force_option = click.option(
    "--force",
    is_flag=True,
    help="Let rule parameters leave their prior range; the result says which did.",
)


def scenario_options(function: Function) -> Function:
    """--set and --overlay, applied in the order given; --force lets them leave prior ranges."""
    function = force_option(function)
    function = click.option(
        "--overlay",
        "overlays",
        multiple=True,
        type=click.Path(),
        metavar="FILE",
        help="Lay a what-if over the scenario. May be repeated.",
    )(function)
    return click.option(
        "--set",
        "sets",
        multiple=True,
        type=Setting(),
        metavar="KEY=VALUE",
        help="Change one number by its address, such as combat.tau_days=3. May be repeated.",
    )(function)
