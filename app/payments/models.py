"""Money: what is owed, what came in. Amounts are integer cents; paid and owing are sums over rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cohorts.models import Enrollment
from app.lib.columns import one_of
from app.lib.database import Base


class Price(Base):
    """What a seat in a cohort costs, from and until when."""

    __tablename__ = "price"
    __table_args__ = (CheckConstraint("amount_cents >= 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))  # 'Full price', 'Early'
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="usd")
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]


class RefundTier(Base):
    """One row of the refund rule: who withdraws by this day (cohort's zone) gets this share back."""

    __tablename__ = "refund_tier"
    __table_args__ = (CheckConstraint("share_percent BETWEEN 0 AND 100", name="share_percent_possible"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    until: Mapped[date]
    share_percent: Mapped[int]


class StripeCustomer(Base):
    """A user's customer id at Stripe."""

    __tablename__ = "stripe_customer"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(String(80), unique=True)


class Order(Base):
    """What one enrollment owes: frozen amount and currency. Its payments are rows of their own."""

    __tablename__ = "order"
    __table_args__ = (
        one_of("status", "open", "part paid", "paid", "expired", "cancelled"),
        CheckConstraint("amount_cents >= 0", name="amount_positive"),
        Index(
            "uq_order_live_enrollment",
            "enrollment_id",
            unique=True,
            sqlite_where=text("status IN ('open', 'part paid', 'paid')"),
            postgresql_where=text("status IN ('open', 'part paid', 'paid')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    description: Mapped[str] = mapped_column(String(200))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    enrollment: Mapped[Enrollment] = relationship(lazy="joined")


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

    order: Mapped[Order] = relationship(lazy="joined")


class Payment(Base):
    """Money in. One row per payment intent at Stripe, whoever noticed it first."""

    __tablename__ = "payment"
    __table_args__ = (one_of("status", "created", "processing", "succeeded", "failed"),)

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
    received_at: Mapped[datetime]

    order: Mapped[Order] = relationship(lazy="joined")


class StripeEvent(Base):
    """One webhook event, by Stripe's id: stored in the same transaction as its effect."""

    __tablename__ = "stripe_event"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120), index=True)
    api_version: Mapped[str | None] = mapped_column(String(40))
    livemode: Mapped[bool]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))


class MoneyAlert(Base):
    """Something about money that a person must look at."""

    __tablename__ = "money_alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)  # the same fact alarms once
    kind: Mapped[str] = mapped_column(String(60))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    detail: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
