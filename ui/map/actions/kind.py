"""What an action is: a function of the window and what it is told."""

from __future__ import annotations

from collections.abc import Callable

Do = Callable[..., None]
