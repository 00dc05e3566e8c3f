"""Verbs that cancel a cohort: asked for, confirmed (by a second person above the limit), then person by person.

None of them commits and none of them asks Stripe. Each locks the cohort first, as everything does that gives or frees
a seat. While a cancellation is only asked for, nothing changes but that no seat is sold, offered or given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import cancelling_messages as messages
from app.admissions import cancelling_queries as queries
from app.admissions import cancelling_rules as rules
from app.admissions import cancelling_touched as touched
from app.admissions import claim_queries, employers, line, seats
from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.admissions.cancelling_rules import Overview, Shown
from app.admissions.models import Application
from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.queries import program
from app.lib.database import db
from app.lib.jobs import nudge
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import alerts, cancellations, discounts, returns
from app.payments import employers as purchases
from app.payments import queries as money_queries
from app.payments.cancellations import Returned

ENDED = "The cohort does not take place."


def ask(actor: User, cohort: Cohort, typed: str, shown: Shown, now: datetime) -> Cancellation:
    """Cancel a cohort; where more goes back than one person may decide on, ask a second one to.

    Raises Refused, with nothing changed, when it cannot be, or when it would not do what the page said.
    """
    cohort = seats.lock(cohort.id)
    rules.check_may_cancel(cohort.status, cohort.title)
    reason = rules.check_reason(typed)
    if queries.live_of(cohort.id) is not None:
        raise Refused(rules.REQUESTED)
    found = _overview(cohort)
    rules.check_shown(found.shown, shown)
    row = Cancellation(
        cohort_id=cohort.id, status="requested", reason=reason, asked_by_id=actor.id, asked_at=now
    )
    db.session.add(row)
    db.session.flush()
    if returns.needs_two(found.total("back_cents"), program(cohort).two_people_above):
        _put_before_another(actor, cohort, row, found, now)
    else:
        _confirm(actor, cohort, row, found, now)
    return row


def _put_before_another(
    actor: User, cohort: Cohort, row: Cancellation, found: Overview, now: datetime
) -> None:
    cohorts.stop_sales(actor, cohort, f"{actor.name} asks to cancel it", now)
    back = money(found.total("back_cents"), found.currency)
    detail = f"{actor.name} asks to cancel the {cohort.title}: {back} would go back. See the list of cohorts."
    alerts.raise_once("cancellation to confirm", _key(row), None, detail, now)


def _key(row: Cancellation) -> str:
    return f"cancellation-to-confirm:{row.id}"


def confirm(actor: User, cohort: Cohort, shown: Shown, now: datetime) -> None:
    """The second person's yes. Raises Refused as `ask` does, and for the one who asked."""
    cohort = seats.lock(cohort.id)
    row = _requested(cohort)
    rules.check_second(row.asked_by_id, actor.id)
    rules.check_may_cancel(cohort.status, cohort.title)
    found = _overview(cohort)
    rules.check_shown(found.shown, shown)
    _confirm(actor, cohort, row, found, now)


def _confirm(actor: User, cohort: Cohort, row: Cancellation, found: Overview, now: datetime) -> None:
    """Cancelled, together with the rows that say who is to be seen to: from here on nothing is forgotten."""
    row.status, row.decided_by_id, row.decided_at = "confirmed", actor.id, now
    cases = [
        CancellationCase(
            cancellation_id=row.id,
            user_id=one.user_id,
            employer_purchase_id=one.purchase_id,
            standing=one.standing,
        )
        for one in found.people
    ]
    db.session.add_all(cases)
    people = f"{len(cases)} {'person is' if len(cases) == 1 else 'people are'} told"
    back = money(found.total("back_cents"), found.currency)
    cohorts.cancel(actor, cohort, f"{people}, {back} goes back. {row.reason}", now)
    discounts.archive_of_cohort(actor, cohort.id, now)
    alerts.close_key(_key(row), now)
    nudge("cancel-cohorts")
    nudge("empty-cancelled-queues")


def end_request(actor: User, cohort: Cohort, typed: str, now: datetime) -> str:
    """Taken back by who asked, or declined by another member of staff with a reason. Returns the new status.

    Whoever held a seat has as much longer to pay as nothing could be paid. Raises Refused.
    """
    cohort = seats.lock(cohort.id)
    row = _requested(cohort)
    own = row.asked_by_id == actor.id
    row.note = "" if own else rules.check_note(typed)
    row.status, row.decided_by_id, row.decided_at = "taken back" if own else "declined", actor.id, now
    why = f"{actor.name} took the cancellation back" if own else f"{actor.name} declined it: {row.note}"
    stopped = cohorts.resume_sales(actor, cohort, why, now)
    for hold in queries.held_seats(cohort.id):
        assert hold.until is not None
        hold.until += stopped
        for offer in queries.offers_of(cohort.id, hold.user_id) if hold.user_id else ():
            offer.expires_at += stopped
    for purchase in queries.unpaid_purchases(cohort.id):
        purchase.pay_until += stopped
    alerts.close_key(_key(row), now)
    return row.status


def _requested(cohort: Cohort) -> Cancellation:
    row = queries.live_of(cohort.id)
    if row is None or row.status != "requested":
        raise Refused(rules.NOT_REQUESTED)
    return row


def _overview(cohort: Cohort) -> Overview:
    return touched.overview(cohort.id, returns.share_if_cancelled(money_queries.refund_tiers(cohort)))


# --- person by person ---------------------------------------------------------------------------------------


def see_to(case_id: int, now: datetime) -> bool:
    """Do for one person everything that the cancellation means: place, money, seat, offer, line, and their mail; for
    an employer: money, seats that nobody claimed, invitations, and the mail to its contact.

    Call `refunding.clear_the_way` for their orders first. False when it was done before. Raises Refused while a payment
    of theirs was just begun.
    """
    cohort = seats.lock(db.session.get_one(CancellationCase, case_id).cancellation.cohort_id)
    case = queries.case_under_lock(case_id)
    if case.status != "waiting":
        return False
    has_left = not (_end_purchase(case, now) if case.employer else _end_person(case, cohort, now))
    case.status, case.failure, case.done_at = "left" if has_left else "done", "", now
    alerts.close_key(_case_key(case), now)
    record(None, f"Saw to {case.name}: {cohort.title} is cancelled", ("cohort", cohort.id), now=now)
    return True


def _end_purchase(case: CancellationCase, now: datetime) -> bool:
    """What an employer bought: its money goes back whole, for claimed seats too. False where nothing is left of it.

    The seats somebody sits in end with those people, who are seen to by themselves.
    """
    assert case.employer is not None
    purchase = purchases.lock(case.employer.id)
    orders = cancellations.lock_orders(purchase)
    ended = employers.free(purchase, "released", now)
    if not orders and not ended:
        return False
    messages.cancelled_employer(case, purchase, _ended(case, orders, now), now)
    return True


def _end_person(case: CancellationCase, cohort: Cohort, now: datetime) -> bool:
    """False for somebody whose place had ended another way, and who has had a letter about that."""
    assert case.user is not None
    enrollment = queries.enrollment_of(case, cohort.id)
    paid_by = claim_queries.employer_of(enrollment) if enrollment else None
    made = _end_place(case, enrollment, now)
    _end_way_in(case.user, cohort, now)
    if made is None and case.standing == "enrolled":
        return False
    messages.cancelled(case, case.user, cohort, made or (), paid_by, now)
    return True


def _end_place(
    case: CancellationCase, enrollment: Enrollment | None, now: datetime
) -> Sequence[Returned] | None:
    """What became of each order; None for whom no place was ended."""
    if enrollment is None:
        return None
    orders = cancellations.lock_orders(enrollment)  # before the place, as everywhere
    db.session.refresh(enrollment, with_for_update={"of": Enrollment})
    if not cohorts.call_off(None, enrollment, now):
        return None
    return _ended(case, orders, now)


def _ended(case: CancellationCase, orders: Sequence[int], now: datetime) -> list[Returned]:
    row = case.cancellation
    approver_id = row.decided_by_id or row.asked_by_id
    return [cancellations.end(row.asked_by, approver_id, order_id, now) for order_id in orders]


def _end_way_in(user: User, cohort: Cohort, now: datetime) -> None:
    """The seat, the offer, the application and the place in line."""
    hold = seats.hold_of(cohort.id, user.id)
    if hold is not None:
        seats.release(hold, now)
        record(None, f"Freed seat {hold.seat}", ("cohort", cohort.id), now=now)
    for offer in queries.offers_of(cohort.id, user.id):
        offer.status = "withdrawn"
    live = Application.status.in_(queries.LIVE_APPLICATION)
    query = select(Application).where(
        Application.user_id == user.id, Application.cohort_id == cohort.id, live
    )
    for application in db.session.scalars(query):
        line.drop(application, ENDED)
        application.status = "withdrawn"
        application.version += 1


def could_not(case_id: int, sentence: str, now: datetime) -> None:
    """Seeing to somebody failed: it is tried again; after some tries a person is told."""
    cohort = seats.lock(db.session.get_one(CancellationCase, case_id).cancellation.cohort_id)
    case = queries.case_under_lock(case_id)
    if case.status != "waiting":
        return
    case.tries, case.failure = case.tries + 1, sentence[:300]
    if case.tries == rules.TELL_STAFF_AFTER:
        detail = f"{case.name} could not be seen to yet ({cohort.title} is cancelled): {sentence}"
        alerts.raise_once("cancelling", _case_key(case), None, detail, now)


def _case_key(case: CancellationCase) -> str:
    return f"cancelling:case:{case.id}"


def return_late(cancellation_id: int, order_id: int, now: datetime) -> int:
    """Money that came after its payer was seen to goes back too. Returns the cents. Twice is harmless."""
    row = db.session.get_one(Cancellation, cancellation_id)
    return cancellations.return_late(row.asked_by, row.decided_by_id or row.asked_by_id, order_id, now)
