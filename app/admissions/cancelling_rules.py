"""Cancelling a cohort: when it can be, whom it touches, who may say yes. Pure; amounts are integer cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.lib.refusal import Refused
from app.lib.words import clean_text
from app.payments.returns import WITHDRAWABLE, Figures

# How somebody stands to the cohort, as the screen groups them.
STANDINGS = {
    "enrolled": "Enrolled",
    "paying": "Paying now",
    "offered": "Offered a seat",
    "waiting": "On the waitlist",
    "applied": "Applied",
    "employer": "Employers",
}
CANCELLABLE = frozenset({"draft", "open", "closed", "running"})
SHORTEST, LONGEST = 40, 2000  # characters of the paragraph
LONGEST_NOTE = 500
TELL_STAFF_AFTER = 5  # tries that failed, a minute apart

CHANGED = "Something has changed since you opened this page. Here is who is touched now, and what goes back."
SAME_PERSON = (
    "You asked for this cancellation yourself, and it is above the limit for one person. "
    "Another member of staff has to confirm it."
)
NOT_REQUESTED = "Nobody is asking to cancel this cohort any more. Nothing was changed."
REQUESTED = "Somebody has asked to cancel this cohort already. It waits for a second person."


def check_may_cancel(status: str, title: str) -> None:
    """Raise Refused for a cohort that has taken place, or is cancelled already."""
    if status == "cancelled":
        raise Refused(f"The {title} is cancelled already. Nothing was changed.")
    if status not in CANCELLABLE:
        raise Refused(
            f"The {title} is {status}: it has taken place, so it cannot be cancelled. "
            "Who should get money back is withdrawn on the page of their own place."
        )


def check_reason(typed: str) -> str:
    """The paragraph that everybody reads. Refused when it is missing, too short to say why, or too long."""
    reason = clean_text(typed)
    if len(reason) < SHORTEST:
        raise Refused("Say in a sentence or two why: everybody who is touched reads it.", field="reason")
    if len(reason) > LONGEST:
        raise Refused(f"Keep it to {LONGEST:,} characters; this has {len(reason):,}.", field="reason")
    return reason


def check_note(typed: str) -> str:
    """Why somebody says no to a cancellation; the colleague who asked reads it."""
    note = clean_text(typed)
    if len(note) < 5:
        raise Refused("Say in a few words why not; your colleague reads it.", field="note")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"Keep it to {LONGEST_NOTE} characters.", field="note")
    return note


def check_second(asked_by_id: int, actor_id: int) -> None:
    """Raise Refused when the one who confirms is the one who asked."""
    if asked_by_id == actor_id:
        raise Refused(SAME_PERSON)


@dataclass(frozen=True)
class Shown:
    """What a page said would happen: so many people, so much money."""

    people: int
    back_cents: int


def check_shown(now: Shown, then: Shown) -> None:
    """Raise Refused when what was on the page is not what is."""
    if now != then:
        raise Refused(CHANGED)


def standing(
    enrollment: str | None, application: str | None, *, paying: bool, offered: bool, in_line: bool
) -> str | None:
    """How somebody stands: a key of STANDINGS; None for whom a cancellation does not touch.

    `application`: its status while it is alive. `paying`: money or a payment page of theirs; `offered`: they hold a
    seat. Who has completed keeps the record, and who has left before has had their settlement.
    """
    if enrollment in WITHDRAWABLE:
        return "enrolled"
    if enrollment not in (None, "pending"):
        return None
    if paying:
        return "paying"
    if offered or application == "accepted":
        return "offered"
    if in_line or application == "waitlisted":
        return "waiting"
    return "applied" if application else None


@dataclass(frozen=True)
class Touched:
    """One person whom a cancellation touches, or one employer with what it bought, with the arithmetic."""

    user_id: int | None  # None: an employer
    name: str
    standing: str
    enrollment_id: int | None = None
    paid_cents: int = 0  # that arrived
    returned_cents: int = 0  # of it, what went back before or is about to
    figures: Figures | None = None  # the arithmetic of what is left of that, for whoever has a place
    by_hand_cents: int = 0  # of what goes back, by check or transfer
    stops: int = 0  # installments that are not charged any more
    stops_cents: int = 0
    page_open: bool = False  # a payment page of theirs is open
    on_its_way: bool = False  # a bank is deciding on money of theirs
    holds_seat: bool = False
    paid_by: str = ""  # the employer whose seat this person sits in
    purchase_id: int | None = None  # of an employer, with:
    contact: str = ""
    seats: int = 0  # that are held
    claimed: int = 0  # of them, by somebody
    invited: int = 0  # addresses with an open invitation

    @property
    def back_cents(self) -> int:
        """What goes back now."""
        return self.figures.back_cents if self.figures else 0

    @property
    def disputed_cents(self) -> int:
        """What the payer's bank has taken back, or decides on."""
        return self.figures.disputed_cents if self.figures else 0


@dataclass(frozen=True)
class Overview:
    """Everybody touched, and the sums."""

    people: tuple[Touched, ...]
    currency: str = "usd"

    def of(self, key: str) -> list[Touched]:
        return [one for one in self.people if one.standing == key]

    def total(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.people)

    @property
    def shown(self) -> Shown:
        return Shown(len(self.people), self.total("back_cents"))


def progress(statuses: Iterable[str]) -> str:
    """'3 of 8 people are seen to'"""
    known = list(statuses)
    done = sum(one != "waiting" for one in known)
    return f"{done} of {len(known)} {'person is' if len(known) == 1 else 'people are'} seen to"
