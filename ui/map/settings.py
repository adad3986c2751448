"""What the user chose, kept between windows: scale, side colours, theme, overlays. And where saves go."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from ui.theme.palette import PANELS, SIDE_SETS
from ui.theme.scale import SCALES


@dataclass(frozen=True)
class Settings:
    """Settings of the window."""

    scale: int = 100
    sides: str = "standard"
    theme: str = "graphite"
    less_motion: bool = False
    value: str = "strength"

    def checked(self) -> Settings:
        """The same with anything impossible put back to its default."""
        return replace(
            self,
            scale=self.scale if self.scale in SCALES else 100,
            sides=self.sides if self.sides in SIDE_SETS else "standard",
            theme=self.theme if self.theme in PANELS else "graphite",
        )


def home() -> Path:
    """The user's folder for Deep Battle: $DEEPBATTLE_HOME, or the platform's usual place."""
    given = os.environ.get("DEEPBATTLE_HOME")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "DeepBattle"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "DeepBattle"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "deepbattle"


def load() -> Settings:
    """Settings of last time; the defaults if there are none or the file is broken."""
    try:
        table = json.loads((home() / "window.json").read_text(encoding="utf-8"))
        known = {f.name for f in fields(Settings)}
        return Settings(**{k: v for k, v in table.items() if k in known}).checked()
    except (OSError, ValueError, TypeError, AttributeError):
        return Settings()


def store(settings: Settings) -> str:
    """Keep settings for next time; returns what went wrong, or an empty text."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        (home() / "window.json").write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")
    except OSError as problem:
        return f"settings could not be kept: {problem}"
    return ""


def saves() -> Path:
    """Folder of saved games."""
    return home() / "saves"
