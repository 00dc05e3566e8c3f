"""What the reports of the demo have to show: a cohort of some months ago whose people paid in every way there is, with
codes and refunds, and what Stripe has paid out of all of it since. All of it is invented.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import leaving, seats
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import db
from app.payments import actions as payments
from app.payments import alerts, installments, papers, payouts, queries, schedule, withdrawals
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Order, Payment, Refund
from app.payments.payout_models import BalanceLine, Payout
from app.payments.price_models import Price, RefundTier
from app.payments.withdrawals import Withdrawal


@dataclass(frozen=True)
class Past:
    """Somebody who was there: when they paid, how, and whether they left."""

    name: str
    practice: str
    days: int  # before the start
    parts: int = 1
    source: str = "stripe"
    code: str = ""
    left: str = ""


PEOPLE = (
    Past("Greta Solheim", "Solheim Medical Exercise", 61),
    Past("Marcus Adeyemi", "Adeyemi Movement Practice", 54, 3),
    Past("Helen Tran", "Tran Exercise Rooms", 52, code="ALUMNI-10"),
    Past("Victor Salinas", "Salinas Medical Fitness", 47, source="check"),
    Past("Brigid Keane", "Keane Exercise Practice", 45, 3, left="time"),
    Past("Samira Aziz", "Aziz Movement Studio", 38, source="transfer"),
    Past("Pavel Dvorak", "Dvorak Strength and Balance", 33, code="ALUMNI-10"),
    Past("Lillian Moss", "Moss Medical Exercise", 33, 3, source="check", left="money"),
    Past("Rafael Quintero", "Quintero Exercise Practice", 24, 3, code="EARLY-SPRING"),
    Past("Yuki Tanaka", "Tanaka Medical Exercise", 15),
)
PERCENT = {"ALUMNI-10": 10, "EARLY-SPRING": 15}
PAID_WITH = {"stripe": "Visa ending 4242", "check": "Check 1187", "transfer": "Transfer of May"}
SENT_BACK = 20_000  # cents, from Stripe's dashboard, to the first of them
A_DAY = timedelta(days=1)


def past_cohort(staff: User, starts_on: date, release_id: int, prices: dict[int, int], now: datetime) -> None:
    """The cohort, its people and their money. `prices`: number of installments → cents in all."""
    cohort = cohorts.open_cohort(
        staff,
        slug=f"{starts_on:%B}-{starts_on.day}-{starts_on.year}".lower(),
        title=f"Cohort of {starts_on:%B} {starts_on.day}, {starts_on.year}",
        starts_on=starts_on,
        capacity=len(PEOPLE),
        release_id=release_id,
        now=now,
        status="finished",
    )
    for parts, cents in prices.items():
        label = "Full price" if parts == 1 else f"{parts} installments"
        db.session.add(Price(cohort_id=cohort.id, label=label, amount_cents=cents, installments=parts))
    db.session.add(RefundTier(cohort_id=cohort.id, until=starts_on - 14 * A_DAY, share_percent=100))
    for number, one in enumerate(PEOPLE):
        enrollment, order = _bought(one, number, cohort, prices[one.parts], now)
        if one.left:
            _leave(staff, one, enrollment, order, times.at(starts_on - 20 * A_DAY, "11:00", cohort.time_zone))
        else:
            enrollment.status = "completed"
            enrollment.ended_at = times.at(starts_on + 84 * A_DAY, "12:00", cohort.time_zone)
        if number == 0:
            _from_the_dashboard(order, times.at(starts_on + 9 * A_DAY, "15:00", cohort.time_zone))
    db.session.flush()


def _bought(one: Past, number: int, cohort: Cohort, cents: int, now: datetime) -> tuple[Enrollment, Order]:
    at = times.at(cohort.starts_on - one.days * A_DAY, f"{9 + number % 8}:20".zfill(5), cohort.time_zone)
    user = User(email=f"past{number + 1}@example.com", name=one.name, time_zone="America/New_York")
    user.created_at = user.confirmed_at = at - A_DAY
    db.session.add(user)
    db.session.flush()
    hold = seats.take(cohort, user.id, "enrolled", None, at)
    assert hold is not None
    enrollment = cohorts.enroll(user, user, cohort, one.practice, at)
    off = cents * PERCENT.get(one.code, 0) // 100
    order = payments.open_order(
        user, enrollment, cents - off, "usd", f"Seat in the {cohort.title}", at, one.parts
    )
    if one.code:
        code = db.session.scalars(select(DiscountCode).where(DiscountCode.code == one.code)).one()
        order.discount_cents = off
        used = {"code_id": code.id, "order_id": order.id, "user_id": user.id, "amount_cents": off}
        db.session.add(DiscountUse(status="confirmed", at=at, **used))
    _pay(order, one, at)
    cohorts.activate(None, enrollment, at)
    seats.keep(hold)
    return enrollment, order


def _pay(order: Order, one: Past, at: datetime) -> None:
    """The money of every installment on its day; of the first alone for somebody who has left."""
    parts = installments.lock(order)[: 1 if one.left else one.parts]
    for part in parts:
        on = at if part.number == 1 else installments.charge_at(order, part.due_on)
        row = Payment(order_id=order.id, amount_cents=part.amount_cents, currency="usd", status="succeeded")
        row.source, row.received_at, row.paid_with = one.source, on, PAID_WITH[one.source]
        row.method = "card" if one.source == "stripe" else one.source
        db.session.add(row)
        installments.allocate(order)
        installments.mark_paid(order, on)
        papers.give_receipts(order, on)
    paid = len(parts) == one.parts
    order.status, order.paid_at = ("paid", at) if paid else ("part paid", None)


def _leave(staff: User, one: Past, enrollment: Enrollment, order: Order, at: datetime) -> None:
    """Left in time, so that all of it went back, the way it had come."""
    (paid,) = queries.payments_of([order])[order.id]
    paid.stripe_payment_intent = "pi_demo_past" if one.source == "stripe" else None
    told_on = times.local_date(at, enrollment.cohort.time_zone)
    figures = withdrawals.account_of(order, told_on).figures
    what = Withdrawal(told_on, one.left, False, figures.back_cents, figures.balance_cents)
    leaving.withdraw(staff, enrollment, order, what, at)
    (refund,) = db.session.scalars(select(Refund).where(Refund.payment_id == paid.id))
    refund.status, refund.sent_at, refund.ended_at = "succeeded", at, at
    paid.stripe_payment_intent = None  # the demo's Stripe has never seen it


def _from_the_dashboard(order: Order, at: datetime) -> None:
    (paid,) = queries.payments_of([order])[order.id]
    refund = Refund(payment=paid, amount_cents=SENT_BACK, reason="requested_by_customer", status="succeeded")
    refund.external, refund.asked_at, refund.sent_at, refund.ended_at = True, at, at, at
    db.session.add(refund)
    order.credited_cents += SENT_BACK


# --- what Stripe paid out -------------------------------------------------------------------------------------------


def paid_out(now: datetime) -> None:
    """Payouts of everything that came through Stripe until three days ago; one movement in the last is not ours."""
    db.session.flush()
    days: dict[date, list[BalanceLine]] = defaultdict(list)
    paid = select(Payment).where(Payment.source == "stripe", Payment.status == "succeeded")
    for one in db.session.scalars(paid.order_by(Payment.received_at)):
        fee = round(one.amount_cents * 29 / 1000) + 30
        line = _line("payment", "charge", one.amount_cents, fee, one.received_at, one.order.description)
        line.payment_id = one.id
        days[_pays_out(one.received_at, 2)].append(line)
    for back in db.session.scalars(select(Refund).where(Refund.sent_at.is_not(None), ~Refund.by_hand)):
        assert back.sent_at is not None
        line = _line("refund", "refund", -back.amount_cents, 0, back.sent_at, "Refund")
        line.refund_id = back.id
        days[_pays_out(back.sent_at, 1)].append(line)
    over = [day for day in sorted(days) if day < now.astimezone(UTC).date()]
    made_at = datetime.combine(over[-1] - 2 * A_DAY, time(16), UTC)
    days[over[-1]].append(_line("unknown", "charge", 4_500, 161, made_at, "Workshop handout"))
    _pay_out([(day, days[day]) for day in over], now)
    alerts.keep_to(payouts.KIND, payouts.tasks(), payouts.OVER, now)


def _pays_out(at: datetime, days: int) -> date:
    return at.astimezone(UTC).date() + days * A_DAY


def _line(category: str, kind: str, cents: int, fee: int, at: datetime, words: str) -> BalanceLine:
    return BalanceLine(
        category=category, kind=kind, amount_cents=cents, fee_cents=fee, net_cents=cents - fee, currency="usd",
        description=words[:200], source_id="", intent_id="", made_at=at,
    )  # fmt: skip


def _pay_out(days: list[tuple[date, list[BalanceLine]]], now: datetime) -> None:
    waiting: list[BalanceLine] = []
    for number, (day, lines) in enumerate(days, start=1):
        waiting += lines
        cents = sum(one.net_cents for one in waiting)
        if cents <= 0:  # a balance below zero waits for better days
            continue
        at = datetime.combine(day, time(), UTC)
        row = Payout(
            stripe_payout_id=f"po_demo{number:03d}", amount_cents=cents, currency="usd", automatic=True, made_at=at,
            arrives_on=day + A_DAY, looked_at=now, listed_at=now,
            status="paid" if day + A_DAY <= now.date() else "in_transit",
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        for place, one in enumerate(waiting, start=1):
            one.payout_id, one.stripe_transaction_id = row.id, f"txn_demo{number:03d}_{place}"
        db.session.add_all(waiting)
        waiting = []
    db.session.flush()


def card_that_ends(order: Order, now: datetime) -> None:
    """The saved card ends with this month, before the next installment."""
    today = times.local_date(now, order.enrollment.cohort.time_zone)
    order.card_ends_on = schedule.add_months(today.replace(day=1), 1) - A_DAY
