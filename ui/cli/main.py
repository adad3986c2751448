"""The group of all verbs. Nothing heavier than click is imported here; a verb's file is loaded when it is
used.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ui.cli.exit_codes import Exit, code_of

VERBS: dict[str, str] = {
    "list": "the scenarios there are",
    "info": "what a scenario holds: sides, forces, plans, sources",
    "check": "every problem of scenarios: faults, cross references, plausibility, uncited numbers",
    "run": "one run without a window: summary, recording, report",
    "replay": "watch a recording or the history of a scenario; write it as HTML or a picture",
    "play": "command a side or one headquarters in the window",
    "batch": "many runs, in parallel, resumable",
    "report": "the results of a batch as one HTML file, or as CSV",
    "compare": "the differences between two batches",
    "what-if": "a scenario with and without an overlay under the same luck, beside what was to be expected",
    "score": "runs against the facts of history",
    "scores": "the kept scorecards of all scenarios: show or make them",
    "pairings": "strength of play: commanders against each other, changing sides",
    "engage": "the combat model alone on described engagements",
    "calibrate": "the combat model against aggregates of history: every target, pass or fail",
    "verify": "run a recording again and compare",
    "bench": "time the engine; switch off each rule in turn",
    "map": "draw a theatre or a scenario as a picture",
    "exit-codes": "what the program's exit codes mean",
}
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


class Verbs(click.Group):
    """Commands that live in files of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module = import_module(f"ui.cli.verbs.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            import difflib

            near = difflib.get_close_matches(args[0], VERBS, 1, 0.5)
            problem.message = f"expected a verb, found {args[0]!r}" + (f"; did you mean {near[0]}?" if near else "")
            raise


@click.command(cls=Verbs, context_settings=CONTEXT, epilog="deepbattle VERB --help says more about a verb.")
@click.version_option("0.1.0", prog_name="deepbattle")
def deepbattle() -> None:
    """Deep Battle: campaigns of the Eastern Front, 1943-45, at division level.

    Replay them, play them, or run them by the thousand.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. Whatever goes wrong is told in words."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        answer = deepbattle.main(arguments, prog_name="deepbattle", standalone_mode=False)
        sys.stdout.flush()
        return int(answer) if isinstance(answer, int) else Exit.DONE
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("deepbattle: stopped", file=sys.stderr)
        return Exit.STOPPED
    except BrokenPipeError:
        return _quiet_pipe()
    except Exception as problem:  # the last line of defence: users never see a traceback
        return _tell(problem)


def _quiet_pipe() -> int:
    """The reader of our output has had enough (as `head` has): no reason to complain."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


def _tell(problem: Exception) -> int:
    code = code_of(problem)
    if code is not None:
        print(f"deepbattle: {problem}" if "\n" not in str(problem) else problem, file=sys.stderr)
        return code
    if isinstance(problem, OSError):
        where = f"{problem.filename}: " if problem.filename else ""
        print(f"deepbattle: {where}{problem.strerror or problem}", file=sys.stderr)
        return Exit.FILE if isinstance(problem, FileNotFoundError) else Exit.OUTPUT
    if isinstance(problem, ImportError) and problem.name and not problem.name.startswith(("engine", "ui")):
        print(f"deepbattle: {problem.name} is not installed; run `make demo` once", file=sys.stderr)
        return Exit.SETUP
    return _bug(problem)


def _bug(problem: Exception) -> int:
    """A fault of ours: the details go to a file, the user gets one sentence."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="deepbattle-", suffix=".txt", delete=False, encoding="utf-8") as out:
        out.write(" ".join(sys.argv) + "\n" + "".join(traceback.format_exception(problem)))
    what = f"{type(problem).__name__}: {problem}"
    print(f"deepbattle: a fault in Deep Battle ({what}); details in {Path(out.name)}", file=sys.stderr)
    return Exit.BUG
