"""The conversation with Stripe. Each function asks Stripe between its transactions, never inside one, and commits
after each step, so that a crash anywhere leaves rows from which the next try goes on.

What must hold: one payment page at a time for an order; no second page without knowing the first is over; money that
arrived is always found again (the row's number is the idempotency key, and travels as a mark on the session).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import actions, charging, queries, stripe
from app.payments.employer_models import EmployerPurchase
from app.payments.models import CheckoutSession, Order, StripeCustomer

PAID = "This seat is paid for already. Nothing was charged a second time."
DECIDING = "Your bank is still deciding on your payment. Your seat is held; please do not pay a second time."
CHARGING = (
    "Your card is being charged for this at this moment. Please look again in a few minutes, "
    "and do not pay a second time."
)
OTHER_PAGE = (
    "Another payment page of yours is just being opened, and nothing was charged just now. "
    "Please try again in two minutes."
)
NO_COHORT = "This cohort does not take place, so nothing is to be paid for it. Nothing was charged."
GONE = "Your seat was let go because the time to pay was over. Nothing was charged."
# What to pay when nothing is to be paid: the page saves another card.
ONLY_A_CARD: tuple[int, ...] = ()
# A page with less time left than this is replaced: nobody should run out of time while typing a card number.
ENOUGH = timedelta(minutes=10)


@dataclass(frozen=True)
class Ask:
    """One payment page to ask Stripe for: everything the call needs, read from committed rows."""

    row_id: int
    order_id: int
    enrollment_id: int | None
    kind: str  # of payer: 'user' or 'employer'
    payer_id: int
    email: str
    name: str
    description: str
    amount_cents: int
    currency: str
    expires_at: datetime
    save_card: bool


def pay(
    order_id: int,
    success_url: str,
    cancel_url: str,
    now: datetime,
    wanted: Collection[int] | None = None,
) -> str:
    """The address of the page where these installments can be paid (None: the first; ONLY_A_CARD: none, another card
    is saved). Commits; must not be called with unsaved changes.

    An open page with enough time left is handed out again, so two tabs lead to the same page. `success_url` may
    hold Stripe's placeholder {CHECKOUT_SESSION_ID}. Refused when it is paid, the bank is deciding, or Stripe is silent.
    """
    charging.finish(order_id, now)
    open_page = close_or_keep(order_id, now, wanted)
    if open_page:
        return open_page
    for _attempt in range(2):  # the second one only after Stripe said that nothing came of the first
        ask = _next_ask(order_id, wanted, now)
        try:
            return _open_page(ask, success_url, cancel_url, now)
        except stripe.NeverMade:
            _give_up(ask.row_id)
    raise Refused(stripe.NOT_ACCEPTED)


def close_or_keep(order_id: int, now: datetime, wanted: Collection[int] | None = None) -> str | None:
    """The address of the order's open page, if it is for this and still has enough time; else it is ended first."""
    row = queries.session_under_way(order_id)
    if row is not None and row.stripe_id is None and now - row.created_at > stripe.IN_FLIGHT:
        recover(row.id, now)
        row = queries.session_under_way(order_id)
    if row is None or row.stripe_id is None:
        db.session.rollback()
        return None
    stripe_id, row_id = row.stripe_id, row.id
    is_for_this = row.covers == queries.to_pay(order_id, wanted) and (not row.covers) == (
        wanted == ONLY_A_CARD
    )
    replace = row.expires_at - now < ENOUGH or not is_for_this
    db.session.rollback()
    session = stripe.expire_session(stripe_id, row_id, now) if replace else stripe.retrieve_session(stripe_id)
    settled = _settle(session, now)
    return session.url if settled and settled.status == "open" else None


def close(order_id: int, now: datetime) -> str:
    """End what is under way for this order, so that nothing can be paid any more.

    Returns 'paid' (all or a part of it), 'processing' (the bank is deciding: nothing could be ended) or 'over'.
    Raises Refused when Stripe does not answer: then nobody knows, and the seat must stay held.
    """
    row = queries.session_under_way(order_id)
    if row is not None and row.status != "processing":
        found = _find(row)
        row_id = row.id
        db.session.rollback()
        if found is not None:
            _settle(stripe.expire_session(found, row_id, now), now)
        else:
            _give_up(row_id)
    under_way = queries.session_under_way(order_id)
    order = db.session.get_one(Order, order_id)
    state = "paid" if order.status in ("part paid", "paid") else "processing" if under_way else "over"
    db.session.rollback()
    return state


def settle(stripe_session_id: str, now: datetime) -> CheckoutSession | None:
    """Fetch a session and move our rows to what it is. Commits. None: not one of ours. Raises Refused, NotThere."""
    db.session.rollback()
    return _settle(stripe.retrieve_session(stripe_session_id), now)


def recover(row_id: int, now: datetime) -> CheckoutSession | None:
    """A row whose answer from Stripe never reached us: find the session by our mark, or give the row up.

    Only once the call must be over. A page nobody has the address of cannot be paid, so giving up risks nothing.
    """
    found = _find(db.session.get_one(CheckoutSession, row_id))
    db.session.rollback()
    if found is not None:
        return settle(found, now)
    _give_up(row_id)
    return None


def _settle(session: Any, now: datetime) -> CheckoutSession | None:
    begin_write()
    row = actions.apply_session(session, now)
    db.session.commit()
    return row


def _find(row: CheckoutSession) -> str | None:
    """Stripe's id of this row's session; looked up there when we never learned it."""
    if row.stripe_id:
        return row.stripe_id
    order = row.order
    kind, payer_id = ("employer", order.employer.id) if order.employer else ("user", order.enrollment.user_id)
    row_id, customer_id = row.id, _known_customer(kind, payer_id)
    db.session.rollback()
    session = stripe.find_session(customer_id, row_id) if customer_id else None
    return session.id if session else None


def _next_ask(order_id: int, wanted: Collection[int] | None, now: datetime) -> Ask:
    """Commit the row of the page to open: the one that was begun and never answered, or a new one."""
    begin_write()
    order = actions.lock_order(order_id)
    if order.status not in ("open", "part paid"):
        db.session.rollback()
        raise Refused(PAID if order.status == "paid" else GONE)
    if order.cohort.status == "cancelled":
        db.session.rollback()
        raise Refused(NO_COHORT)
    row, covers = queries.session_under_way(order_id), queries.to_pay(order_id, wanted)
    if reason := _why_not(row, covers, order_id, wanted == ONLY_A_CARD):
        db.session.rollback()
        raise Refused(reason)
    row = row or actions.begin_session(order, covers, now)
    payer = order.payer
    ask = Ask(
        row_id=row.id,
        order_id=order.id,
        enrollment_id=order.enrollment_id,
        kind="employer" if order.employer else "user",
        payer_id=payer.id,
        email=payer.email,
        name=payer.name,
        description=_description(order, covers),
        amount_cents=row.amount_cents,
        currency=order.currency,
        expires_at=row.expires_at,
        save_card=order.installments > 1,
    )
    db.session.commit()
    return ask


def _why_not(row: CheckoutSession | None, covers: list[list[int]], order_id: int, only_a_card: bool) -> str:
    """Why no page may be opened for this now, as a sentence; empty when it may. The order is locked."""
    if row is not None and row.status == "processing":
        return DECIDING
    if not covers and not only_a_card:
        return PAID
    charged = {one.installment_id for one in queries.tries_in_flight(order_id)}
    if charged & {installment_id for installment_id, _cents in covers}:
        return CHARGING
    return OTHER_PAGE if row is not None and row.covers != covers else ""


def _description(order: Order, covers: list[list[int]]) -> str:
    """What Stripe's page and receipt say it is for."""
    paid = {installment_id for installment_id, _cents in covers}
    parts = [part for part in queries.parts_of(order) if part.id in paid]
    fees = [part.name for part in parts if part.name]
    if fees and len(fees) == len(parts):
        return f"{order.description}, {fees[0].lower()}"
    if order.installments == 1 or not covers:
        return order.description
    numbers = [str(part.number) for part in parts if not part.name]
    which = f"{', '.join(numbers[:-1])} and {numbers[-1]}" if len(numbers) > 1 else numbers[0]
    word = "installments" if len(numbers) > 1 else "installment"
    return f"{order.description}, {word} {which} of {order.installments}"


def _open_page(ask: Ask, success_url: str, cancel_url: str, now: datetime) -> str:
    customer_id = _customer(ask, now)
    try:
        session = stripe.create_session(
            ask.row_id,
            order_id=ask.order_id,
            enrollment_id=ask.enrollment_id,
            customer_id=customer_id,
            description=ask.description,
            amount_cents=ask.amount_cents,
            currency=ask.currency,
            expires_at=ask.expires_at,
            save_card=ask.save_card,
            success_url=success_url,
            cancel_url=cancel_url,
        )
    except stripe.Unclear:
        found = stripe.find_session(customer_id, ask.row_id)
        if found is None:
            _give_up(ask.row_id)  # this key will only ever repeat the failure; the next click gets another
            raise
        session = found
    begin_write()
    row = db.session.get_one(CheckoutSession, ask.row_id, with_for_update={"of": CheckoutSession})
    actions.record_session(row, session.id, session.url)
    db.session.commit()
    if session.url is None:  # paid or over by the time Stripe answered
        raise Refused(PAID if session.status == "complete" else GONE)
    return session.url


def _customer(ask: Ask, now: datetime) -> str:
    """Stripe's customer id of this payer, asked for once."""
    customer_id = _known_customer(ask.kind, ask.payer_id)
    db.session.rollback()
    if customer_id is None:
        made = stripe.create_customer(ask.kind, ask.payer_id, ask.email, ask.name, now)
        begin_write()
        customer_id = _keep_customer(ask, made)
        db.session.commit()
    return customer_id


def _known_customer(kind: str, payer_id: int) -> str | None:
    if kind == "employer":
        return db.session.get_one(EmployerPurchase, payer_id).customer_id
    row = db.session.get(StripeCustomer, payer_id)
    return row.customer_id if row else None


def _keep_customer(ask: Ask, customer_id: str) -> str:
    """The one that is kept: the first, where a lost answer is looked for."""
    payer = EmployerPurchase if ask.kind == "employer" else User
    db.session.execute(select(payer.id).where(payer.id == ask.payer_id).with_for_update())  # two tabs at once
    if known := _known_customer(ask.kind, ask.payer_id):
        return known
    if ask.kind == "employer":
        db.session.get_one(EmployerPurchase, ask.payer_id).customer_id = customer_id
    else:
        db.session.add(StripeCustomer(user_id=ask.payer_id, customer_id=customer_id))
    return customer_id


def _give_up(row_id: int) -> None:
    begin_write()
    actions.give_up_session(
        db.session.get_one(CheckoutSession, row_id, with_for_update={"of": CheckoutSession})
    )
    db.session.commit()
