"""Who may be invited to an employer's seat, and who may claim one. Pure; sentences are for whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from app.admissions import rules
from app.lib.refusal import Refused
from app.lib.times import day_year

MOST_LINES = 200
LONGEST_LIST = 20_000  # characters
_IN_BRACKETS = re.compile(r"<([^<>]*)>")

NOT_PAID = "The seats are not paid yet. As soon as they are, you can invite people here."
NOT_RUNNING = "This cohort is {status}, so no seat in it can be claimed. Please write to us."
OVER = "The last day to claim a seat was {day}. Please write to us; we find a way together."
NO_SEAT = "No seat is left for this address. Take an invitation back, or write to us for more seats."
NOT_OPEN = "This invitation is {status}, so nothing was changed."
PAYING = (
    "You are paying for a seat of your own at this moment. Finish that or leave its page, "
    "and open this invitation again in a few minutes. Nothing was charged."
)
GONE = "The last of these seats was claimed a moment ago. Please ask whoever invited you."


@dataclass(frozen=True)
class Line:
    """One line of a pasted list: what stood there, the address in it, and what is wrong with it, as a sentence."""

    number: int
    text: str
    email: str = ""
    problem: str = ""


def read_list(typed: str, known: Collection[str], left: int) -> list[Line]:
    """The addresses of a pasted list, one in a line or with commas between, each checked.

    `known` are the addresses that have been invited already; `left` is how many seats nobody is invited to yet.
    """
    found: list[Line] = []
    seen: set[str] = set()
    for number, text in enumerate(_parts(typed), start=1):
        line = _read(number, text)
        if not line.problem and line.email in seen:
            line = Line(number, text, problem="This address stands here twice.")
        elif not line.problem and line.email in known:
            line = Line(
                number, text, problem="This address is invited already. Its mail can be sent again below."
            )
        elif not line.problem and len(seen) >= left:
            line = Line(number, text, problem=NO_SEAT)
        if line.email:
            seen.add(line.email)
        found.append(line)
    return found


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in re.split(r"[\n,;]+", typed) if part.strip()]


def _read(number: int, text: str) -> Line:
    """'jo@example.com' or 'Jo Lee <jo@example.com>'."""
    bracketed = _IN_BRACKETS.search(text)
    address = (bracketed[1] if bracketed else text).strip()
    try:
        # As everywhere here: before the @ only ASCII, or most mail servers could not be told the address.
        email = validate_email(address, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError:
        return Line(
            number, text, problem="That does not look like an email address. Is there an @ and a dot?"
        )
    if len(email) > 254:
        return Line(number, text, problem="That address is too long.")
    return Line(number, text, email)


def check_list(lines: Collection[Line], typed: str) -> None:
    """Raise Refused unless there is a list that can be gone through."""
    if not lines:
        raise Refused("Enter at least one email address.", field="people")
    if len(typed) > LONGEST_LIST or len(lines) > MOST_LINES:
        raise Refused(f"Please invite at most {MOST_LINES} people at once.", field="people")


def check_open(order_status: str, cohort_status: str, claim_until: date, today: date) -> None:
    """Raise Refused unless seats of this employer can be given away and claimed today."""
    if order_status != "paid":
        raise Refused(NOT_PAID)
    if cohort_status not in rules.SEATING:
        raise Refused(NOT_RUNNING.format(status=cohort_status))
    if today > claim_until:
        raise Refused(OVER.format(day=day_year(claim_until)))


def check_no_place(enrollment: str) -> None:
    """Raise Refused for somebody who needs no seat in this cohort, or had one and left it."""
    if enrollment in rules.SEATED:
        raise Refused("You have a place in this cohort already, so nothing was changed.")
    if enrollment in rules.LEFT:
        raise Refused("You have left this cohort. To come back, please write to us.")


# What an invitation is for whoever opens it.
Claim = Literal["sign in", "other address", "claim", "in", "left", "not now"]


def claim_state(
    invited: str, email: str | None, enrollment: str | None, is_open: bool, seats_left: int
) -> Claim:
    """What somebody finds behind an invitation for the address `invited`; `email` None: nobody is signed in.

    in: they have a place in this cohort already. left: they left it, and staff must help. not now: the days are over,
    or no seat is left.
    """
    if email is not None and email.lower() == invited:
        if enrollment in rules.SEATED:
            return "in"
        if enrollment in rules.LEFT:
            return "left"
    if not is_open or seats_left < 1:
        return "not now"
    if email is None:
        return "sign in"
    return "claim" if email.lower() == invited else "other address"
