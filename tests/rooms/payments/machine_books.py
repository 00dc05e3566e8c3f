"""Our books beside Stripe's: what must be true of money whenever all is quiet, and what must be true at any moment.

Once all is quiet, every report is the sum of the rows as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.admissions import seats
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort
from app.lib.database import db
from app.mail.models import Message
from app.payments import queries, rules, schedule
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.discount_rules import COUNTED
from app.payments.event_models import MoneyAlert
from app.payments.models import Allocation, Dispute, Installment, Order, Payment, Refund
from app.payments.paper_models import Paper, PaperCounter
from app.payments.standin import StandIn
from tests.rooms.payments import by_hand

# Mails about what may be over before we hear of it: then nobody needs them.
FLEETING = ("payments/bank_deciding", "payments/charge_failed", "payments/suspended", "payments/reminder")
# What tells a person that more money is here than is owed, or that it could not go back.
ABOUT_TOO_MUCH = {"overpaid", "paid late", "refund failed", "dispute", "dispute lost", "external refund"}


def check_always(stripe: StandIn) -> None:
    """What holds at any moment, however much of the news has not arrived."""
    db.session.rollback()
    db.session.expire_all()
    _no_seat_too_many()
    _nothing_paid_twice(stripe)
    _allocations()
    _papers()
    _mails()
    _codes()
    assert not stripe.violations


def check_quiet(stripe: StandIn) -> None:
    """What holds besides once the news has arrived and the jobs have run: Stripe's sums are ours."""
    check_always(stripe)
    theirs = {one["id"]: one["amount_received"] for one in _intents(stripe, "succeeded")}
    rows = db.session.execute(
        select(Payment.stripe_payment_intent, Payment.amount_cents).where(
            Payment.status == "succeeded", Payment.source == "stripe"
        )
    )
    assert dict(rows.all()) == theirs, "payments"
    back = {one["id"]: (one["amount"], _at_stripe(one["status"])) for one in stripe.all("refund")}
    sent = select(Refund.stripe_refund_id, Refund.amount_cents, Refund.status)
    ours = db.session.execute(sent.where(Refund.stripe_refund_id.is_not(None)))
    assert {one: (cents, status) for one, cents, status in ours} == back, "refunds"
    contested = {one["id"]: (one["amount"], one["status"]) for one in stripe.all("dispute")}
    known = db.session.execute(select(Dispute.stripe_dispute_id, Dispute.amount_cents, Dispute.status))
    assert {one: (cents, status) for one, cents, status in known} == contested, "disputes"
    for order in db.session.scalars(select(Order)):
        _order_agrees(order)
    db.session.rollback()
    now = datetime.fromtimestamp(stripe.state.now(), UTC)
    by_hand.check_all(by_hand.scope(last=now.date() + timedelta(days=1), now=now))


def _at_stripe(status: str) -> str:
    return {"pending": "sent", "canceled": "failed"}.get(status, status)


def _intents(stripe: StandIn, *statuses: str) -> list[Any]:
    return [one for one in stripe.all("payment_intent") if one["status"] in statuses]


def _no_seat_too_many() -> None:
    live = (SeatHold.status.in_(seats.LIVE), SeatHold.forced == "")
    query = select(Cohort.id).join(SeatHold, SeatHold.cohort_id == Cohort.id).where(*live)
    over = query.group_by(Cohort.id, Cohort.capacity).having(func.count() > Cohort.capacity)
    assert not db.session.scalars(over).all(), "more seats than there are"


def _nothing_paid_twice(stripe: StandIn) -> None:
    """For one installment the bank was debited once by us; and once at most on a page, as long as that was open."""
    charged = Counter(
        one["metadata"]["installment"]
        for one in _intents(stripe, "succeeded", "processing")
        if "installment" in one["metadata"]
    )
    assert set(charged.values()) <= {1}, f"charged twice: {charged}"
    made = Counter(
        stripe_id for (stripe_id,) in db.session.execute(select(Payment.stripe_payment_intent)) if stripe_id
    )
    assert set(made.values()) <= {1}


def _allocations() -> None:
    for owner, mine in ((Installment, Allocation.installment_id), (Payment, Allocation.payment_id)):
        spent = select(owner.id).join(Allocation, mine == owner.id).group_by(owner.id, owner.amount_cents)
        over = spent.having(func.sum(Allocation.amount_cents) > owner.amount_cents)
        assert not db.session.scalars(over).all(), f"more than the {owner.__tablename__} comes to"


def _papers() -> None:
    """One receipt for each payment that arrived; numbers without a gap."""
    papers = db.session.execute(select(Paper.kind, Paper.year, Paper.number, Paper.payment_id)).all()
    numbers: dict[tuple[str, int], list[int]] = {}
    for kind, year, number, _payment in papers:
        numbers.setdefault((kind, year), []).append(number)
    for found in numbers.values():
        assert sorted(found) == list(range(1, len(found) + 1)), "a gap in the numbers"
    last = {(row.kind, row.year): row.last for row in db.session.scalars(select(PaperCounter))}
    assert {key: len(found) for key, found in numbers.items()} == last
    given = sorted(payment_id for _kind, _year, _number, payment_id in papers if payment_id)
    arrived = db.session.scalars(select(Payment.id).where(Payment.status == "succeeded"))
    taken_back = db.session.scalars(
        select(Payment.id).where(Payment.status == "failed", Payment.source != "stripe")
    )
    assert given == sorted([*arrived, *taken_back]), "a receipt for each payment"


def _mails() -> None:
    """One mail for each fact: one welcome for a place, one receipt for a payment, one word for a refund."""
    kinds = Counter(
        (kind, to, subject)
        for kind, to, subject in db.session.execute(select(Message.kind, Message.to_address, Message.subject))
    )
    for (kind, to, subject), times in kinds.items():
        if kind in ("payments/welcome", "payments/withdrawn"):
            assert times == 1, f"{times} times to {to}: {subject}"
    told = db.session.scalar(select(func.count()).where(Message.kind == "payments/refunded"))
    went = (Refund.status.in_(("succeeded", "failed")), Refund.external.is_(False))
    assert (told or 0) <= (db.session.scalar(select(func.count(Refund.id)).where(*went)) or 0)
    receipts = db.session.scalar(select(func.count()).where(Message.kind == "payments/received"))
    assert (receipts or 0) <= (db.session.scalar(select(func.count(Payment.id))) or 0)


def _codes() -> None:
    """No code is used more often than it may be, nor above its budget."""
    for code in db.session.scalars(select(DiscountCode)):
        counted = (DiscountUse.code_id == code.id, DiscountUse.status.in_(COUNTED))
        uses, cents = db.session.execute(
            select(func.count(), func.coalesce(func.sum(DiscountUse.amount_cents), 0)).where(*counted)
        ).one()
        assert code.max_uses is None or uses <= code.max_uses, "a code used too often"
        assert code.budget_cents is None or cents <= code.budget_cents, "a code above its budget"


def _order_agrees(order: Order) -> None:
    """One order at rest: its status is what its sums say, its place what its schedule says; a person knows the rest."""
    parts, net = queries.parts_of(order), queries.net_cents(order)
    owed = schedule.owed_cents(order.price_cents, parts)
    said = open_alerts(order)
    assert order.status == rules.order_status(order.status, owed, net), f"{order.status}: {net} of {owed}"
    if order.status == "expired":
        assert not net or "paid late" in said or _closed_by_hand(order), "money for a seat that is gone"
    elif net > owed:
        assert said & ABOUT_TOO_MUCH or _closed_by_hand(order), f"{net - owed} too much, and nobody knows"
    for part in parts:
        if part.status == "paid":
            assert part.covered_cents == part.amount_cents or part.amount_cents == 0
    if queries.order_of(order.enrollment) is order:  # and not one that was let go before it
        _place_agrees(order, [part.status for part in parts])


def _closed_by_hand(order: Order) -> bool:
    closed = (MoneyAlert.order_id == order.id, MoneyAlert.closed_by_id.is_not(None))
    return bool(db.session.scalar(select(func.count(MoneyAlert.id)).where(*closed)))


def _place_agrees(order: Order, parts: list[str]) -> None:
    place = order.enrollment.status
    if order.status not in queries.LIVE:
        assert place in ("pending", "withdrawn", "removed", "deferred"), (
            f"{order.status}, and the place is {place}"
        )
    elif place == "suspended":
        assert order.grace_until is not None, "suspended without grace"
        assert {"failed", "processing"} & set(parts), "suspended, and nothing is overdue"
    elif place == "grace":
        assert order.grace_until is not None
        assert {"failed", "processing"} & set(parts), "in grace, and nothing is overdue"
    elif place == "active":
        assert "failed" not in parts, "an installment failed, and nobody minds"


def open_alerts(order: Order) -> set[str]:
    waiting = (MoneyAlert.order_id == order.id, MoneyAlert.closed_at.is_(None))
    return set(db.session.scalars(select(MoneyAlert.kind).where(*waiting)))


def facts(orders: Iterable[int]) -> dict[str, Any]:
    """Everything that must come out the same, however the news arrived; without ids and moments."""
    db.session.rollback()
    db.session.expire_all()
    found: dict[str, Any] = {}
    for number, order_id in enumerate(orders):
        order = db.session.get_one(Order, order_id)
        payments = queries.payments_of([order])[order.id]
        ids = [one.id for one in payments]
        refunds = db.session.scalars(select(Refund).where(Refund.payment_id.in_(ids)))
        disputes = db.session.scalars(select(Dispute.status).where(Dispute.payment_id.in_(ids)))
        hold = seats.hold_of(order.enrollment.cohort_id, order.enrollment.user_id)
        mails = select(Message.kind).where(Message.to_address == order.enrollment.user.email)
        papers = select(Paper.kind, Paper.amount_cents).where(Paper.order_id == order.id)
        found[f"order {number}"] = {
            "order": order.status,
            "place": order.enrollment.status,
            "seat": hold.status if hold else None,
            "parts": [(one.status, one.amount_cents) for one in queries.parts_of(order)],
            "payments": sorted((one.status, one.amount_cents) for one in payments),
            "refunds": sorted((one.status, one.amount_cents, one.external) for one in refunds),
            "disputes": sorted(disputes),
            "net": queries.net_cents(order),
            "credited": order.credited_cents,
            "papers": sorted(tuple(row) for row in db.session.execute(papers)),
            "mails": sorted(db.session.scalars(mails.where(Message.kind.not_in(FLEETING)))),
            "tasks": sorted(open_alerts(order)),
        }
    db.session.rollback()
    return found
