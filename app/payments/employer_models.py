"""An employer who pays for several seats of a cohort at once. The seats themselves are holds of admissions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cohorts.models import Cohort
from app.lib.columns import one_of
from app.lib.database import Base


class EmployerPurchase(Base):
    """So many seats of one cohort, bought once by an employer; who sits in them is decided later, by invitation.

    Its money is an order like any other: how it stands is read from there. This row is the payer of that order.
    """

    __tablename__ = "employer_purchase"
    __table_args__ = (
        one_of("pays_by", "link", "by hand"),
        CheckConstraint("seats >= 1", name="seats_counted"),
        CheckConstraint("price_cents > 0", name="price_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    employer: Mapped[str] = mapped_column(String(160))
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))  # kept lower case
    seats: Mapped[int]  # as bought; what was handed back since is no hold any more
    price_cents: Mapped[int]  # of one seat
    currency: Mapped[str] = mapped_column(String(3))
    pays_by: Mapped[str] = mapped_column(
        String(20)
    )  # the hosted page, or a check or transfer that staff enter
    pay_until: Mapped[datetime]  # how long the unpaid seats are held; later while a payment page is open
    claim_until: Mapped[date]  # the last day on which a seat can be claimed, in the cohort's zone
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    customer_id: Mapped[str | None] = mapped_column(String(80), unique=True)  # Stripe's
    version: Mapped[int] = mapped_column(default=1)

    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True)

    # What an order needs of whoever pays it: see `Order.payer`.

    @property
    def name(self) -> str:
        return self.employer

    @property
    def email(self) -> str:
        return self.contact_email

    @property
    def first_name(self) -> str:
        """How a letter addresses the contact."""
        return self.contact_name.split(maxsplit=1)[0] if self.contact_name.split() else self.contact_name
