"""The log in words: from a session's events and a scenario's dated facts to lines that a click can follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ui.map.scene import NEVER, SIDE_NAMES, TASKS, TRUTH, Message, Story
from ui.map.stages.frames import ORDER_WORDS, onto, place_name
from ui.map.stages.reasons import order_reason, smooth
from ui.theme.type import number

YIELDED, BROKEN_OFF = 1, 2
_SPAN_MIN = 6 * 60
"""Messages of one fight within so many minutes are one."""
_PEOPLE = {"CalledUp": "called up", "WentHome": "go home"}
MOST_NAMED = 3
"""So many formations are named where people join or leave many."""
_CAUSES = ("", "no way", "the enemy stands there", "the hex is full", "no fuel", "water", "the enemy's screen")


class LogWriter:
    """Turns events into messages, in order; remembers what it has merged."""

    def __init__(
        self, story: Story, commanders: tuple[str, ...] = (), directives: tuple[tuple[str, int], ...] = (),
        happenings: tuple[str, ...] = (),
    ) -> None:
        self.story = story
        self.formations = sum(not u.headquarters for u in story.units)
        self.commanders, self.directives, self.happenings = commanders, directives, happenings
        self.messages: list[Message] = []
        self.happened: dict[int, int] = {}
        """When each political event happened."""
        self._big = {p.cell for p in story.theatre.places if p.size >= 1} | {o.hex for o in story.objectives}

    def cut(self, minute: int) -> None:
        """Forget messages from a minute on."""
        self.messages = [m for m in self.messages if m.minute < minute]
        self.happened = {k: at for k, at in self.happened.items() if at < minute}

    def add(self, events: Iterable[Any]) -> None:
        """Take further events."""
        people: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for event in events:
            if event.kind.name in _PEOPLE:
                rows = people.setdefault((event.minute, event.kind.name), [])
                rows += [event.row(i) for i in range(len(event))]
                continue
            teller = getattr(self, f"_{event.kind.name}", None)
            if teller is not None:
                for i in range(len(event)):
                    teller(event.minute, event.row(i))
        for (minute, kind), rows in people.items():
            self._people(minute, rows, _PEOPLE[kind])

    def _tell(self, message: Message) -> None:
        message = replace(message, headline=smooth(message.headline), detail=smooth(message.detail))
        for k in range(len(self.messages) - 1, max(-1, len(self.messages) - 12), -1):
            old = self.messages[k]
            if old.minute < message.minute - _SPAN_MIN:
                break
            if (old.kind, old.headline, old.hex, old.side) == (message.kind, message.headline, message.hex, message.side):
                self.messages[k] = replace(old, count=old.count + 1)
                return
        self.messages.append(message)

    def _name(self, formation: int) -> str:
        return self.story.units[formation].name if 0 <= formation < len(self.story.units) else "nobody"

    def _side(self, formation: int) -> int:
        return self.story.units[formation].side if 0 <= formation < len(self.story.units) else -1

    def _where(self, cell: int) -> str:
        return place_name(self.story, cell)

    def _about(self, minute: int, kind: str, unit: int, words: str, cell: int = -1, detail: str = "", *,
               strong: bool = False, both: bool = False) -> None:  # fmt: skip
        """A line about a formation for its own side; with ``both`` the other side reads that it was some enemy."""
        seen = f"An enemy formation {words}" if both else ""
        mine = Message(minute, kind, f"{self._name(unit)} {words}", detail, cell, unit, strong, self._side(unit), public=seen)
        self._tell(mine)

    # Fights.

    def _Engaged(self, minute: int, row: dict[str, Any]) -> None:
        attacker = SIDE_NAMES[row["attacker"]]
        self._tell(Message(minute, "fight", f"Attack {onto(self._where(row['hex']))}", f"{attacker} attacks", row["hex"]))

    def _BattleEnded(self, minute: int, row: dict[str, Any]) -> None:
        where, attacker = self._where(row["hex"]), SIDE_NAMES[row["attacker"]]
        if row["outcome"] == YIELDED:
            words = f"Attack {onto(where)} succeeds" if row.get("taken") else f"Ground yielded at {where}"
            self._tell(Message(minute, "fight", words, f"{attacker} attacked", row["hex"]))
        elif row["outcome"] == BROKEN_OFF:
            self._tell(Message(minute, "fight", f"Attack {onto(where)} stalls", f"{attacker} breaks off", row["hex"]))

    def _Retreated(self, minute: int, row: dict[str, Any]) -> None:
        lost = row["men_u"] // 1_000_000
        self._about(minute, "fight", row["formation"], "retreats", row["to"], f"to {self._where(row['to'])}, {lost} men lost",
                    both=True)  # fmt: skip

    def _BrokeThrough(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "fight", row["formation"], "breaks through", row["hex"], f"at {self._where(row['hex'])}",
                    strong=True, both=True)  # fmt: skip

    def _Surrendered(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "fight", row["formation"], "lays down its arms", row["hex"], f"at {self._where(row['hex'])}",
                    strong=True, both=True)  # fmt: skip

    def _Dispersed(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "fight", row["formation"], "is dispersed", row["hex"], f"at {self._where(row['hex'])}", strong=True)

    def _BrokeOff(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "fight", row["formation"], "breaks off its attack")

    def _Captured(self, minute: int, row: dict[str, Any]) -> None:
        cell = row["hex"]
        place = self.story.theatre.place_at.get(cell)
        if cell in self._big and place is not None:
            side = SIDE_NAMES[row["side"]]
            who = self._name(row["formation"]) if row["formation"] >= 0 else f"the {side} side"
            self._tell(Message(minute, "place", f"{place.name} taken by {who}", side, cell, strong=True, side=row["side"],
                               public=f"{place.name} taken by the {side} side"))  # fmt: skip

    # Movement and supply.

    def _Appeared(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "move", row["formation"], "arrives", row["hex"], f"at {self._where(row['hex'])}")

    def _LeftMap(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "move", row["formation"], "is withdrawn from the theatre", row["hex"])

    def _Arrived(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "move", row["formation"], "has arrived", row["hex"], self._where(row["hex"]))

    def _Blocked(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "move", row["formation"], "cannot go on", row["hex"], self._where(row["hex"]))

    def _BridgeBlown(self, minute: int, row: dict[str, Any]) -> None:
        words = f"Bridge blown at {self._where(row['hex'])}"
        self._tell(Message(minute, "move", words, f"by the {SIDE_NAMES[row['by']]}", row["hex"]))

    def _BridgeRebuilt(self, minute: int, row: dict[str, Any]) -> None:
        self._tell(Message(minute, "move", f"Bridge rebuilt at {self._where(row['hex'])}", "", row["hex"]))

    def _Isolated(self, minute: int, row: dict[str, Any]) -> None:
        cut = row["cut_off_since"] < NEVER
        self._about(minute, "supply", row["formation"], "is cut off" if cut else "is supplied again", strong=cut)

    # Command.

    def _Ordered(self, minute: int, row: dict[str, Any]) -> None:
        kind = ORDER_WORDS.get(row["kind"], "act")
        goal = f" {self._where(row['goal'])}" if row["goal"] >= 0 else ""
        hours = (row["arrives_at"] - minute) / 60
        because = order_reason(self.story, (row["reason"], *row["detail"])) if not row["by_human"] else "by hand"
        told = "; ".join(filter(None, (because, f"the order takes {hours:.1f} h")))
        self._about(minute, "staff", row["formation"], f"ordered to {kind}{goal}", row["goal"], told)

    def _OrderTaken(self, minute: int, row: dict[str, Any]) -> None:
        goal = f" {self._where(row['goal'])}" if row["goal"] >= 0 else ""
        self._about(minute, "staff", row["formation"], f"takes up its order: {TASKS[row['task']]}{goal}", row["goal"])

    def _CommanderChanged(self, minute: int, row: dict[str, Any]) -> None:
        who = self.commanders[row["commander"]] if 0 <= row["commander"] < len(self.commanders) else "A new commander"
        hq = self.formations + row["hq"]
        self._tell(Message(minute, "staff", f"{who} takes over {self._name(hq)}", "", -1, hq, True, self._side(hq)))

    def _TookCommand(self, minute: int, row: dict[str, Any]) -> None:
        who = self.commanders[row["commander"]] if 0 <= row["commander"] < len(self.commanders) else "A new commander"
        unit = row["formation"]
        self._tell(Message(minute, "staff", f"{who} takes over {self._name(unit)}", "", -1, unit, True, self._side(unit)))

    # People and politics.

    def _Happened(self, minute: int, row: dict[str, Any]) -> None:
        self.happened[row["happening"]] = minute
        if 0 <= row["happening"] < len(self.happenings):
            self._tell(Message(minute, "history", self.happenings[row["happening"]], strong=True))

    def _HappenedInSecret(self, minute: int, row: dict[str, Any]) -> None:
        self.happened[row["happening"]] = minute
        if 0 <= row["happening"] < len(self.happenings):
            self._tell(Message(minute, "history", self.happenings[row["happening"]], strong=True, side=row["side"]))

    def _RunEnded(self, minute: int, row: dict[str, Any]) -> None:
        self._tell(Message(minute, "history", "The fighting ends", strong=True))

    def _Recalled(self, minute: int, row: dict[str, Any]) -> None:
        self._about(minute, "move", row["formation"], "is called away from the theatre")

    def _people(self, minute: int, rows: list[dict[str, Any]], what: str) -> None:
        """One line for all formations of a side that gain or lose people at a moment; those with the most are named."""
        for side in (0, 1):
            men_u: dict[int, int] = {}
            for row in rows:
                if self._side(row["formation"]) == side:
                    men_u[row["formation"]] = men_u.get(row["formation"], 0) + row["men_u"]
            parts = sorted(((u // 1_000_000, unit) for unit, u in men_u.items() if u >= 1_000_000), key=lambda p: (-p[0], p[1]))
            if not parts:
                continue
            told = ", ".join(f"{self._name(unit)} {number(men)}" for men, unit in parts[:MOST_NAMED])
            rest = f" and {len(parts) - MOST_NAMED} more" if len(parts) > MOST_NAMED else ""
            words = f"{number(sum(men for men, _ in parts))} men {what}"
            self._tell(Message(minute, "people", words, f"{SIDE_NAMES[side]}: {told}{rest}", side=side))

    def _CutRails(self, minute: int, row: dict[str, Any]) -> None:
        self._tell(Message(minute, "supply", "Partisans cut a railway"))

    def _HeadquartersMoved(self, minute: int, row: dict[str, Any]) -> None:
        if row["driven"]:
            self._about(minute, "staff", self.formations + row["hq"], "is driven off", row["hex"], strong=True)

    def _DirectiveStarted(self, minute: int, row: dict[str, Any]) -> None:
        if 0 <= row["directive"] < len(self.directives):
            words, side = self.directives[row["directive"]]
            self._tell(Message(minute, "staff", f"Directive begins: {words.replace('_', ' ')}", side=side))


def readable(messages: Iterable[Message], viewer: int) -> list[Message]:
    """The messages as a viewer may read them: all, a side's own, or of the other side's what anybody can see."""
    found = []
    for message in messages:
        if viewer == TRUTH or message.side in (-1, viewer):
            found.append(message)
        elif message.public:
            away = message.unit >= 0  # where the enemy goes is his affair
            cell = -1 if away else message.hex
            found.append(replace(message, headline=message.public, detail="", unit=-1, hex=cell, side=-1))
    return found


def facts_as_messages(story: Story) -> list[Message]:
    """Dated facts as lines of the log, at the moment they begin (a day's fact at its noon)."""
    out = []
    for fact in story.facts:
        if fact.kind in ("event", "control") and fact.stop - fact.start <= 3 * 1440:
            when = fact.start + min(720, (fact.stop - fact.start) // 2)
            out.append(Message(when, "history", fact.title, f"recorded: {fact.detail}", fact.hex))
    return sorted(out, key=lambda m: m.minute)
