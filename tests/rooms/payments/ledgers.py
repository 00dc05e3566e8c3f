"""Random ledgers to test sums with: orders in two currencies, what was paid of them, sent back, waived and credited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.lib.database import begin_write, db
from app.payments import installments, queries, rules, schedule
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order, Payment, Refund
from tests.cast import NOW, Cast

SOURCES = ("stripe", "check", "transfer")
# Around the two days a year that have 23 and 25 hours in New York, at the minutes before and after midnight there.
EDGES = (
    datetime(2026, 3, 8, 4, 59, 59, 999_900, tzinfo=UTC),
    datetime(2026, 3, 8, 5, 0, tzinfo=UTC),
    datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 9, 4, 0, tzinfo=UTC),
    datetime(2025, 11, 2, 3, 59, tzinfo=UTC),
    datetime(2025, 11, 3, 4, 59, 59, tzinfo=UTC),
    datetime(2025, 11, 3, 5, 0, tzinfo=UTC),
)
moments = st.sampled_from(EDGES) | st.integers(0, 70_000_000).map(lambda ago: NOW - timedelta(seconds=ago))
cents = st.integers(1, 300_000)


@dataclass(frozen=True)
class Paid:
    cents: int
    source: str
    at: datetime
    status: str
    refunds: tuple[
        tuple[int, str, bool, datetime], ...
    ]  # share in percent, status, by hand, when it was sent


paid = st.builds(
    Paid,
    cents,
    st.sampled_from(SOURCES),
    moments,
    st.sampled_from(("succeeded", "succeeded", "succeeded", "failed", "processing")),
    st.lists(
        st.tuples(
            st.integers(1, 50),
            st.sampled_from(("requested", "approved", "sent", "succeeded", "failed")),
            st.booleans(),
            moments,
        ),
        max_size=2,
    ).map(tuple),
)


@dataclass(frozen=True)
class Bought:
    cents: int
    currency: str
    parts: int
    at: datetime
    status: str
    payments: tuple[Paid, ...]
    waived: int  # how many of the last installments
    ends: str  # what these are then
    asked: int  # how many of the first a bank is deciding on, where they are open
    credited: int
    discount: int
    by_employer: bool


bought = st.builds(
    Bought,
    cents,
    st.sampled_from(("usd", "usd", "cad")),
    st.sampled_from((1, 3, 6)),
    moments,
    st.sampled_from(
        ("open", "open", "open", "expired", "cancelled")
    ),  # what the sums make of an open one follows
    st.lists(paid, max_size=3).map(tuple),
    st.integers(0, 2),
    st.sampled_from(sorted(schedule.FORGIVEN)),
    st.integers(0, 1),
    st.integers(0, 5_000),
    st.integers(0, 9_000),
    st.booleans(),
)
ledgers = st.lists(bought, min_size=1, max_size=6)


def write(cast: Cast, ledger: list[Bought]) -> None:
    """Put it into the books of Ana, Ben and Uma, in two cohorts, and of employers there; they have no codes."""
    begin_write()
    code = DiscountCode(code="ANY", kind="percent", value=10, created_at=EDGES[0])
    db.session.add(code)
    db.session.flush()
    taken: set[int] = set()
    people = (cast.ana_enrollment, cast.ben_enrollment, cast.uma_enrollment)
    for number, one in enumerate(ledger):
        if one.by_employer:
            cohort_id = (cast.spring, cast.autumn)[number % 2]
            _order(
                {"employer": _purchase(cast, cohort_id, one)},
                replace(one, discount=0),
                one.status,
                code.id,
                cast,
            )
            continue
        enrollment_id = people[number % 3]
        live = one.status == "open"
        status = "cancelled" if live and enrollment_id in taken else one.status  # one live order a person
        taken |= {enrollment_id} if live else set()
        _order({"enrollment_id": enrollment_id}, one, status, code.id, cast)
    db.session.commit()


def _purchase(cast: Cast, cohort_id: int, one: Bought) -> EmployerPurchase:
    return EmployerPurchase(
        cohort_id=cohort_id, employer="Harbor Health", contact_name="Dana Ortiz", contact_email="dana@harbor.example",
        seats=1, price_cents=one.cents, currency=one.currency, pays_by="link", pay_until=one.at,
        claim_until=one.at.date(), opened_at=one.at, opened_by_id=cast.sam,
    )  # fmt: skip


def _order(payer: dict[str, Any], one: Bought, status: str, code_id: int, cast: Cast) -> None:
    order = Order(
        **payer, description="A seat", amount_cents=one.cents, currency=one.currency,
        status=status, created_at=one.at, installments=one.parts, discount_cents=one.discount,
        credited_cents=one.credited,
    )  # fmt: skip
    db.session.add(order)
    db.session.flush()
    installments.lay_out(order, schedule.cut(one.cents, one.parts, one.at.date()))
    for payment in one.payments:
        _payment(order, payment)
    db.session.flush()
    installments.allocate(order)
    installments.mark_paid(order, one.at)
    for part in installments.lock(order)[::-1][: one.waived]:
        if part.status in schedule.OPEN:
            part.status = one.ends
    for part in installments.lock(order)[: one.asked]:
        if part.status in schedule.OPEN:
            part.status = "processing"
    net = queries.net_cents(order)
    owed = schedule.owed_cents(order.price_cents, installments.lock(order))
    order.status = rules.order_status(status, owed, net)
    order.paid_at = one.at if order.status == "paid" else None
    if one.discount:
        use = DiscountUse(
            code_id=code_id, order_id=order.id, user_id=cast.ana, amount_cents=one.discount, at=one.at
        )
        use.status = "given back" if status == "expired" else "confirmed"
        db.session.add(use)
    db.session.flush()


def _payment(order: Order, one: Paid) -> None:
    row = Payment(
        order_id=order.id, amount_cents=one.cents, currency=order.currency, status=one.status, source=one.source,
        received_at=one.at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for share, status, by_hand, at in one.refunds if one.status == "succeeded" else ():
        amount = max(1, one.cents * share // 100)
        refund = Refund(payment_id=row.id, amount_cents=amount, reason="time", status=status, by_hand=by_hand)
        refund.asked_at, refund.sent_at = at, None if status in ("requested", "approved") else at
        db.session.add(refund)


def day_in(zone: Any, at: datetime) -> date:
    return at.astimezone(zone).date()


def clear() -> None:
    """Nobody has bought anything."""
    begin_write()
    books = ("discount_use", "discount_code", "refund", "allocation", "payment", "installment", "order")
    for table in (*books, "employer_purchase"):
        db.session.execute(db.metadata.tables[table].delete())
    db.session.commit()
