"""What the program's exit code says: the one table, printed by `deepbattle exit-codes` and in the README."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; scripts may rely on them."""

    DONE = 0
    NO = 1
    USAGE = 2
    FILE = 3
    SETUP = 4
    UNUSABLE = 5
    OTHER_ENGINE = 6
    OUTPUT = 7
    RUNS_FAILED = 8
    BUG = 70
    STOPPED = 130


MEANING: dict[Exit, str] = {
    Exit.DONE: "done",
    Exit.NO: "the answer is no: a recording differs when run again, an order was refused",
    Exit.USAGE: "the command line is wrong: unknown verb, option or value",
    Exit.FILE: "a file has faults (scenario, overlay, experiment, engagement, orders); all are listed",
    Exit.SETUP: "something is not installed or not there: a library, a display, a cluster",
    Exit.UNUSABLE: "a recording or a batch cannot be used: missing, cut, edited, in use, another format",
    Exit.OTHER_ENGINE: "made by another engine: a recording cannot be verified, a batch cannot be continued",
    Exit.OUTPUT: "the output cannot be written",
    Exit.RUNS_FAILED: "a batch came to its end, but some of its runs failed",
    Exit.BUG: "a fault in Deep Battle itself; the message says where the details were written",
    Exit.STOPPED: "stopped by Ctrl-C; what had finished was kept",
}

# Exceptions by their full name, so that this table imports nothing.
OF_EXCEPTION: dict[str, Exit] = {
    "engine.files.faults.FileFaults": Exit.FILE,
    "engine.run.recording.RecordingFault": Exit.UNUSABLE,
    "engine.lab.store.OtherEngine": Exit.OTHER_ENGINE,
    "engine.lab.store.StoreFault": Exit.UNUSABLE,
    "engine.lab.commanders.CommanderFault": Exit.USAGE,
    "engine.lab.experiment.ExperimentFault": Exit.USAGE,
    "engine.lab.drive.ExecutorFault": Exit.SETUP,
    "engine.model.address.NoSuchAddress": Exit.USAGE,
}


def code_of(problem: BaseException) -> Exit | None:
    """The exit code of an exception that users can cause; None for one that they cannot."""
    for kind in type(problem).__mro__:
        found = OF_EXCEPTION.get(f"{kind.__module__}.{kind.__name__}")
        if found is not None:
            return found
    return None


def table() -> str:
    """The codes as lines of a Markdown table."""
    lines = ["| code | meaning |", "|---:|---|"]
    return "\n".join([*lines, *(f"| {int(code)} | {meaning} |" for code, meaning in MEANING.items())])
