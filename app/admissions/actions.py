"""Verbs of the way in. None of them commits; whoever takes or frees a seat locks the cohort first, then the order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import (
    choosing,
    claim_queries,
    employers,
    leaving,
    line,
    messages,
    queries,
    rules,
    seats,
    waitlist_messages,
    waitlist_rules,
)
from app.admissions import waitlist_queries as waitlist
from app.admissions.models import Application, Offer, SeatHold
from app.admissions.question_rules import Asked
from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts import rules as cohort_rules
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import actions as payments
from app.payments import discounts
from app.payments import queries as money_queries
from app.payments.models import Order
from app.payments.price_models import Price

CLOSED = "This cohort does not take applications any more."
NO_SUCH_PLAN = (
    "This plan can no longer be chosen: its last installment would be due after the cohort has ended."
)
NO_PRICE = "This cohort has no price that is valid today, so no seat can be offered. Please set one first."


def full(capacity: int) -> str:
    return f"All {capacity} seats are sold, held or offered at the moment. As soon as one comes free it can be taken."


WAITED_FOR = (
    "Every seat that is free is waited for. Please offer it to who waits, or put this application in line."
)


def apply(
    user: User,
    cohort: Cohort,
    practice_name: str,
    answers: dict[str, str],
    now: datetime,
    asked: Sequence[Asked] = (),
) -> Application | None:
    """Ask for a seat. Whoever has asked already, or is in, gets a mail that says so and nothing is changed.

    Without a seat that is free for newcomers the application has a place in line at once, to be read as any other.
    The questions that were `asked` are kept with the answers; a draft becomes the application that is sent.
    Returns the application that stands; None for somebody who is enrolled without one. Refused when closed. The
    cohort must be locked by the caller.
    """
    found = queries.standing(user, cohort)
    if found.enrollment is not None and cohort_rules.may_read(found.enrollment.status):
        if found.application:
            messages.already(found.application, now)
        return found.application
    if found.application is not None and found.application.status not in ("draft", "declined", "withdrawn"):
        messages.already(found.application, now)
        return found.application
    if not rules.takes_applications(cohort.sales, cohort.apply_until, now):
        raise Refused(CLOSED)
    application = _sent(found.application, user, cohort)
    application.status, application.submitted_at = "submitted", now
    application.practice_name, application.answers = practice_name, answers
    application.questions = [one.row() for one in asked]
    db.session.flush()
    record(user, f"Applied for {cohort.title}", ("application", application.id), now=now)
    in_line = queries.seats_left(cohort) == 0
    if in_line:
        line.enter(application, now)
    messages.received(application, now, in_line=in_line)
    return application


def _sent(found: Application | None, user: User, cohort: Cohort) -> Application:
    """The row that is sent: the draft where there is one, else a new one."""
    if found is not None and found.status == "draft":
        db.session.refresh(found, with_for_update={"of": Application})
        found.version += 1
        found.saved_at = found.reminded_at = None
        return found
    application = Application(user=user, cohort=cohort, answers={})
    db.session.add(application)
    return application


def accept(
    actor: User | None, application: Application, version: int, now: datetime, forced: str = ""
) -> Offer:
    """Say yes: hold a seat for 72 hours at today's prices, in full and in installments.

    Who stands in line gets a seat that is free before all others, for as long as the program says, and once more at
    the prices of their first offer. `forced` is the reason to give one above the capacity. Refused when decided
    already, full, or without a price.
    """
    application = _decidable(application, version)
    entry = line.entry_of(application.cohort_id, application.user_id)
    cohort = application.cohort
    rules.check_seating(cohort.sales)
    plans = money_queries.plans_of(cohort, now)
    if not plans or plans[0].installments != 1:
        raise Refused(NO_PRICE)
    until = waitlist.terms_of(cohort).until(now) if entry else now + rules.OFFER_LIFE
    in_line = entry is not None
    if seats.take(cohort, application.user_id, "offer", until, now, in_line=in_line, forced=forced) is None:
        raise Refused(WAITED_FOR if queries.seats(cohort).free else full(cohort.capacity))
    offer = queries.offer_of(application) or _priced(application, plans, now)
    offer.status, offer.expires_at = "open", until
    db.session.add(offer)
    _decide(actor, application, "accepted", now)
    db.session.flush()
    amount = money(offer.amount_cents, offer.currency)
    record(
        actor,
        f"Offered {application.user.name} a seat in {cohort.title} at {amount}",
        ("application", application.id),
        now=now,
    )
    if entry is None:
        messages.offered(offer, now)
    else:
        line.offered(entry, until)
        waitlist_messages.seat_free(entry, offer, now)
    return offer


def _priced(application: Application, plans: Sequence[Price], now: datetime) -> Offer:
    """An offer at these prices, the one in full first; what is in another currency is left out."""
    price = plans[0]
    return Offer(
        application=application,
        amount_cents=price.amount_cents,
        currency=price.currency,
        made_at=now,
        plans=[
            {"installments": plan.installments, "label": plan.label, "amount_cents": plan.amount_cents}
            for plan in plans
            if plan.currency == price.currency
        ],
    )


def put_on_waitlist(actor: User, application: Application, version: int, now: datetime) -> None:
    """Say yes to the person while no seat is free for them: they stand in line from when they applied.

    Refused when decided already, or when the cohort offers no freed seat any more.
    """
    application = _decidable(application, version)
    cohort = application.cohort
    if application.status == "waitlisted":
        raise Refused(f"{application.user.name} is on the waitlist already. Nothing was changed.")
    why_not = waitlist_rules.why_no_offers(cohort.sales, waitlist.terms_of(cohort), now)
    if why_not is not None:
        raise Refused(f"{why_not} A place in line would be an empty promise.")
    entry = line.enter(application, application.submitted_at or now)
    _decide(actor, application, "waitlisted", now)
    sentence = f"Put {application.user.name} on the waitlist of {cohort.title}"
    record(actor, sentence, ("application", application.id), now=now)
    waitlist_messages.listed(entry, now)


def decline(actor: User, application: Application, version: int, reason: str, now: datetime) -> None:
    """Say no, with a reason the applicant reads. Refused when decided already or without a reason."""
    reason = rules.check_reason(reason)
    application = _decidable(application, version)
    application.reason = reason
    line.drop(application, reason)
    _decide(actor, application, "declined", now)
    sentence = f"Declined {application.user.name}'s application for {application.cohort.title}"
    record(actor, sentence, ("application", application.id), now=now)
    messages.declined(application, now)


def _decidable(application: Application, version: int) -> Application:
    """The application under the cohort's lock, so that of two decisions at once the second sees the first."""
    seats.lock(application.cohort_id)
    db.session.refresh(application)
    rules.check_decidable(application.status, application.user.name, queries.decider(application))
    if application.version != version:
        raise Refused("This application was changed since you opened the page. Please read it once more.")
    return application


def _decide(actor: User | None, application: Application, status: str, now: datetime) -> None:
    application.status = status
    if actor is not None:  # the job that offers freed seats only carries out what a person decided
        application.decided_at, application.decided_by = now, actor.id
    application.version += 1


def begin_checkout(user: User, cohort: Cohort, now: datetime, installments: int = 1, code: str = "") -> Order:
    """Keep the seat while paying, and write down what is owed: the enrollment (pending), its order and its plan.

    Somebody whose offer lapsed gets a seat again if one is free. Refused with the sentence of the state otherwise,
    at the field `code` when the discount code cannot be used any more.
    """
    seats.lock(cohort.id)
    found = queries.standing(user, cohort)
    check_may_pay(found, cohort, now)
    offer, application = found.offer, found.application
    assert offer is not None
    assert application is not None
    until = now + rules.PAY_LIFE
    if offer.status == "open":
        until = max(until, offer.expires_at)
    if seats.take(cohort, user.id, "checkout", until, now) is None:
        raise Refused(full(cohort.capacity))
    if offer.status != "open":
        offer.status, offer.expires_at = "open", until
    enrollment = cohorts.enroll(user, user, cohort, application.practice_name, now)
    description = f"A seat in the {cohort.title}"
    order = payments.open_order(user, enrollment, offer.amount_cents, offer.currency, description, now)
    wanted = discounts.want(code, user, order, locked=True) if code else None
    choices = choosing.choices_of(offer, cohort, now, wanted)
    choice = next((one for one in choices if one.installments == installments), None)
    if choice is None:
        raise Refused(NO_SUCH_PLAN)
    payments.agree(user, order, choice.amount_cents, choice.parts, choice.consent, now, choice.off_cents)
    discounts.use(order, wanted if choice.code else None, choice.off_cents, now)
    if order.amount_cents == 0 and order.status == "open":
        payments.settle_order(order, now)
    return order


def state_of(found: queries.Standing, cohort: Cohort, now: datetime) -> rules.Checkout:
    """What the checkout is for this person now."""
    state = rules.checkout_state(
        application=found.application.status if found.application and found.offer else None,
        enrollment=found.enrollment.status if found.enrollment else None,
        order=found.order.status if found.order else None,
        bank_deciding=found.bank_deciding,
        received_cents=found.net_cents,
        holds_seat=found.hold is not None and cohort.sales in rules.SEATING,
        free_seats=0 if found.hold else queries.seats_left(cohort),
        open_cohort=cohort.sales == "open",
    )
    return rules.if_stopped(state, cohort.sales)


WHY_NOT = {
    "in": "You have a seat in this cohort already. Nothing was charged a second time.",
    "deciding": "Your bank is still deciding on your payment. Please do not pay a second time.",
    "late money": "Your payment has arrived and we are looking for a seat. Please do not pay a second time.",
    "left": "You have left this cohort. To come back, please write to us.",
    "not yet": "There is no open offer for you in this cohort.",
    "gone": "The last seat was taken in the meantime. Nothing was charged.",
    "on hold": "Nothing can be paid for this cohort at the moment. Your seat stays held; nothing was charged.",
    "cancelled": "This cohort does not take place. Nothing was charged.",
}


def check_may_pay(found: queries.Standing, cohort: Cohort, now: datetime) -> None:
    """Refused, with the sentence of the state, unless this person may pay now."""
    state = state_of(found, cohort, now)
    if state != "pay":
        raise Refused(WHY_NOT[state])


def keep_paid_seats(cohort_id: int, now: datetime) -> None:
    """Make the seats of those who are in theirs for good, and free the seats of those who left."""
    under_way = select(Order.id).where(
        Order.enrollment_id == Enrollment.id, Order.id.in_(money_queries.orders_under_way())
    )
    live = select(SeatHold, Enrollment.status, under_way.correlate(Enrollment).exists()).join(
        Enrollment, (Enrollment.user_id == SeatHold.user_id) & (Enrollment.cohort_id == SeatHold.cohort_id)
    )
    live = live.where(SeatHold.cohort_id == cohort_id, SeatHold.status.in_(seats.LIVE))
    for hold, status, paying in db.session.execute(live).all():
        if status in rules.SEATED and hold.status == "active":
            seats.keep(hold)
            end_offer(hold, "taken")
            line.take(hold)
        elif status in rules.LEFT and hold.status == "converted":
            leaving.leave(None, hold, now)
        elif hold.status == "active" and hold.because == "checkout" and not paying:
            hold.because = (
                "offer"  # left the payment page: the seat is what it was before, until the same moment
            )


def let_go(hold: SeatHold, order: Order | None, now: datetime) -> None:
    """The time to pay is over: the seat, the offer and the unpaid order go. The caller holds the locks."""
    if order is not None:
        payments.expire_order(order, now)
    seats.release(hold, now, "expired")
    offer = end_offer(hold, "lapsed")
    record(None, f"Let seat {hold.seat} go, its time was over", ("cohort", hold.cohort_id), now=now)
    entry = line.let_pass(hold)
    if entry is not None:
        waitlist_messages.passed(entry, now)
    elif offer is not None:
        messages.let_go(offer, now)


def end_offer(hold: SeatHold, status: str) -> Offer | None:
    """The open offer that this seat was held for, if there is one, is over."""
    query = select(Offer).join(Offer.application).where(
        Application.user_id == hold.user_id, Application.cohort_id == hold.cohort_id, Offer.status == "open"
    )  # fmt: skip
    offer = db.session.scalar(query)
    if offer is not None:
        offer.status = status
    return offer


def find_seat_for_late_money(order: Order, now: datetime) -> bool:
    """Somebody paid after their seat was let go: give them one if one is free, else tell them. True: they are in."""
    if order.employer:
        return employers.seat_late_money(order, now)
    cohort = seats.lock(order.enrollment.cohort_id)
    order = payments.lock_order(order.id)
    if cohort.sales in ("on hold", "cancelled") or not money_queries.paid_late(order.id):
        return False  # what comes for a cohort that does not take place goes back: see `cancelling`
    if claim_queries.employer_of(order.enrollment) is not None:
        return False  # their seat was paid for before: what becomes of this money, a person decides
    # Who paid goes first.
    hold = seats.take(cohort, order.enrollment.user_id, "checkout", None, now, in_line=True)
    if hold is None:
        messages.paid_too_late(order, now)
        return False
    payments.revive_order(order, now)
    seats.keep(hold)
    line.take(hold)
    return True
