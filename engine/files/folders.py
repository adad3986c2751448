"""Where scenarios, overlays and theatres lie."""

from __future__ import annotations

from pathlib import Path

from engine.files.common import SCENARIOS


def scenario_names(root: Path = SCENARIOS) -> tuple[str, ...]:
    """Names of the scenarios in a folder of scenarios, sorted."""
    return tuple(sorted(path.parent.name for path in root.glob("*/scenario.toml")))


def scenario_folder(name: str | Path) -> Path | None:
    """The folder of a scenario given by name, folder or scenario.toml; None when there is none."""
    path = Path(name)
    try:
        if path.name == "scenario.toml" and path.is_file():
            return path.parent
        if (path / "scenario.toml").is_file():
            return path
        inside = SCENARIOS / path
        return inside if (inside / "scenario.toml").is_file() else None
    except (OSError, ValueError):
        return None


def theatre_folder(root: Path, name: str) -> Path | None:
    """The folder of a theatre, beside the scenarios of ``root`` or among the committed ones; None without it."""
    homes = (base / "theatres" / name for base in (root, SCENARIOS))
    return next((home for home in homes if name and home.is_dir()), None)


def overlay_path(overlay: str | Path, root: Path = SCENARIOS) -> Path:
    """The file of an overlay given as a path or as a name in what_if/."""
    path = Path(overlay)
    if not path.exists() and path.suffix != ".toml":
        named = root / "what_if" / f"{path}.toml"
        if named.exists():
            return named
    return path


__all__ = ["SCENARIOS", "overlay_path", "scenario_folder", "scenario_names", "theatre_folder"]
