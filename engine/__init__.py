"""Deep Battle's public names. `ui`, notebooks and bots use nothing deeper.

Each name is loaded when it is first asked for, so that ``import engine`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    # what a run starts from
    "load_scenario": "engine.files.scenario",
    "load_theatre": "engine.files.theatre",
    "Fault": "engine.files.faults",
    "FileFaults": "engine.files.faults",
    "Scenario": "engine.model.scenario",
    "Theatre": "engine.model.theatre",
    # a run
    "Session": "engine.run.session",
    "Result": "engine.run.session",
    "verify": "engine.run.session",
    "Order": "engine.model.orders",
    "Refusal": "engine.model.orders",
    "SideView": "engine.model.view",
    "World": "engine.model.world",
    # who commands
    "Commander": "engine.model.commander",
    "Notes": "engine.model.commander",
    # many runs
    "Experiment": "engine.lab.experiment",
    "run_batch": "engine.lab.batch",
    "Store": "engine.lab.store",
    "scorecard": "engine.lab.scorecard",
    "write_report": "engine.lab.report",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """The public name, loaded from its home (PEP 562)."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'engine' has no public name {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
