"""One person's place in the line for a seat of one cohort."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.admissions.models import Application
from app.lib.columns import one_of
from app.lib.database import Base

LIVE_ENTRY = "status IN ('waiting', 'offered', 'lapsed')"


class WaitlistEntry(Base):
    """Waiting: in line. Offered: a seat hold of theirs is that seat. Lapsed: the offer passed, the place is kept.

    Taken and removed are for good: an offer that was taken is never made a second time from the same entry.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        one_of("status", "waiting", "offered", "lapsed", "taken", "removed"),
        Index(
            "uq_waitlist_entry_live",
            "user_id",
            "cohort_id",
            unique=True,
            sqlite_where=text(LIVE_ENTRY),
            postgresql_where=text(LIVE_ENTRY),
        ),
        Index("ix_waitlist_entry_cohort_id_status", "cohort_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    priority: Mapped[int] = mapped_column(
        default=0
    )  # higher is offered a seat first; within one, who came first
    skipped: Mapped[bool] = mapped_column(default=False)  # the next seat goes to whoever is behind
    joined_at: Mapped[datetime]  # never moves: a place in line is kept through a lapse
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    offered_until: Mapped[datetime | None]  # while offered; afterwards, until when it was
    note: Mapped[str] = mapped_column(Text, default="")  # why passed over or removed; for staff
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship(lazy="joined")
