"""Verbs on the money of an employer who buys several seats at once. None of them commits, none asks Stripe.

Its order is one like any other, so paying, settling, receipts and refunds are the same steps. The seats are holds of
admissions, which calls these with the cohort locked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import times
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.words import begin_sentence, count
from app.payments import (
    actions,
    alerts,
    employer_rules,
    installments,
    papers,
    refunds,
    returns,
    schedule,
)
from app.payments.employer_models import EmployerPurchase
from app.payments.employer_rules import Unclaimed
from app.payments.models import Order, Payment, Refund
from app.payments.price_models import RefundTier

STALE = "This was changed since you opened the page. Please look at it as it is now."


@dataclass(frozen=True)
class Terms:
    """What staff agreed with an employer. Cents of one seat; days of the cohort's zone."""

    employer: str
    contact_name: str
    contact_email: str
    seats: int
    price_cents: int
    currency: str
    pays_by: str
    pay_until: date
    claim_until: date


def open_purchase(actor: User, cohort: Cohort, terms: Terms, now: datetime) -> Order:
    """Write down what an employer buys and owes: the purchase and its order. Raises Refused at the field.

    The caller holds the seats, under the cohort's lock.
    """
    today = times.local_date(now, cohort.time_zone)
    last_day = cohorts.ends_on(cohort)
    employer_rules.check_terms(
        terms.seats, terms.price_cents, terms.pay_until, terms.claim_until, today, last_day
    )
    purchase = EmployerPurchase(
        cohort=cohort,
        employer=terms.employer,
        contact_name=terms.contact_name,
        contact_email=terms.contact_email.strip().lower(),
        seats=terms.seats,
        price_cents=terms.price_cents,
        currency=terms.currency,
        pays_by=terms.pays_by,
        pay_until=times.at(terms.pay_until, "23:59", cohort.time_zone),
        claim_until=terms.claim_until,
        opened_at=now,
        opened_by_id=actor.id,
    )
    amount_cents = terms.seats * terms.price_cents
    order = Order(
        employer=purchase,
        description=begin_sentence(f"{count(terms.seats, 'seat', 'seats')} in the {cohort.title}")[:200],
        amount_cents=amount_cents,
        currency=terms.currency,
        status="open",
        created_at=now,
    )
    db.session.add_all([purchase, order])
    db.session.flush()
    installments.lay_out(order, [schedule.Due(1, terms.pay_until, amount_cents)])
    amount = money(amount_cents, terms.currency)
    sentence = f"Opened {count(terms.seats, 'seat', 'seats')} for {terms.employer} at {amount}"
    record(actor, sentence, ("employer purchase", purchase.id), now=now)
    return order


def lock(purchase_id: int) -> EmployerPurchase:
    """The purchase as it is now, locked until this transaction ends; after the cohort, before the order."""
    query = select(EmployerPurchase).where(EmployerPurchase.id == purchase_id)
    query = query.with_for_update(of=EmployerPurchase).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def order_of(purchase_id: int) -> Order:
    return db.session.scalars(select(Order).where(Order.employer_purchase_id == purchase_id)).one()


def agree(order: Order, consent: str, now: datetime) -> None:
    """Write down the words that the employer's contact agreed to. The order is locked. Twice is harmless."""
    assert order.employer is not None
    if order.status != "open":
        raise Refused(employer_rules.NOT_OPEN.format(state=employer_rules.state(order.status)))
    if order.consent != consent:
        order.consent, order.consented_at = consent, now
        said = f"{order.employer.contact_name} agreed to pay {money(order.amount_cents, order.currency)}"
        record(None, said, ("order", order.id), now=now)


def cancel(actor: User, order: Order, now: datetime) -> None:
    """Staff take back what was never paid. The order is locked, and its payment page is over. Raises Refused."""
    assert order.employer is not None
    if order.status != "open":
        state = employer_rules.state(order.status)
        raise Refused(f"These seats are {state} already. Nothing was changed.")
    order.status = "cancelled"
    installments.cancel(order)
    said = f"Cancelled the unpaid seats of {order.employer.employer}"
    record(actor, said, ("employer purchase", order.employer.id), now=now)


def extend(actor: User, purchase: EmployerPurchase, claim_until: date, version: int, now: datetime) -> None:
    """Let seats be claimed until another day, from today on. The purchase is locked. Raises Refused."""
    if purchase.version != version:
        raise Refused(STALE)
    today = times.local_date(now, purchase.cohort.time_zone)
    employer_rules.check_claim_until(claim_until, today, cohorts.ends_on(purchase.cohort))
    before, purchase.claim_until = purchase.claim_until, claim_until
    purchase.version += 1
    said = (
        f"Moved the last day to claim a seat of {purchase.employer} from {times.day_year(before)} to "
        f"{times.day_year(claim_until)}"
    )
    record(actor, said, ("employer purchase", purchase.id), now=now)
    alerts.close(order_of(purchase.id), ("seats unclaimed",), now)


# --- the seats that nobody claimed ----------------------------------------------------------------------------------


def unclaimed(order: Order, seats: int, told_on: date) -> Unclaimed:
    """The arithmetic of handing so many seats back, had they told us on this day. One query."""
    assert order.employer is not None
    payments, tiers = _payments_and_rule(order)
    found = employer_rules.unclaimed(
        tiers,
        told_on,
        seats,
        order.employer.price_cents,
        sum(one.amount_cents - one.returned_cents for one in payments),
        sum(one.amount_cents - one.returned_cents for one in payments if one.disputed_cents),
        order.currency,
    )
    return replace(found, by_hand_cents=returns.by_hand_cents(payments, found.back_cents))


def _payments_and_rule(order: Order) -> tuple[list[Payment], list[RefundTier]]:
    """What arrived, oldest first, and the cohort's refund rule: what is paid has a payment."""
    arrived = (
        Payment.order_id == order.id, Payment.status == "succeeded", Payment.currency == order.currency
    )  # fmt: skip
    query = select(Payment, RefundTier).outerjoin(RefundTier, RefundTier.cohort_id == order.cohort.id)
    query = query.where(*arrived).order_by(Payment.received_at, Payment.id, RefundTier.until)
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    payments = list(dict.fromkeys(payment for payment, _tier in rows))
    return payments, list(dict.fromkeys(tier for _payment, tier in rows if tier is not None))


def refund_unclaimed(
    actor: User, order: Order, seats: int, told_on: date, shown_cents: int, now: datetime
) -> list[Refund]:
    """Send back what the refund rule gives for these seats, to the employer and nobody else. The order is locked.

    Raises Refused when the figures are not the ones that were shown, or nothing would go back.
    """
    assert order.employer is not None
    if order.status != "paid":
        raise Refused(returns.CHANGED)
    found = unclaimed(order, seats, told_on)
    if found.back_cents != shown_cents:
        raise Refused(returns.CHANGED)
    if not found.back_cents:
        raise Refused(
            "By the refund rule nothing goes back for these seats. You can free them without money."
        )
    payments = {one.id: one for one in _payments_and_rule(order)[0]}
    two = returns.needs_two(found.back_cents, cohorts.program(order.cohort).two_people_above)
    order.credited_cents += found.back_cents
    shares = returns.spread(list(payments.values()), found.back_cents)
    asked = [(payments[payment_id], cents) for payment_id, cents in shares]
    clause = found.figures.clause
    made = refunds.ask(actor, asked, "other", clause, two, now)
    actions.settle_order(order, now)
    back, name = money(found.back_cents, order.currency), order.employer.employer
    words = count(seats, "unclaimed seat", "unclaimed seats")
    record(
        actor, f"Sends {back} back to {name} for {words}", ("employer purchase", order.employer.id), now=now
    )
    if two:
        detail = (
            f"{back} for {name} is above the limit for one person: another member of staff has to approve it."
        )
        alerts.raise_once("refund to approve", f"refund-to-approve:{made[0].id}", order, detail, now)
    papers.credit(order, found.back_cents, f"{begin_sentence(words)}: {clause}", "", now)
    return made
