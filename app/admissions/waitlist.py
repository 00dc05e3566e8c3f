"""Verbs of the waitlist: joining, leaving, coming back; staff's order; and the next seat to the next in line.

None of them commits. Each locks the cohort first, as everything does that gives or frees a seat.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.accounts.models import User
from app.admissions import actions, line, queries, seats, waitlist_messages
from app.admissions import waitlist_queries as waiting
from app.admissions import waitlist_rules as rules
from app.admissions.models import Application, Offer
from app.admissions.waitlist_models import WaitlistEntry
from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.words import clean_text


def join(user: User, cohort: Cohort, now: datetime) -> None:
    """Whose offer lapsed while somebody else took the seat stands in line again, at its end. Twice is harmless."""
    cohort = seats.lock(cohort.id)
    found = queries.standing(user, cohort)
    application, offer = found.application, found.offer
    if line.entry_of(cohort.id, user.id) is not None:
        return
    if application is None or application.status != "accepted" or offer is None or offer.status != "lapsed":
        raise Refused("There is no lapsed offer to wait with. To get a place in line, please apply.")
    if queries.seats_left(cohort):
        raise Refused("A seat is free: you can take it now, without waiting.")
    _check_offering(cohort, now)
    application.status = "waitlisted"
    application.version += 1
    entry = line.enter(application, now)
    record(user, f"Joined the waitlist of {cohort.title}", ("application", application.id), now=now)
    waitlist_messages.listed(entry, now)


def leave(user: User, cohort: Cohort, now: datetime) -> None:
    """Give the place in line up, and with it the application. Refused while a seat is held. Twice is harmless."""
    seats.lock(cohort.id)
    entry = line.entry_of(cohort.id, user.id)
    if entry is None:
        return
    if entry.status == "offered":
        raise Refused("A seat is held for you at the moment. If you do not take it, nothing happens.")
    line.drop(entry.application, "They left.")
    entry.application.status = "withdrawn"
    entry.application.version += 1
    record(user, f"Left the waitlist of {cohort.title}", ("application", entry.application_id), now=now)


def keep(user: User, cohort: Cohort, now: datetime) -> None:
    """After an offer that passed: back to the old place in line, once for each offer. Twice is harmless."""
    cohort = seats.lock(cohort.id)
    entry = line.entry_of(cohort.id, user.id)
    if entry is None:
        raise Refused("You have no place in the line of this cohort.")
    if entry.status != "lapsed":
        return
    _check_offering(cohort, now)
    line.enter(entry.application, now)
    record(user, f"Stayed on the waitlist of {cohort.title}", ("application", entry.application_id), now=now)
    waitlist_messages.kept(entry, now)


def _check_offering(cohort: Cohort, now: datetime) -> None:
    if rules.why_no_offers(cohort.sales, waiting.terms_of(cohort), now) is not None:
        raise Refused("Seats of this cohort are not offered any more, so there is nothing to wait for.")


def prioritize(actor: User, entry: WaitlistEntry, version: int, direction: str, now: datetime) -> None:
    """Staff: one step 'up' or 'down' in priority; within one priority who came first is first."""
    entry, name = _at_hand(entry, version)
    entry.priority = rules.moved(entry.priority, direction)
    entry.version += 1
    sentence = f"Gave {name} priority {entry.priority} on the waitlist"
    record(actor, sentence, ("application", entry.application_id), now=now)


def pass_over(actor: User, entry: WaitlistEntry, version: int, reason: str, now: datetime) -> None:
    """Staff: the next seat goes to whoever is behind, once, with the reason. Refused when nobody is."""
    reason = rules.check_note(clean_text(reason), "why_passed")
    entry, name = _at_hand(entry, version)
    first = waiting.next_in_line(entry.cohort_id)
    entry.skipped = True
    db.session.flush()
    if first is None or waiting.next_in_line(entry.cohort_id) is entry:
        raise Refused("Nobody else waits who could go first. Nothing was changed.")
    entry.note = reason
    entry.version += 1
    sentence = f"Passed {name} over for the next seat: {reason}"
    record(actor, sentence, ("application", entry.application_id), now=now)


def _at_hand(entry: WaitlistEntry, version: int) -> tuple[WaitlistEntry, str]:
    """The entry under the cohort's lock, still waiting and as the form showed it, and whose it is."""
    seats.lock(entry.cohort_id)
    db.session.refresh(entry)
    name = entry.application.user.name
    rules.check_waiting(entry.status, name)
    rules.check_version(entry.version, version)
    return entry, name


def offer_next(cohort_id: int, now: datetime) -> Offer | None:
    """Offer a free seat to the first in line; None when no seat is free, nobody waits, or the time is over."""
    cohort = seats.lock(cohort_id)
    if rules.why_no_offers(cohort.sales, waiting.terms_of(cohort), now) is not None:
        return None
    entry = waiting.next_in_line(cohort_id)
    if entry is None or queries.seats(cohort).free == 0:
        return None
    offer = actions.accept(None, entry.application, entry.application.version, now)
    passed = update(WaitlistEntry).where(WaitlistEntry.cohort_id == cohort_id, WaitlistEntry.skipped)
    db.session.execute(passed.values(skipped=False))
    return offer


def force(actor: User, application: Application, version: int, reason: str, now: datetime) -> Offer:
    """Staff: offer a seat above the capacity, with the reason. Refused while any seat is free."""
    reason = rules.check_note(clean_text(reason), "why_over")
    cohort = seats.lock(application.cohort_id)
    found = queries.seats(cohort)
    if found.free:
        in_line = line.entry_of(cohort.id, application.user_id) is not None
        usual = "A seat is free: it can be offered without going above the capacity."
        raise Refused(usual if in_line or found.public else actions.WAITED_FOR)
    offer = actions.accept(actor, application, version, now, forced=reason)
    over = queries.seats(cohort).over
    sentence = f"Overbooked {cohort.title} by {over}, with a seat for {application.user.name}: {reason}"
    record(actor, sentence, ("cohort", cohort.id), now=now)
    return offer


def change_capacity(actor: User, cohort: Cohort, was: str, typed: str, now: datetime) -> int:
    """Staff: so many seats. Nobody loses one; above what is taken the line is offered more. Returns the number."""
    cohort = seats.lock(cohort.id)
    capacity = rules.check_capacity(typed, was, cohort.capacity)
    cohorts.set_capacity(actor, cohort, capacity, now)
    return capacity
