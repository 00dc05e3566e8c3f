"""What may happen to a review. Pure: plain values in, an answer or `Refused` out.

A system is accepted when every criterion is at least *Meets*; nothing is averaged. A *critical* criterion at
*Not yet* always returns the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.lib.refusal import Refused
from app.lib.words import count

LEASE = timedelta(minutes=30)  # how long a round is one coach's alone, from the last save
REACH = timedelta(hours=24)  # how long a published review can be withdrawn
TEXT_LIMIT = 4_000  # characters of one comment, of the strength and of the note
QUOTE_LIMIT = 300
MOST_COMMENTS = 100
LEVEL_WORDS = {"not_yet": "Not yet", "meets": "Meets", "exceeds": "Exceeds"}
KIND_WORDS = {"praise": "Praise", "suggested": "Suggested", "required": "Required"}
VERDICTS = ("accepted", "changes requested")
ENOUGH = ("meets", "exceeds")


@dataclass(frozen=True)
class Remark:
    """One comment as it stands in the form. `key` is its id; before it is kept 'new-<field id>', a further one
    'new-<field id>~2'.
    """

    key: str
    field_id: str
    kind: str
    text: str
    quote: str = ""
    prefix: str = ""  # what stood before and after the quote
    suffix: str = ""
    row_id: str = ""  # the row of the table it is about
    comes_first: bool = False


@dataclass(frozen=True)
class ReviewText:
    """Everything a coach writes in one review."""

    marks: Mapping[str, str] = field(default_factory=dict)  # criterion key → level
    strength: str = ""
    note: str = ""
    settled: Mapping[str, str] = field(default_factory=dict)  # id of an earlier request → 'settled' or 'open'
    remarks: tuple[Remark, ...] = ()

    def adds_nothing_to(self, stored: ReviewText) -> bool:
        """Whether saving this over `stored` would change nothing. Comments a form does not show stay as they are."""
        own = (self.marks, self.strength, self.note, self.settled)
        same = own == (stored.marks, stored.strength, stored.note, stored.settled)
        return same and all(one in stored.remarks for one in self.remarks)


@dataclass(frozen=True)
class Standing:
    """What a verdict is decided on. `criteria` are (key, title, critical); counts are of required changes."""

    criteria: tuple[tuple[str, str, bool], ...]
    marks: Mapping[str, str]
    strength: str
    required: int  # asked for in this review
    earlier_open: int  # asked for before and not called settled

    @property
    def unrated(self) -> int:
        return sum(1 for key, _, _ in self.criteria if self.marks.get(key) not in LEVEL_WORDS)

    @property
    def below(self) -> list[str]:
        """Titles of the criteria at Not yet."""
        return [title for key, title, _ in self.criteria if self.marks.get(key) == "not_yet"]

    @property
    def critical_below(self) -> list[str]:
        return [t for key, t, critical in self.criteria if critical and self.marks.get(key) == "not_yet"]

    @property
    def open_changes(self) -> int:
        return self.required + self.earlier_open


@dataclass(frozen=True)
class Hint:
    """What the verdict bar says: the reason, where it leads, and the verdict that fits ('' while none does)."""

    first: str
    href: str
    rest: str
    fits: str


def hint(standing: Standing) -> Hint:
    """The sentence of the verdict bar. What it calls fitting is what `check_verdict` lets through."""
    said = _first(count(standing.open_changes, "required change is", "required changes are")) + " open."
    if standing.unrated:
        left = count(standing.unrated, "criterion", "criteria")
        return Hint(f"{_first(left)} left to rate.", "#rubric", said, "")
    if standing.below:
        if not standing.open_changes:
            return Hint("Say what has to change.", "#work", f"{_named(standing.below)} not there yet.", "")
        return Hint("Ready to return.", "#rubric", said, "changes requested")
    if standing.open_changes:
        return Hint("Ready to return.", "#work", said, "changes requested")
    if not standing.strength.strip():
        return Hint("Name one strength.", "#strength", "Then this can be accepted.", "")
    return Hint("Ready to accept.", "#rubric", said, "accepted")


def check_verdict(verdict: str, standing: Standing) -> None:
    """Raise Refused when this verdict does not follow from what the coach wrote."""
    if verdict not in VERDICTS:
        raise Refused("Choose a verdict: accept the system, or request changes.")
    if standing.unrated:
        left = count(standing.unrated, "criterion is", "criteria are")
        raise Refused(f"{_first(left)} not rated yet. Every criterion needs a level.", field="rubric")
    if verdict == "accepted":
        _check_accept(standing)
    elif not standing.open_changes:
        raise Refused(
            "Ask for at least one required change, so that it is clear what would make this acceptable.",
            field="work",
        )


def _check_accept(standing: Standing) -> None:
    if standing.critical_below:
        names = _named(standing.critical_below)
        raise Refused(
            f"{names} at Not yet, and that is safety-critical: this can only be returned.", field="rubric"
        )
    if standing.below:
        raise Refused(
            f"{_named(standing.below)} at Not yet. Accepted means at least Meets everywhere.", field="rubric"
        )
    if standing.earlier_open:
        left = count(standing.earlier_open, "earlier required change is", "earlier required changes are")
        raise Refused(f"{_first(left)} not settled. Call it settled, or return the work.", field="requests")
    if standing.required:
        left = count(standing.required, "required change", "required changes")
        raise Refused(f"You ask for {left} here. Accepted means that none is open.", field="work")
    if not standing.strength.strip():
        raise Refused("Name one strength first: what should stay exactly as it is?", field="strength")


def check_publish(
    *,
    review_status: str,
    version: int,
    version_given: int,
    submission_status: str,
    round_read: int,
    round_now: int,
    holds_lease: bool,
    holder: str = "",
) -> None:
    """Raise Refused when this review can no longer be the answer to this round. The sentences say what to do."""
    if review_status != "draft":
        raise Refused("This review is published already. Withdraw it if something in it is wrong.")
    if submission_status == "withdrawn":
        raise Refused(
            "The participant took this round back, so there is nothing to decide. Your draft is kept."
        )
    if submission_status == "decided":
        raise Refused(
            "This round is decided already: a colleague published a review. Your draft is kept below."
        )
    if round_read != round_now:
        raise Refused(f"This is round {round_read}, and round {round_now} is in by now. Your draft is kept.")
    if not holds_lease and holder:
        raise Refused(
            f"{holder} took this review over, so only {holder} can publish. Your draft is kept.", "lease"
        )
    if not holds_lease:
        raise Refused(
            "A colleague had this review open meanwhile. It is yours again: look once more, then publish.",
            "lease",
        )
    if version != version_given:
        raise Refused("This review was saved in another tab since you opened this one. Both texts are below.")


def check_text(text: ReviewText) -> None:
    """Raise Refused for more than a person would read."""
    for name, words, limit in _texts(text):
        if len(words) > limit:
            raise Refused(f"{name} is {len(words):,} characters long; there is room for {limit:,}.")
    if len(text.remarks) > MOST_COMMENTS:
        raise Refused(f"There are {len(text.remarks)} comments; keep the {MOST_COMMENTS} that matter most.")


def _texts(text: ReviewText) -> Iterable[tuple[str, str, int]]:
    yield "The strength", text.strength, TEXT_LIMIT
    yield "The note", text.note, TEXT_LIMIT
    for remark in text.remarks:
        yield f"A comment on {remark.field_id}", remark.text, TEXT_LIMIT


def holds_lease(coach_id: int | None, token: str | None, my_id: int, my_token: str) -> bool:
    """Does this coach still have the round? An expired lease nobody took over is still theirs."""
    return coach_id == my_id and bool(token) and token == my_token


def lease_is_live(coach_id: int | None, until: datetime | None, now: datetime) -> bool:
    return coach_id is not None and until is not None and until > now


def reason_not_withdrawn(
    *,
    status: str,
    published_at: datetime | None,
    is_own: bool,
    answered: bool,
    is_last_round: bool,
    now: datetime,
    has_stopped: bool = False,
    excused: bool = False,
    moved: bool = False,
    called_off: bool = False,
) -> str:
    """Why a review cannot be withdrawn by this person now, as a sentence; empty when it can.

    `moved`: its round was carried over to another cohort, or is the copy that came along. `called_off`: the cohort was
    cancelled, so the round would wait for nobody.
    """
    if status != "published" or published_at is None:
        return "Only a published review can be withdrawn."
    if not is_own:
        return "Only the coach who published this review can withdraw it."
    if moved:
        return "The participant has gone on to another cohort with this review, so it stands in both."
    if called_off:
        return "The cohort does not take place, so nobody would answer this round again. The review stands."
    if excused:
        return "The participant is excused from this system. Call them back to it first, then withdraw the review."
    if not is_last_round:
        return "The next round is in already, so this review stands. Answer that round instead."
    if has_stopped:
        return "The participant has stopped improving this system; its accepted round stands."
    if answered:
        return "The participant has begun to answer it, so this review stands. Write to them instead."
    if now - published_at > REACH:
        return "A review can be withdrawn within 24 hours. After that, write to the participant instead."
    return ""


def minutes_to_review(words: int, round_number: int) -> int:
    """How long one review takes, in whole minutes; a later round is half read already."""
    return review_minutes(1, words, 0, 0) if round_number == 1 else review_minutes(0, 0, 1, words)


def review_minutes(first: int, first_words: int, later: int, later_words: int) -> int:
    """Minutes for so many first and later rounds with so many words: judging, and reading at 150 words a minute."""
    return first * 8 + first_words // 150 + later * 4 + later_words // 300


def _named(titles: list[str]) -> str:
    """'Numbers is', 'Numbers and Scoreboard are'."""
    if len(titles) == 1:
        return f"“{titles[0]}” is"
    return f"{', '.join(f'“{one}”' for one in titles[:-1])} and “{titles[-1]}” are"


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
