"""Verbs on money. None of them commits, none of them asks Stripe; `checkout` does the asking around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.audit.actions import Actor, record
from app.cohorts import actions as cohorts
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import alerts, discounts, installments, messages, papers, queries, rules, schedule
from app.payments.models import CheckoutSession, Order, Payment
from app.payments.schedule import Due
from app.payments.stripe import plain

# Stripe takes 30 minutes at least, also for a call that is repeated two minutes later; one more for the clocks.
PAGE_LIFE = timedelta(minutes=33)
CHOSEN = (
    "Something has been paid already, so the plan stays as it was chosen. Nothing was charged a second time."
)
STILL_OPEN = "A payment page for the plan you chose before is still open. Please try again in a minute."
# Tasks that say why more is with us than is owed.
SAY_WHY = ("refund failed", "refund declined")
# What is written of the payment behind a session, by what the session has come to.
PAYMENT = {"complete": "succeeded", "processing": "processing", "failed": "failed"}


def open_order(
    actor: Actor | None,
    enrollment: Enrollment,
    amount_cents: int,
    currency: str,
    description: str,
    now: datetime,
    parts: int = 1,
) -> Order:
    """Write down what this enrollment owes, frozen; the live order when there is one. `amount_cents` of `currency`.

    The first of `parts` installments is due today, in the cohort's zone.
    """
    live = select(Order).where(Order.enrollment_id == enrollment.id, Order.status.in_(queries.LIVE))
    found = db.session.scalar(live.with_for_update(of=Order))
    if found:
        return found
    order = Order(
        enrollment=enrollment,
        description=description[:200],
        amount_cents=amount_cents,
        currency=currency.lower(),
        status="open",
        created_at=now,
        installments=parts,
    )
    db.session.add(order)
    db.session.flush()
    installments.lay_out(order, schedule.cut(amount_cents, parts, installments.today_of(order, now)))
    sentence = f"Opened an order of {money(amount_cents, currency)} for {enrollment.user.name}"
    record(actor, sentence, ("order", order.id), now=now)
    return order


def lock_order(order_id: int) -> Order:
    """The order as it is now, locked until this transaction ends. Everything that moves its money locks it first."""
    query = select(Order).where(Order.id == order_id).with_for_update(of=Order)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def agree(
    actor: Actor,
    order: Order,
    amount_cents: int,
    parts: Sequence[Due],
    consent: str,
    now: datetime,
    discount_cents: int = 0,
) -> None:
    """Write down which plan was chosen and the words agreed to, exactly as shown; the order is cut anew for it.

    Choosing again is possible until money has come or is on its way, or a page can still take some. Raises Refused.
    """
    if order.consent == consent and order.status == "open":
        return
    money_moved = select(Payment.id).where(
        Payment.order_id == order.id, Payment.status.in_(("succeeded", "processing"))
    )
    if order.status != "open" or db.session.scalar(money_moved.limit(1)):
        raise Refused(CHOSEN)
    if queries.session_under_way(order.id) is not None:
        raise Refused(STILL_OPEN)
    order.amount_cents, order.installments = amount_cents, len(parts)
    order.discount_cents = discount_cents
    order.consent, order.consented_at = consent, now
    installments.lay_out(order, parts)
    how = f" in {len(parts)} installments" if len(parts) > 1 else ""
    sentence = f"Agreed to pay {money(amount_cents, order.currency)}{how} under the refund rule shown"
    record(actor, sentence, ("order", order.id), now=now)


def begin_session(order: Order, covers: list[list[int]], now: datetime) -> CheckoutSession:
    """Write down that we are about to ask Stripe for a payment page, so that its answer cannot get lost.

    `covers`: pairs of installment id and cents, what the page is to pay.
    """
    number = db.session.scalar(select(func.count()).where(CheckoutSession.order_id == order.id)) or 0
    row = CheckoutSession(
        order=order,
        number=number + 1,
        amount_cents=sum(cents for _id, cents in covers),
        covers=covers,
        status="created",
        created_at=now,
        expires_at=now + PAGE_LIFE,
    )
    db.session.add(row)
    db.session.flush()
    return row


def record_session(row: CheckoutSession, stripe_id: str, url: str | None) -> None:
    """Keep what Stripe answered for this row. Twice is harmless."""
    row.stripe_id = row.stripe_id or stripe_id
    if row.status == "created":
        row.status, row.url = "open", url


def give_up_session(row: CheckoutSession) -> None:
    """No payment page came of this row, and none will."""
    if row.status == "created":
        row.status = "failed"


def expire_order(order: Order, now: datetime) -> None:
    """Let an unpaid order go, with the seat it was for. Money that arrives later is kept and a person is told."""
    if order.status == "open":
        order.status = "expired"
        installments.cancel(order)
        discounts.give_back(order, now)
        sentence = f"Let the unpaid order of {order.payer.name} go"
        record(None, sentence, ("order", order.id), now=now)


def apply_session(session: Any, now: datetime) -> CheckoutSession | None:
    """Move our rows to what a session at Stripe is now: the one settle step, safe to run twice and at once.

    `session` was fetched with its payment intent and charge. Must run inside `begin_write()`. Returns our row of it;
    None when the session is not one of ours.
    """
    seen = plain(session)
    row = _row_of(seen)
    if row is None:
        return None
    order = lock_order(row.order_id)
    db.session.refresh(row)
    intent = plain(seen.get("payment_intent"))
    outcome = rules.outcome(seen.get("status"), seen.get("payment_status"), intent.get("status"))
    before = row.status
    if row.stripe_id in (
        None,
        seen["id"],
    ):  # a second session under our mark has no say in this row, only its money
        record_session(row, seen["id"], seen.get("url"))
        row.status = rules.advance(row.status, outcome)
    news = row.status != before
    covered = {installment_id for installment_id, _cents in row.covers}
    if news and outcome == "complete" and seen.get("setup_intent"):
        _change_card(order, plain(seen["setup_intent"]), now)
    if outcome in ("complete", "processing", "failed") and intent:
        note_payment(order, seen["amount_total"], seen["currency"], intent, PAYMENT[outcome], now, row)
    if outcome == "complete":
        settle_order(order, now)
    elif news and outcome == "processing":
        installments.wait_for_bank(order, covered)
        messages.bank_deciding(row, now)
    elif news and outcome == "failed":
        installments.stop_waiting(order, covered, now)
        installments.follow_access(order, now)
        record(None, f"The bank refused {order.payer.name}'s payment", ("order", order.id), now=now)
        if order.cohort.status != "cancelled":
            messages.bank_refused(row, now)
    return row


def _change_card(order: Order, setup: dict[str, Any], now: datetime) -> None:
    """The page saved another card: it is charged from now on, and soon where the old one was declined."""
    method = plain(setup.get("payment_method"))
    if method.get("id"):
        _kind, words = _source({"payment_method_details": method})
        installments.keep_card(order, method["id"], words, rules.card_ends(method), now)
        installments.try_again(order, now)


def settle_order(order: Order, now: datetime) -> None:
    """Let the sums of an order decide: its money pays installments, the first opens the cohort, all of them end it.

    What arrived gets its receipt, what does not fit becomes an alert. Safe to run at any time.
    """
    db.session.flush()
    used = installments.allocate(order)
    newly = installments.mark_paid(order, now)
    net = queries.net_cents(order)
    owed = schedule.owed_cents(order.price_cents, installments.lock(order))
    before, order.status = order.status, rules.order_status(order.status, owed, net)
    _say_what_does_not_fit(order, owed, net, now)
    if order.status == "paid" and before != "paid":
        order.paid_at = now
    opens = order.status in ("part paid", "paid") and any(part.number == 1 for part in newly)
    if opens and not order.employer:
        discounts.confirm(order)
        _open_cohort(order, now)
    installments.follow_access(order, now)
    papers.give_receipts(order, now)
    if not opens or order.employer:
        for payment in used:
            messages.received(payment, now)


def _say_what_does_not_fit(order: Order, owed: int, net: int, now: datetime) -> None:
    name, amount = order.payer.name, money(net, order.currency)
    if order.status == "expired":
        if net:
            detail = f"{amount} from {name} arrived after the seat was let go. Seat or refund?"
            alerts.raise_once("paid late", f"paid-late:order:{order.id}", order, detail, now)
        else:
            alerts.close(order, ("paid late",), now)
    elif net <= owed:
        alerts.close(order, ("overpaid",), now)
    elif not any(alerts.is_open(order, one) for one in SAY_WHY):
        alerts.raise_once("overpaid", *too_much(order, owed, net), now)


def too_much(order: Order, owed: int, net: int) -> tuple[str, Order, str]:
    """Key, order and detail of the task about this figure: another figure is another task."""
    name, amount = order.payer.name, money(net, order.currency)
    detail = (
        f"{name} has paid {amount}; the order comes to {money(owed, order.currency)}. The rest goes back."
    )
    return f"overpaid:order:{order.id}:{net}", order, detail


def revive_order(order: Order, now: datetime) -> None:
    """A seat was found for an order that was paid after it was let go: it counts after all. Alerts about it close."""
    order.status = "open"
    installments.bring_back(order, now)
    alerts.close(order, ("paid late",), now)
    settle_order(order, now)


def _row_of(seen: dict[str, Any]) -> CheckoutSession | None:
    """Our row of a session: by Stripe's id, else by the mark we put on it (when its answer never reached us)."""
    row = db.session.scalar(select(CheckoutSession).where(CheckoutSession.stripe_id == seen["id"]))
    mark = plain(seen.get("metadata")).get("checkout", "")
    if row is None and mark.isascii() and mark.isdigit() and len(mark) < 10:
        row = db.session.get(CheckoutSession, int(mark))
    return row


def note_payment(
    order: Order,
    amount_cents: int,
    currency: str,
    intent: dict[str, Any],
    status: str,
    now: datetime,
    page: CheckoutSession | None = None,
) -> None:
    """One payment row per payment intent, whoever noticed it first; a succeeded one is never taken back here."""
    found = db.session.scalar(select(Payment).where(Payment.stripe_payment_intent == intent["id"]))
    if found is None:
        found = Payment(
            order_id=order.id,
            checkout_session_id=page.id if page else None,
            amount_cents=amount_cents,
            currency=currency,
            status=status,
            stripe_payment_intent=intent["id"],
            received_at=now,
        )
        db.session.add(found)
    elif found.status == "succeeded":
        return
    found.status = status
    charge = plain(intent.get("latest_charge"))
    found.stripe_charge, found.receipt_url = charge.get("id"), charge.get("receipt_url")
    found.method, found.paid_with = _source(charge)
    db.session.flush()
    if status == "succeeded":
        found.received_at = rules.arrived_at(found.method, charge.get("created"), now)
        amount = money(found.amount_cents, found.currency)
        record(None, f"Received {amount} from {order.payer.name}", ("order", order.id), now=now)
        card_id = plain(intent.get("payment_method")).get("id")
        if intent.get("setup_future_usage") == "off_session" and card_id:
            ends_on = rules.card_ends(plain(charge.get("payment_method_details")))
            installments.keep_card(order, card_id, found.paid_with, ends_on, now)


def _source(charge: dict[str, Any]) -> tuple[str, str]:
    """What was paid with, as Stripe's word and in ours: ('card', 'Visa ending 4242')."""
    details = plain(charge.get("payment_method_details"))
    kind = details.get("type") or "card"
    source = plain(details.get(kind))
    maker = (
        source.get("brand")
        or source.get("bank_name")
        or ("Card" if kind == "card" else kind.replace("_", " "))
    )
    ending = f" ending {source['last4']}" if source.get("last4") else ""
    return kind[:20], f"{maker.title() if maker.islower() else maker}{ending}"[:60]


def _open_cohort(order: Order, now: datetime) -> None:
    lock = select(Enrollment).where(Enrollment.id == order.enrollment_id).with_for_update(of=Enrollment)
    enrollment = db.session.scalars(lock.execution_options(populate_existing=True)).one()
    if enrollment.cohort.status == "cancelled":
        return  # paid at the last moment: it goes back with everybody's
    try:
        cohorts.activate(None, enrollment, now)
    except Refused as refused:
        detail = f"{enrollment.user.name} has paid, but the cohort could not be opened: {refused.sentence}"
        alerts.raise_once("not opened", f"not-opened:order:{order.id}", order, detail, now)
        return
    messages.welcome(order, now)
