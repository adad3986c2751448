"""Who led whom and when, of the common table of commanders: at the start, and by date while a scenario runs.

A scenario says only where it differs. A `commander` in a row of forces.csv or headquarters.csv holds until the table's
next change of that subject; a `commander` line of reinforcements.csv that gives a name stands in place of all the table's
changes of its subject, and one without a name gives a staff quality to the change that the table makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TypeVar

from engine.core.calendar import DAY
from engine.files.checked import Checked
from engine.files.faults import shown
from engine.files.setting import Setting
from engine.model.citation import Detail
from engine.model.forces import FormationSpec, HeadquartersSpec, ReinforcementSpec

Led = TypeVar("Led", FormationSpec, HeadquartersSpec)
_KNOWN_BY = ("identities", "staffs", "forces", "headquarters")


@dataclass(frozen=True)
class Command:
    """One man's command: its row, from when (None: from before anything here) until when (None: to the end), exclusive."""

    row: Checked
    begins: datetime | None
    ends: datetime | None

    @property
    def who(self) -> str:
        """Rank and name, as a player reads them; empty where the table says that nobody is known."""
        return f"{self.row.data.rank} {self.row.data.name}".strip() if self.row.data.name else ""

    def holds(self, at: datetime) -> bool:
        """Whether he leads at that moment."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)


Succession = Mapping[str, tuple[Command, ...]]
"""The commands of each subject, in order of time; none overlaps another."""


def succession_of(setting: Setting) -> Succession:
    """The table of commanders; faults for who is nobody's, for dates turned round and for two at once."""
    found: dict[str, list[Checked]] = {}
    for checked in setting.tables["commands"].values():
        data = checked.data
        setting.refer(checked, "subject", data.subject, _KNOWN_BY, "the id of a formation or headquarters")
        for source in (part.strip() for part in data.src.split(";")):
            setting.refer(checked, "src", source, "sources", f"the id of a source for the command of {data.subject}")
        if data.from_ is not None and data.until is not None and data.until <= data.from_:
            setting.complain(checked.at("until"), "a time after `from`", shown(data.until.isoformat()), code="date/order")
        else:
            found.setdefault(data.subject, []).append(checked)
    return {subject: tuple(_in_turn(setting, rows)) for subject, rows in found.items()}


def _in_turn(setting: Setting, rows: list[Checked]) -> Iterator[Command]:
    """The commands of one subject by time; who has no last day leads until the next begins."""
    rows.sort(key=lambda row: (row.data.from_ is not None, row.data.from_))
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        begins, ends = row.data.from_, row.data.until
        following = after.data.from_ if after is not None else None
        if after is not None and (following is None or (ends is not None and following < ends)):
            expected = f"a day after {row.data.name!r} at {row.row.spot.where} had left"
            found = "nothing" if following is None else shown(following.isoformat())
            setting.complain(after.at("from"), expected, found, code="date/order")
            continue
        yield Command(row, begins, ends or following)


def _holder(succession: Succession, subject: str, at: datetime) -> Command | None:
    """Who leads a subject at a moment; None where nobody is known."""
    return next((one for one in succession.get(subject, ()) if one.holds(at) and one.who), None)


def _changes(commands: Iterable[Command]) -> Iterator[tuple[datetime, Command, str]]:
    """(when, of which command, who) of all changes: the next man, or nobody when one leaves and none is known."""
    found = tuple(commands)
    begins = {one.begins for one in found}
    for one in found:
        if one.begins is not None:
            yield one.begins, one, one.who
        if one.ends is not None and one.ends not in begins:
            yield one.ends, one, ""


def led_from_the_start(setting: Setting, succession: Succession, rows: Iterable[Led]) -> tuple[Led, ...]:
    """Formations or headquarters with the commander of the first day, where their own row names none."""
    first = datetime.combine(setting.start, time())
    return tuple(_led(row, None if row.commander else _holder(succession, row.id, first)) for row in rows)


def _led(row: Led, command: Command | None) -> Led:
    if command is None:
        return row
    data, where = command.row.data, command.row.row.spot.where
    told = Detail("commander", src=data.src, grade=data.grade or "estimate", where=where)
    return replace(row, commander=command.who, details=(*row.details, told))


def changes_of_command(
    setting: Setting, succession: Succession, own: Iterable[ReinforcementSpec]
) -> tuple[ReinforcementSpec, ...]:
    """All dated changes: the scenario's `own`, named by the table where they name nobody, and the table's."""
    changes = tuple(own)
    found = [change for change in changes if change.kind != "commander" or change.text]
    unnamed = [change for change in changes if change.kind == "commander" and not change.text]
    for change in unnamed:
        line = setting.tables["reinforcements"][change.id]
        command = _holder(succession, change.subject, line.data.at)
        if command is None:
            hint = "or a line of common/commanders.csv for that day"
            setting.complain(line.at("text"), "a name in `text`", "nothing", hint, "row/missing")
        else:
            found.append(replace(change, text=command.who))
    told = {(change.subject, change.at_min // DAY) for change in unnamed}
    its_own = {change.subject for change in changes if change.kind == "commander" and change.text}
    for subject in sorted({*setting.tables["forces"], *setting.tables["headquarters"]} - its_own):
        for change in _dated(setting, subject, succession.get(subject, ())):
            if (subject, change.at_min // DAY) not in told:
                found.append(change)
    return tuple(sorted(found, key=lambda change: (change.at_min, change.id)))


def _dated(setting: Setting, subject: str, commands: Iterable[Command]) -> Iterator[ReinforcementSpec]:
    """The table's changes of one subject while the scenario runs."""
    for at, command, who in _changes(commands):
        if datetime.combine(setting.start, time()) < at < setting.head.end:
            data = command.row.data
            yield ReinforcementSpec(
                id=f"{subject}_commander_{at:%Y_%m_%d}", kind="commander", subject=subject,
                at_min=setting.minute(at, 0), text=who, src=data.src, grade=data.grade or "estimate",
                note=data.note, where=command.row.row.spot.where,
            )  # fmt: skip
