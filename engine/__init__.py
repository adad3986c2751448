"""Deep Battle's public names. `ui`, notebooks and bots use nothing deeper.

Each name is loaded when it is first asked for, so that ``import engine`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "bench": "engine.lab.bench", "bench_parts": "engine.lab.bench_parts",
    "pairings": "engine.lab.pairings", "reasons": "engine.staff.reasons",
    "score_page": "engine.lab.score_page",
    "tallies": "engine.lab.tally", "what_ifs": "engine.lab.what_if",
    "ways": "engine.rules.ways", "why": "engine.run.why", "yardstick": "engine.lab.yardstick",
}  # fmt: skip
_HOME = {
    # What a run starts from.
    "load_scenario": "engine.files.stored",
    "check_scenario": "engine.files.scenario",
    "load_theatre": "engine.files.theatre",
    "generated_scenario": "engine.lab.generated",
    "Size": "engine.lab.generated",
    "FileFaults": "engine.files.faults",
    "Scenario": "engine.model.scenario",
    "Theatre": "engine.model.theatre",
    "fold": "engine.model.theatre",
    "uncertain": "engine.model.address",
    "with_values": "engine.model.address",
    # A run.
    "Session": "engine.run.session",
    "history_session": "engine.run.history",
    "RecordingFault": "engine.run.recording",
    "verify": "engine.run.verify",
    "engine_digest": "engine.run.fingerprint",
    "Order": "engine.model.orders",
    "Instruction": "engine.model.instruction",
    "Refusal": "engine.model.orders",
    "SideView": "engine.model.view",
    "World": "engine.model.world",
    # Who commands.
    "Commander": "engine.model.commander",
    "Notes": "engine.model.commander",
    "commanders": "engine.lab.commanders",
    # What came of it.
    "Result": "engine.lab.outcome",
    "Watch": "engine.lab.outcome",
    "scorecard": "engine.lab.scorecard",
    "verdict": "engine.rules.victory",
    # Many runs.
    "Experiment": "engine.lab.experiment",
    "design_points": "engine.lab.experiment",
    "read_experiment": "engine.lab.experiment_file",
    "run_batch": "engine.lab.batch",
    "resume_batch": "engine.lab.batch",
    "Store": "engine.lab.store",
    "compare": "engine.lab.compare",
    "NotComparable": "engine.lab.compare",
    "single_source": "engine.lab.batch",
    "kernels_ready": "engine.lab.batch",
    "mark_kernels_ready": "engine.lab.batch",
    "source_of": "engine.lab.batch",
    "write_report": "engine.lab.report",
    "ablate": "engine.lab.ablation",
    # The combat model alone.
    "Engagement": "engine.lab.engagement",
    "addresses": "engine.lab.engagement",
    "fight": "engine.lab.engagement",
    "read_engagements": "engine.lab.engagement_file",
    "rules_of_engagements": "engine.lab.engagement",
    "outside_range": "engine.lab.engagement",
    "calibration_table": "engine.lab.calibration",
    "campaign_targets": "engine.lab.campaign_targets",
    "fit_engagements": "engine.lab.fitting",
}

__all__ = sorted([*_HOME, *_MODULES])


def __getattr__(name: str) -> Any:
    """The public name, loaded from its home (PEP 562)."""
    if name in _MODULES:
        return import_module(_MODULES[name])
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'engine' has no public name {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
