"""What goes with a round besides the answers: notes to findings, the “When …, I will …” line, the sentences agreed to;
how long a round can be pulled back, and how many may wait. Pure.

In a draft these stand beside the answers, each under the name of its form field: `plan~when`, `note~3f…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.coursework.precheck import Finding
from app.lib.refusal import Refused
from app.lib.words import count

GRACE = timedelta(minutes=10)  # a round can be pulled back although a coach has opened it
MOST_WAITING = 3  # rounds of one person that may wait for an answer at the same time
NOTE, PLAN = "note~", "plan~"
WHEN, WILL = f"{PLAN}when", f"{PLAN}will"
NOTE_LIMIT = PLAN_LIMIT = 300  # characters
KEPT = 2_000  # characters of either that are kept as typed, so that too long a text can be shortened
MOST_NOTES = 200
_NOTE_NAME = re.compile(r"note~[0-9a-f]{16}")


def is_name(name: str) -> bool:
    """Whether a form field of this name belongs to what goes with a round."""
    return name in (WHEN, WILL) or _NOTE_NAME.fullmatch(name) is not None


def kept(stored: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """What a draft keeps after a save: no empty texts, and of old notes the newest."""
    both = {key: text for key, text in {**stored, **changed}.items() if text}
    notes = [key for key in both if key.startswith(NOTE)]
    return {key: text for key, text in both.items() if key not in notes[:-MOST_NOTES]}


# --- notes --------------------------------------------------------------------------------------------------------


def note_to(finding: Finding, entries: Mapping[str, Any]) -> str:
    text: str = entries.get(f"{NOTE}{finding.key}", "")
    return text


def note_problem(text: str) -> str:
    """What is wrong with a note; '' when it can stand."""
    if len(text) > NOTE_LIMIT:
        return f"This note has {len(text)} characters; there is room for {NOTE_LIMIT}."
    return ""


def is_settled(finding: Finding, entries: Mapping[str, Any]) -> bool:
    """Whether a finding keeps nobody from sending: it is none to judge, or a note answers it."""
    note = note_to(finding, entries)
    return finding.kind != "look" or bool(note.strip() and not note_problem(note))


def check_looked_at(findings: Iterable[Finding], entries: Mapping[str, Any]) -> None:
    """Raise Refused while a finding is neither mended nor answered by a note."""
    left = sum(not is_settled(one, entries) for one in findings)
    if left:
        points = count(left, "point asks", "points ask")
        raise Refused(
            f"{points[:1].upper()}{points[1:]} for a look before this can be sent. Mend it, or say in a few words "
            "why it is right as it is. Your work is saved.",
            field="look",
        )


# --- when …, I will … ----------------------------------------------------------------------------------------------


def check_plan(when: str, will: str) -> None:
    """Raise Refused unless both halves of the line are written, neither too long."""
    if not when.strip() or not will.strip():
        raise Refused("Say when you will put this to use first, and what you will do then.", field="plan")
    longest = max(len(when), len(will))
    if longest > PLAN_LIMIT:
        raise Refused(
            f"Keep each half of the line to {PLAN_LIMIT} characters; one has {longest}.", field="plan"
        )


# --- frozen into the round ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noted:
    """A finding as it was when the round was sent, with the participant's note."""

    field_id: str
    sentence: str
    passages: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class SentWith:
    """What went with a round. Rounds that were sent before this was asked have nothing."""

    when: str = ""
    will: str = ""
    notes: tuple[Noted, ...] = ()
    statements: tuple[str, ...] = field(default=())

    @property
    def line(self) -> str:
        """'When …, I will …'; '' where nobody was asked."""
        return f"When {self.when}, I will {self.will.rstrip('.')}." if self.when and self.will else ""

    def as_json(self) -> dict[str, Any]:
        notes = [{**vars(one), "passages": list(one.passages)} for one in self.notes]
        return {"when": self.when, "will": self.will, "notes": notes, "statements": list(self.statements)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> SentWith:
        notes = tuple(Noted(**{**one, "passages": tuple(one["passages"])}) for one in stored.get("notes", ()))
        return cls(stored.get("when", ""), stored.get("will", ""), notes, tuple(stored.get("statements", ())))


def sent_with(findings: Iterable[Finding], entries: Mapping[str, Any], statements: Iterable[str]) -> SentWith:
    """What goes with a round that is sent now."""
    notes = [
        Noted(one.anchor, one.sentence, one.passages, " ".join(note_to(one, entries).split()))
        for one in findings
        if one.kind == "look"
    ]
    when, will = (" ".join(entries.get(name, "").split()) for name in (WHEN, WILL))
    when = re.sub(r"^when\s+", "", when, flags=re.IGNORECASE).rstrip(",")
    will = re.sub(r"^i(?:\s+will|['’]ll)\s+", "", will, flags=re.IGNORECASE)
    return SentWith(when, will, tuple(notes), tuple(statements))


# --- pulling back, and waiting ---------------------------------------------------------------------------------------


def way_back(submitted_at: datetime, now: datetime) -> str:
    """The verb by which a round is taken back at this moment; `rules` says where it leads."""
    return "pull back" if now < submitted_at + GRACE else "take back"


@dataclass(frozen=True)
class Waiting:
    """A round that waits for an answer; `promised` in words, in the viewer's zone."""

    name: str  # 'System 3, round 2'
    promised_at: datetime
    promised: str


def check_waiting(waiting: Iterable[Waiting]) -> None:
    """Raise Refused when as many rounds wait as may."""
    rounds = sorted(waiting, key=lambda one: one.promised_at)
    if len(rounds) < MOST_WAITING:
        return
    names = [one.name for one in rounds]
    raise Refused(
        f"{count(len(rounds), 'round', 'rounds').capitalize()} of yours already wait for an answer: "
        f"{', '.join(names[:-1])} and {names[-1]}. More at a time would only make each answer later. "
        f"You will hear on {names[0]} by {rounds[0].promised}; then this one can be sent. Your work is saved.",
        field="send",
    )
