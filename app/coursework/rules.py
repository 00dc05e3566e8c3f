"""What may happen to a system and to its submissions. Pure: plain values in, the next state or Refused out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.files.rules import size_words
from app.lib import times
from app.lib.refusal import Refused

REVIEW_CLOCK = "18:00"  # a promise ends at the end of the business day, cohort time
WAITING = frozenset({"submitted", "in review"})  # a round lies with the coach
WRITABLE = frozenset({"not started", "drafting", "changes requested", "reopened"}) | WAITING

# --- states -------------------------------------------------------------------------------------------------

# verb → status before → status after. What is not here cannot happen.
_SYSTEM: dict[str, dict[str, str]] = {
    "start": {"not started": "drafting"},
    "save": {
        "not started": "drafting",
        "drafting": "drafting",
        "changes requested": "drafting",
        "reopened": "drafting",
        "submitted": "submitted",  # the next round may be drafted while this one waits
        "in review": "in review",
    },
    "submit": {"drafting": "submitted", "changes requested": "submitted", "reopened": "submitted"},
    "take back": {"submitted": "drafting"},
    "pull back": {"submitted": "drafting", "in review": "drafting"},  # within the first minutes
    "take up": {"submitted": "in review", "in review": "in review"},
    "hand back": {"in review": "submitted", "submitted": "submitted"},
    "accept": {"submitted": "accepted", "in review": "accepted"},
    "request changes": {"submitted": "changes requested", "in review": "changes requested"},
    # the coach withdraws a published review: the round waits again
    "withdraw review": {
        "changes requested": "submitted",
        "drafting": "submitted",
        "accepted": "submitted",
        "reopened": "submitted",
    },
    # An accepted system is improved: the accepted round stays in the manual until a later one is accepted too.
    "reopen": {"accepted": "reopened"},
    "stop improving": {"reopened": "accepted", "drafting": "accepted", "changes requested": "accepted"},
    "excuse": {
        "not started": "excused",
        "drafting": "excused",
        "changes requested": "excused",
        "reopened": "excused",
    },
    "call back": {"excused": "drafting"},
    # something in it may be about a client: its author must be able to take it out and send again; and the undo
    "hide": {"submitted": "drafting", "in review": "drafting", "accepted": "reopened"},
    "wait again": {"drafting": "submitted"},
    "accept again": {"reopened": "accepted"},
}
_SUBMISSION: dict[str, dict[str, str]] = {
    "take up": {"waiting": "in review", "in review": "in review"},
    "hand back": {"in review": "waiting", "waiting": "waiting"},
    "take back": {"waiting": "withdrawn"},
    "pull back": {"waiting": "withdrawn", "in review": "withdrawn"},
    "decide": {"waiting": "decided", "in review": "decided"},
    "withdraw review": {"decided": "waiting"},
    "hide": {"waiting": "withdrawn", "in review": "withdrawn"},
    "show again": {"withdrawn": "waiting"},
}
_DECIDED = "This round is answered already, so it can no longer be taken back."
_WHY_NOT = {
    ("take back", "decided"): _DECIDED,
    ("pull back", "decided"): _DECIDED,
    (
        "save",
        "accepted",
    ): "This system is accepted and part of your manual. To change it, improve it in a new round.",
    ("save", "excused"): "You are excused from this system, so there is nothing to write here.",
    ("submit", "submitted"): "A round of this system is already waiting for your coach. "
    "The next one can be sent after the answer; until then you may keep drafting.",
    ("submit", "in review"): "Your coach is reading a round of this system right now. "
    "The next one can be sent after the answer; until then you may keep drafting.",
    ("submit", "accepted"): "This system is accepted; there is nothing left to submit.",
    ("submit", "excused"): "You are excused from this system; there is nothing to submit.",
    ("submit", "not started"): "There is nothing to submit yet: this system is not started.",
    (
        "take back",
        "in review",
    ): "Your coach is already reading this round, so it can no longer be taken back.",
    (
        "stop improving",
        "submitted",
    ): "Your new round is waiting for your coach. Take it back first, then stop improving.",
    (
        "stop improving",
        "in review",
    ): "Your coach is reading your new round right now. You can stop improving after the answer.",
    ("excuse", "submitted"): "A round is waiting for review. Answer it first, then excuse the system.",
    ("excuse", "in review"): "A round is in review. Answer it first, then excuse the system.",
}


def next_status(status: str, verb: str) -> str:
    """The status of a system after the verb. Raises Refused where the drawing has no such step."""
    return _step(_SYSTEM, "system", status, verb)


def next_submission_status(status: str, verb: str) -> str:
    """The status of a submission after the verb. Raises Refused where the drawing has no such step."""
    return _step(_SUBMISSION, "round", status, verb)


def _step(drawing: Mapping[str, Mapping[str, str]], noun: str, status: str, verb: str) -> str:
    after = drawing[verb].get(status)
    if after is None:
        raise Refused(
            _WHY_NOT.get((verb, status), f"This {noun} is {status}; that step is not open to it now.")
        )
    return after


_STATES = {
    "not started": ("empty", "Not started"),
    "drafting": ("drafting", "Drafting"),
    "submitted": ("waiting", "Submitted"),
    "in review": ("waiting", "In review"),
    "changes requested": ("changes", "Changes requested"),
    "accepted": ("accepted", "Accepted"),
    "reopened": ("drafting", "Reopened"),
    "excused": ("excused", "Excused"),
}


def state_of(status: str | None) -> tuple[str, str]:
    """(data-state of the band, the word beside it); None is a system nobody has opened. The same for everyone."""
    return _STATES[status or "not started"]


# --- the queue -----------------------------------------------------------------------------------------------

QUIET = timedelta(days=8)  # more than a week without anything sent
TURNAROUND = (4, 8, 12, 24, 36, 48, 72, 96, 120, 168, 336)  # hours: bounds of the kept distribution


def step(number: int) -> int:
    """The kind of a round as the queue tells them apart: 1, 2, and 3 for the third and every later one."""
    return min(number, 3)


def is_quiet(last_sent: datetime | None, began: datetime, now: datetime) -> bool:
    """Whether this person sent nothing, of any module, for eight days before `now` (UTC).

    Who never sent anything is counted from when they began.
    """
    return now - (last_sent or began) >= QUIET


def turnaround(sent: datetime, answered: datetime) -> int:
    """The smallest bound in hours that holds the time between the two; 0 beyond the last bound."""
    return next((hours for hours in TURNAROUND if answered - sent <= timedelta(hours=hours)), 0)


# --- dates --------------------------------------------------------------------------------------------------


def promise(submitted_at: datetime, review_days: int, zone: str, holidays: Collection[date] = ()) -> datetime:
    """The instant (UTC) by which the review is due: 18:00 cohort time, `review_days` business days later.

    Counting begins on the day after the submission, so a round sent on a weekend counts from Monday.
    """
    sent_on = times.local_date(submitted_at, zone)
    return times.at(times.add_business_days(sent_on, review_days, holidays), REVIEW_CLOCK, zone)


def days(holidays: Iterable[str] | None) -> list[date]:
    """The cohort's holidays, kept as ISO texts, as dates."""
    return [date.fromisoformat(one) for one in holidays or ()]


# --- who may write ------------------------------------------------------------------------------------------

_CANNOT_WORK = {
    "suspended": "Your enrollment is suspended, so nothing can be changed here for now. "
    "Everything you wrote stays readable and you can still export it.",
    "paused": "Your enrollment is paused: the clock stands still and so does this worksheet. "
    "Everything you wrote is kept for the day you come back.",
    "deferred": "You moved to another cohort. This is your work as you left it; the new cohort has its own copy.",
    "withdrawn": "You left this cohort. This is your work as you left it; you can read and export it.",
    "completed": "You have completed this cohort. This is your work as it stands; you can read and export it.",
}
CALLED_OFF = (
    "This cohort does not take place, so what waited for an answer is not answered any more. "
    "This is your work as it stands; you can read and export it."
)


def reason_read_only(enrollment_status: str, may_work: bool, status: str) -> str:
    """Why nothing can be written in this system now, as a sentence; empty when it can."""
    if reason := reason_no_work(enrollment_status, may_work):
        return reason
    return "" if status in WRITABLE else _WHY_NOT["save", status]


def reason_no_work(enrollment_status: str, may_work: bool) -> str:
    """Why this person can change nothing at all in their work now; empty when they can."""
    if may_work:
        return ""
    return _CANNOT_WORK.get(
        enrollment_status, f"Your enrollment is {enrollment_status}; nothing can be changed."
    )


def check_may_write(enrollment_status: str, may_work: bool, status: str) -> None:
    """Raise Refused with the reason when nothing can be written in this system now."""
    if reason := reason_read_only(enrollment_status, may_work, status):
        raise Refused(reason)


def check_open(is_open: bool, title: str, opens: str) -> None:
    """Raise Refused while the module is not open; `opens` is its date in words."""
    if not is_open:
        raise Refused(
            f"“{title}” opens on {opens}. Nothing you wrote is lost; you can work on it from then on."
        )


# --- what a round must have -----------------------------------------------------------------------------------


def check_rating(criteria: Iterable[tuple[str, str]], rating: Mapping[str, str]) -> None:
    """Raise Refused unless every (key, title) of the rubric is rated."""
    left = [title for key, title in criteria if not rating.get(key)]
    if left:
        raise Refused(f"Rate your own work first. Still open: {'; '.join(left)}.", field="rating")


def check_statement(is_own: bool, no_client: bool) -> None:
    """Raise Refused unless both sentences above the button are ticked."""
    if not (is_own and no_client):
        raise Refused("Tick both sentences above the button before you submit.", field="statement")


def check_answer(answer: str, text: str) -> None:
    """Raise Refused for an answer to a change request that nobody could act on."""
    if answer not in ("changed", "disagree"):
        raise Refused("Choose one: changed here, or I disagree.")
    if answer == "disagree" and not text.strip():
        raise Refused("Say in a sentence why you disagree, so that your coach can answer it.")


def check_changes_answered(unanswered: int) -> None:
    """Raise Refused while required changes have no answer."""
    if unanswered:
        what = "1 required change has" if unanswered == 1 else f"{unanswered} required changes have"
        raise Refused(f"{what} no answer yet. Say “changed here”, or why you disagree.", field="requests")


# --- files ----------------------------------------------------------------------------------------------------

QUOTA = (
    250 * 1024 * 1024
)  # bytes of all files of one enrollment, taken-out ones included while they can be put back


def check_tick(ticked: bool, field: str) -> None:
    """Raise Refused before a file is taken that nobody has called de-identified."""
    if not ticked:
        raise Refused(
            "Tick the sentence first: no file is taken before you have made sure that it identifies no client.",
            field=field,
        )


def check_room(count: int, most: int, field: str) -> None:
    """Raise Refused when the field holds as many files as it may."""
    if count >= most:
        room = "one file" if most == 1 else f"{most} files"
        raise Refused(f"There is room for {room} here. Take one out first.", field=field)


def check_quota(used: int, size: int, field: str) -> None:
    """Raise Refused when one more file of this size (bytes) would be more than an enrollment may hold."""
    if used + size > QUOTA:
        raise Refused(
            f"All your files together may have {size_words(QUOTA)}; with this one they would have "
            f"{size_words(used + size)}. Take out what you no longer need: its room is free a day later. "
            "Or send a smaller version.",
            field=field,
        )


# --- the receipt ------------------------------------------------------------------------------------------------


def digest(answers: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the answers as canonical JSON: sorted keys, no spaces. Equal work has an equal receipt."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_complete(open_points: int) -> None:
    """Raise Refused while required fields are open."""
    if open_points:
        what = "1 point is" if open_points == 1 else f"{open_points} points are"
        raise Refused(f"{what} still to do before this can be sent. Your work is saved.", field="check")


def is_answer(answer: str = "", text: str = "") -> bool:
    """Whether this answers a change request."""
    try:
        check_answer(answer, text)
    except Refused:
        return False
    return True


# --- private notes to lessons --------------------------------------------------------------------------------

LONGEST_NOTE = 20_000  # characters


def check_note(text: str) -> None:
    """Raise Refused when a note is longer than there is room for."""
    if len(text) > LONGEST_NOTE:
        raise Refused(
            f"This note is {len(text):,} characters long; there is room for {LONGEST_NOTE:,}. "
            "Shorten it and save again; what you typed is still in the field."
        )
