"""What Stripe paid out to our bank, and what each payout is made of: as Stripe says it, matched to our rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib.columns import one_of
from app.lib.database import Base
from app.payments.payout_rules import CATEGORIES


class Payout(Base):
    """Money on its way to our bank, or there."""

    __tablename__ = "payout"

    id: Mapped[int] = mapped_column(primary_key=True)
    stripe_payout_id: Mapped[str] = mapped_column(String(120), unique=True)
    amount_cents: Mapped[int]  # negative: Stripe takes from our bank
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(
        String(20)
    )  # Stripe's word: pending, in_transit, paid, canceled, failed
    automatic: Mapped[bool]  # one made by hand in the dashboard does not say what it is made of
    made_at: Mapped[datetime] = mapped_column(index=True)
    arrives_on: Mapped[date] = mapped_column(index=True)  # Stripe's day, UTC
    looked_at: Mapped[datetime]
    listed_at: Mapped[datetime | None]  # when its lines were complete at Stripe, and taken in


class BalanceLine(Base):
    """One movement of our balance at Stripe that a payout is made of. The line of the payout itself is not kept."""

    __tablename__ = "balance_line"
    __table_args__ = (
        one_of("category", *CATEGORIES),
        # What fits nothing of ours is looked at every night; the index holds those alone.
        Index(
            "ix_balance_line_unmatched",
            "category",
            sqlite_where=text("category = 'unknown'"),
            postgresql_where=text("category = 'unknown'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id", ondelete="CASCADE"), index=True)
    stripe_transaction_id: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(60))  # Stripe's word: charge, refund, adjustment, stripe_fee, …
    category: Mapped[str] = mapped_column(String(20))  # ours; 'unknown' until it fits something of ours
    amount_cents: Mapped[int]  # before Stripe's fee; negative: out of our balance
    fee_cents: Mapped[int]
    net_cents: Mapped[int]  # what it adds to the payout
    currency: Mapped[str] = mapped_column(String(3))
    description: Mapped[str] = mapped_column(String(200), default="")
    source_id: Mapped[str] = mapped_column(String(120), default="")  # Stripe's charge, refund or dispute
    intent_id: Mapped[str] = mapped_column(String(120), default="")  # the payment intent behind it
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), index=True)
    made_at: Mapped[datetime]

    payout: Mapped[Payout] = relationship()


# Spelled out, not a value that comes later: only so does a database take the small index above.
UNKNOWN = BalanceLine.category == literal_column("'unknown'")
