"""Money: what is owed, what came in. Amounts are integer cents; paid and owing are sums over rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import User
from app.cohorts.models import Cohort, Enrollment
from app.lib.columns import one_of
from app.lib.database import Base
from app.payments import rules
from app.payments.employer_models import EmployerPurchase

if TYPE_CHECKING:
    from app.payments.paper_models import Paper


class StripeCustomer(Base):
    """A user's customer id at Stripe."""

    __tablename__ = "stripe_customer"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(String(80), unique=True)


class Order(Base):
    """What one enrollment owes, or an employer for several: frozen. Its payments are rows of their own."""

    __tablename__ = "order"
    __table_args__ = (
        one_of("status", "open", "part paid", "paid", "expired", "cancelled"),
        CheckConstraint("amount_cents >= 0", name="amount_positive"),
        CheckConstraint("(enrollment_id IS NULL) <> (employer_purchase_id IS NULL)", name="one_payer"),
        Index(
            "uq_order_live_enrollment",
            "enrollment_id",
            unique=True,
            sqlite_where=text("status IN ('open', 'part paid', 'paid')"),
            postgresql_where=text("status IN ('open', 'part paid', 'paid')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    employer_purchase_id: Mapped[int | None] = mapped_column(ForeignKey("employer_purchase.id"), unique=True)
    description: Mapped[str] = mapped_column(String(200))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[datetime] = mapped_column(index=True)
    paid_at: Mapped[datetime | None]  # in full
    installments: Mapped[int] = mapped_column(default=1, server_default="1")
    discount_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # already taken off the amount
    credited_cents: Mapped[int] = mapped_column(default=0, server_default="0")  # no longer owed: who has left
    consent: Mapped[str] = mapped_column(Text, default="", server_default="")  # the words agreed to, exactly
    consented_at: Mapped[datetime | None]
    card_id: Mapped[str | None] = mapped_column(String(120))  # Stripe's payment method, until the plan ends
    card_words: Mapped[str] = mapped_column(String(60), default="", server_default="")  # 'Visa ending 4242'
    card_ends_on: Mapped[date | None]  # the last day on which it can be charged, as printed on it
    # The last day of grace (cohort's zone), while an installment has failed: we put the enrollment where it is.
    grace_until: Mapped[date | None]

    # Of an employer's order there is no enrollment: ask `employer` first, or better `payer` and `cohort`.
    enrollment: Mapped[Enrollment] = relationship(lazy="joined")
    employer: Mapped[EmployerPurchase | None] = relationship(lazy="joined")

    @property
    def payer(self) -> User | EmployerPurchase:
        """Who owes it, is named on its papers and written to about it."""
        return self.employer or self.enrollment.user

    @property
    def cohort(self) -> Cohort:
        return self.employer.cohort if self.employer else self.enrollment.cohort

    @property
    def price_cents(self) -> int:
        """What it comes to without what was credited; see `schedule.owed_cents` for what was waived besides."""
        return self.amount_cents - self.credited_cents


class Installment(Base):
    """One due part of an order. Every order has at least one; pay in full is one, due at once."""

    __tablename__ = "installment"
    __table_args__ = (
        one_of("status", "scheduled", "due", "processing", "paid", "failed", "waived", "cancelled"),
        CheckConstraint("amount_cents >= 0", name="amount_positive"),
        UniqueConstraint("order_id", "number"),
        Index("ix_installment_status_next_try_at", "status", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, 3 … of this order
    due_on: Mapped[date]  # in the cohort's zone
    amount_cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="scheduled")
    tries: Mapped[int] = mapped_column(default=0)  # charges that failed since it became due
    next_try_at: Mapped[datetime | None]  # when the saved card is charged; empty: never by itself
    failed_at: Mapped[datetime | None]  # the first failure since it became due
    failure: Mapped[str] = mapped_column(String(300), default="")  # why, in a sentence for the person
    paid_at: Mapped[datetime | None]
    reminded_on: Mapped[date | None]  # the due day that a reminder was sent for
    # what it is for, where it is no part of the plan: 'Fee for moving'
    name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    if TYPE_CHECKING:
        covered_cents: int  # see below

    order: Mapped[Order] = relationship(lazy="joined")


class Allocation(Base):
    """Which money paid which installment."""

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id", ondelete="CASCADE"), primary_key=True)
    installment_id: Mapped[int] = mapped_column(
        ForeignKey("installment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    amount_cents: Mapped[int]


class CheckoutSession(Base):
    """One visit to Stripe's payment page. Committed here before Stripe is asked; at most one open per order."""

    __tablename__ = "checkout_session"
    __table_args__ = (
        one_of("status", "created", "open", "processing", "complete", "expired", "failed"),
        Index(
            "uq_checkout_session_open_order",
            "order_id",
            unique=True,
            sqlite_where=text("status IN ('created', 'open', 'processing')"),
            postgresql_where=text("status IN ('created', 'open', 'processing')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]  # 1, 2, 3 … of this order
    stripe_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    url: Mapped[str | None] = mapped_column(Text)  # Stripe's; 5,000 characters at most
    amount_cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="created")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # [[installment id, cents], …]: what this page is to pay, frozen when it was opened
    covers: Mapped[list[list[int]]] = mapped_column(JSON, default=list, server_default="[]")

    order: Mapped[Order] = relationship(lazy="joined")


class ChargeTry(Base):
    """One charge of the saved card while its owner is away. Committed here before Stripe is asked.

    Everything the call needs is frozen with it, so that repeating it is the same call under the same key.
    """

    __tablename__ = "charge_try"
    __table_args__ = (
        one_of("status", "created", "processing", "succeeded", "failed"),
        UniqueConstraint("installment_id", "number"),
        Index(
            "uq_charge_try_in_flight",
            "installment_id",
            unique=True,
            sqlite_where=text("status IN ('created', 'processing')"),
            postgresql_where=text("status IN ('created', 'processing')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    installment_id: Mapped[int] = mapped_column(ForeignKey("installment.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, 3 … of this installment
    status: Mapped[str] = mapped_column(String(20), default="created")
    amount_cents: Mapped[int]
    card_id: Mapped[str] = mapped_column(String(120))
    stripe_payment_intent: Mapped[str | None] = mapped_column(String(120), unique=True)
    decline_code: Mapped[str | None] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(String(300), default="")  # why it failed, for the person
    made_at: Mapped[datetime]
    asked_again_at: Mapped[
        datetime | None
    ]  # when Stripe, which had never heard of it, was last asked once more
    ended_at: Mapped[datetime | None]

    installment: Mapped[Installment] = relationship(lazy="joined")


class Payment(Base):
    """Money in, one ledger for all of it. One row per payment intent at Stripe, whoever noticed it first."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("status", "created", "processing", "succeeded", "failed"),
        one_of("source", "stripe", "check", "transfer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    checkout_session_id: Mapped[int | None] = mapped_column(ForeignKey("checkout_session.id"))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20), default="card")  # Stripe's word: card, us_bank_account, …
    paid_with: Mapped[str] = mapped_column(String(60), default="")  # in words: 'Visa ending 4242'
    stripe_payment_intent: Mapped[str | None] = mapped_column(String(120), unique=True)
    stripe_charge: Mapped[str | None] = mapped_column(String(120))
    receipt_url: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(
        String(20), default="stripe", server_default="stripe"
    )  # check, transfer
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")  # of who entered it by hand
    if TYPE_CHECKING:
        returned_cents: int  # see below
        disputed_cents: int

    order: Mapped[Order] = relationship(lazy="joined")
    receipt: Mapped[Paper | None] = relationship(viewonly=True, uselist=False)

    @property
    def kept_cents(self) -> int:
        """What is still with us of it: neither sent back nor taken back by a bank."""
        return max(0, self.amount_cents - self.returned_cents - self.disputed_cents)


class Refund(Base):
    """Money out: what goes back of one payment. Committed here before Stripe is asked.

    `external` ones were made in Stripe's dashboard; `by_hand` ones go by check or transfer, and a person says when.
    """

    __tablename__ = "refund"
    __table_args__ = (
        one_of("status", "requested", "approved", "sent", "succeeded", "failed"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index("ix_refund_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_cents: Mapped[int]
    reason: Mapped[str] = mapped_column(
        String(200)
    )  # one of `returns.REASONS`, or `returns.CANCELLED`; of an external one Stripe's word
    clause: Mapped[str] = mapped_column(String(300), default="")  # the line of the refund rule it follows
    status: Mapped[str] = mapped_column(String(20))
    external: Mapped[bool] = mapped_column(default=False)
    by_hand: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    stripe_refund_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    failure: Mapped[str] = mapped_column(String(300), default="")  # why, in a sentence for staff
    asked_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)  # when Stripe was first asked for it
    ended_at: Mapped[datetime | None]  # succeeded or failed

    payment: Mapped[Payment] = relationship(lazy="joined")

    @property
    def is_declined(self) -> bool:
        """A second person said no (why is `failure`): it was never approved, and never left."""
        return self.status == "failed" and self.approved_at is None and not self.external


class Dispute(Base):
    """Money contested: the payer's bank has taken a payment back until the matter is decided."""

    __tablename__ = "dispute"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    stripe_dispute_id: Mapped[str] = mapped_column(String(120), unique=True)
    amount_cents: Mapped[int]
    status: Mapped[str] = mapped_column(
        String(40)
    )  # Stripe's word: needs_response, under_review, won, lost, …
    reason: Mapped[str] = mapped_column(String(60), default="")  # Stripe's word
    evidence_due: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(lazy="joined")


# What has been paid of an installment, in cents: always with the row, so that every page and rule reads the same sum.
Installment.covered_cents = column_property(  # type: ignore[assignment]
    select(func.coalesce(func.sum(Allocation.amount_cents), 0))
    .join(Payment, Payment.id == Allocation.payment_id)
    .where(Allocation.installment_id == Installment.id, Payment.status == "succeeded")
    .correlate_except(Allocation, Payment)
    .scalar_subquery()
)

# What has gone back of a payment, or is on its way back, and what a bank has taken back: the same, for every sum.
Payment.returned_cents = column_property(  # type: ignore[assignment]
    select(func.coalesce(func.sum(Refund.amount_cents), 0))
    .where(Refund.payment_id == Payment.id, Refund.status != "failed")
    .correlate_except(Refund)
    .scalar_subquery()
)
Payment.disputed_cents = column_property(  # type: ignore[assignment]
    select(func.coalesce(func.sum(Dispute.amount_cents), 0))
    .where(Dispute.payment_id == Payment.id, Dispute.status.in_(rules.TAKEN_BACK))
    .correlate_except(Dispute)
    .scalar_subquery()
)
