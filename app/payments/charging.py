"""Charging saved cards for installments. As in `checkout`, Stripe is asked between transactions, never inside one.

What must hold: a try is a committed row before Stripe hears of it; its key and all it sends are frozen in the row, so
a repeated call is the same call; a try without an answer is first looked for at Stripe by our mark. So whatever dies
between two steps, the next run goes on from the rows, and nobody is charged twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from app.lib import clock
from app.lib.database import begin_write, db
from app.payments import actions, charges, installments, queries, stepwise, stripe
from app.payments.models import ChargeTry, Order, StripeCustomer

# Stripe keeps what a key was answered for 24 hours: after that, repeating it would be a second charge.
KEY_LIVES = timedelta(hours=23)
NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True)
class Ask:
    """One charge to ask Stripe for: everything the call needs, read from committed rows."""

    try_id: int
    key: str
    installment_id: int
    order_id: int
    enrollment_id: int | None
    customer_id: str
    card_id: str
    amount_cents: int
    currency: str
    description: str
    made_at: datetime


def run(now: datetime) -> list[str]:
    """Remind, finish what was begun, charge what is due, follow the days of grace, forget cards of ended plans.

    Each step by itself; safe to run twice and at once. Returns what could not be done, in sentences.
    """
    begin_write()
    charges.remind(now)
    db.session.commit()
    begun = clock.now()
    steps: list[Callable[[], None]] = [partial(_in_turn, look, one, now, begun) for one in _unfinished()]
    steps += [partial(_in_turn, charge, one, now, begun) for one in charges.due_now(now)]
    steps += [partial(_follow_access, one, now) for one in _in_grace()]
    steps += [partial(forget_cards, one, now) for one in _ended()]
    db.session.rollback()
    return stepwise.each(steps, "charging")


def _in_turn(step: Callable[[int, datetime], None], row_id: int, now: datetime, begun: datetime) -> None:
    """The step at the moment it is: of a run that takes minutes, a charge that bears the moment at which the run has
    `begun` would look as if its call were over, and `finish` would let it be paid besides."""
    step(row_id, now + (clock.now() - begun))


def charge(installment_id: int, now: datetime) -> None:
    """Charge the saved card for one installment that is due. Commits. Raises Refused when Stripe is silent."""
    begin_write()
    row = charges.begin_try(installment_id, now)
    ask = _ask_of(row) if row else None
    db.session.commit()
    if ask:
        _send(ask, now)


def look(try_id: int, now: datetime) -> None:
    """Find out what became of a try that has no end yet, and ask once more where Stripe has never heard of it.

    Commits. One that was begun a moment ago is left alone: somebody is asking for it right now. Raises Refused.
    """
    row = db.session.get_one(ChargeTry, try_id)
    ask, stripe_id, silent = _ask_of(row), row.stripe_payment_intent, charges.is_silent(row, now)
    is_open = row.status in charges.IN_FLIGHT
    db.session.rollback()
    if is_open and stripe_id is not None:
        _apply(stripe.retrieve_intent(stripe_id), now)
    if not silent:
        return
    found = stripe.find_intent(ask.customer_id, try_id, ask.made_at)
    if found is not None:
        _apply(found, now)
    elif now - ask.made_at >= KEY_LIVES:
        _give_up_silent(try_id, now)
    elif _ask_again(try_id, now):
        _send(ask, now)


def finish(order_id: int, now: datetime) -> None:
    """Before a payment page is opened: learn how the order's charges ended, as far as can be known by now.

    One that Stripe has never heard of is given up, so that it is paid on the page and not besides. Raises Refused.
    """
    begun = [
        (row.id, row.stripe_payment_intent, row.made_at, charges.is_silent(row, now))
        for row in queries.tries_in_flight(order_id)
    ]
    db.session.rollback()
    for try_id, stripe_id, made_at, silent in begun:
        if stripe_id is not None:
            _apply(stripe.retrieve_intent(stripe_id), now)
        elif silent:
            customer_id = _customer_of(order_id)
            db.session.rollback()
            found = stripe.find_intent(customer_id, try_id, made_at)
            if found is not None:
                _apply(found, now)
            else:
                _give_up_silent(try_id, now)


def forget_cards(order_id: int, now: datetime) -> None:
    """The plan has ended: Stripe keeps none of this person's cards that no other plan of theirs needs. Commits."""
    order = db.session.get_one(Order, order_id)
    user_id = order.enrollment.user_id
    needed = set(db.session.scalars(queries.cards_needed(user_id)))
    customer = db.session.get(StripeCustomer, user_id)
    customer_id = customer.customer_id if customer else None
    db.session.rollback()
    for card_id in stripe.saved_methods(customer_id) if customer_id else ():
        if card_id not in needed:
            stripe.forget_method(card_id, now)
    begin_write()
    order = actions.lock_order(order_id)
    if order.status not in ("open", "part paid"):
        order.card_id, order.card_words, order.card_ends_on = None, "", None
    db.session.commit()


def _send(ask: Ask, now: datetime) -> None:
    try:
        intent = stripe.charge(
            ask.try_id,
            ask.key,
            installment_id=ask.installment_id,
            order_id=ask.order_id,
            enrollment_id=ask.enrollment_id,
            customer_id=ask.customer_id,
            card_id=ask.card_id,
            amount_cents=ask.amount_cents,
            currency=ask.currency,
            description=ask.description,
        )
    except stripe.Unclear:
        found = stripe.find_intent(ask.customer_id, ask.try_id, ask.made_at)
        if found is None:
            _give_up(ask.try_id, now)
            raise
        intent = found
    except stripe.NotThere:
        _refuse(ask.try_id, "resource_missing", now)
        return
    except stripe.NeverMade:
        _refuse(ask.try_id, NOT_ACCEPTED, now)
        return
    _apply(intent, now)


def _apply(intent: object, now: datetime) -> ChargeTry | None:
    begin_write()
    row = charges.apply_intent(intent, now)
    db.session.commit()
    return row


def _give_up(try_id: int, now: datetime) -> None:
    begin_write()
    charges.give_up_try(db.session.get_one(ChargeTry, try_id), now)
    db.session.commit()


def _give_up_silent(try_id: int, now: datetime) -> None:
    begin_write()
    charges.give_up_silent(db.session.get_one(ChargeTry, try_id), now)
    db.session.commit()


def _ask_again(try_id: int, now: datetime) -> bool:
    begin_write()
    asks = charges.ask_again(db.session.get_one(ChargeTry, try_id), now)
    db.session.commit()
    return asks


def _refuse(try_id: int, decline_code: str, now: datetime) -> None:
    begin_write()
    charges.refuse_try(db.session.get_one(ChargeTry, try_id), decline_code, now)
    db.session.commit()


def _follow_access(order_id: int, now: datetime) -> None:
    begin_write()
    installments.follow_access(actions.lock_order(order_id), now)
    db.session.commit()


def _ask_of(row: ChargeTry) -> Ask:
    part = row.installment
    order = part.order
    return Ask(
        try_id=row.id,
        key=f"installment:{part.id}:try:{row.number}",
        installment_id=part.id,
        order_id=order.id,
        enrollment_id=order.enrollment_id,
        customer_id=_customer_of(order.id),
        card_id=row.card_id,
        amount_cents=row.amount_cents,
        currency=order.currency,
        description=f"{order.description}, installment {part.number} of {order.installments}",
        made_at=row.made_at,
    )


def _customer_of(order_id: int) -> str:
    order = db.session.get_one(Order, order_id)
    return db.session.get_one(StripeCustomer, order.enrollment.user_id).customer_id


def _unfinished() -> list[int]:
    query = select(ChargeTry.id).where(ChargeTry.status.in_(charges.IN_FLIGHT)).order_by(ChargeTry.id)
    return list(db.session.scalars(query))


def _in_grace() -> list[int]:
    """Orders for which a day that passes may mean something."""
    return list(db.session.scalars(select(Order.id).where(Order.grace_until.is_not(None)).order_by(Order.id)))


def _ended() -> list[int]:
    """Orders that need no card any more and still have one."""
    query = select(Order.id).where(Order.card_id.is_not(None), Order.status.not_in(("open", "part paid")))
    return list(db.session.scalars(query.order_by(Order.id)))
