"""Where a number comes from: sources, quality grades, and parameters that remember the file and line that set
them.

Reading files is left to engine/files; this module only names what every number of a scenario carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Grade = Literal["document", "reference", "analogy", "estimate"]
"""document: primary record; reference: published study; analogy: another case; estimate: judgement, and said
so.
"""

GRADES: tuple[str, ...] = get_args(Grade)

Value = bool | int | float | str
SWITCH = "0 or 1"
"""The unit of switches."""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of a sources.toml; numbers name it by `id`."""

    id: str
    title: str
    author: str = ""
    year: str = ""
    where: str = ""
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known of one column of a row beyond the row itself.

    `low` and `high`, both inclusive, are the bounds between which a batch samples it (None: not uncertain);
    `src`, `grade` and `where` are set when the column was changed by another file than the row's.
    """

    column: str
    low: float | None = None
    high: float | None = None
    src: str = ""
    grade: str = ""
    where: str = ""

    @property
    def uncertain(self) -> bool:
        """True when a batch samples the column."""
        return self.low is not None and self.high is not None and self.low < self.high


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number (or switch, or text) with its address, bounds, unit and pedigree.

    `low` and `high` are None when the value is not uncertain. `where` is `file:line` of the entry that won,
    or `--set` for a value given on the command line. `least` and `most` are the prior range, which stays when the
    value is changed and its bounds are dropped (None: no range); `ground` says why they are those, where they are no
    bounds for sampling. `not_above` is the address of a parameter that this one does not exceed, such as the most
    that belongs to a least.
    """

    address: str
    value: Value
    low: float | None = None
    high: float | None = None
    unit: str = ""
    source: str = ""
    grade: str = "estimate"
    where: str = ""
    note: str = ""
    least: float | None = None
    most: float | None = None
    ground: str = ""
    not_above: str = ""

    @property
    def outside(self) -> bool:
        """True when the value lies outside its prior range: somebody insisted."""
        if isinstance(self.value, (bool, str)):
            return False
        if self.unit == SWITCH and self.value not in (0.0, 1.0):
            return True
        return (self.least is not None and self.value < self.least) or (self.most is not None and self.value > self.most)

    def above(self, bound: Parameter | None) -> bool:
        """True when the value exceeds that of the parameter which bounds it."""
        if bound is None or isinstance(self.value, (bool, str)) or isinstance(bound.value, (bool, str)):
            return False
        return self.value > bound.value

    @property
    def uncertain(self) -> bool:
        """True when a batch samples this parameter."""
        return self.low is not None and self.high is not None and self.low < self.high
