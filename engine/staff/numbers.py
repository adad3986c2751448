"""Members of enumerations that the staffs compare with thousands of times a day, as plain numbers: far quicker."""

from __future__ import annotations

from typing import Final

from engine.model.codes import StaffRole, Task

IN_LINE: Final = int(StaffRole.LINE)
IN_RESERVE: Final = int(StaffRole.RESERVE)
IN_ASSAULT: Final = int(StaffRole.ASSAULT)
IN_MOBILE: Final = int(StaffRole.MOBILE)
IN_SCREEN: Final = int(StaffRole.SCREEN)

TO_ATTACK: Final = int(Task.ATTACK)
TO_FOLLOW: Final = int(Task.FOLLOW)
TO_MARCH: Final = int(Task.MARCH)
TO_HOLD: Final = int(Task.HOLD)
TO_EXPLOIT: Final = int(Task.EXPLOIT)
TO_WITHDRAW: Final = int(Task.WITHDRAW)
