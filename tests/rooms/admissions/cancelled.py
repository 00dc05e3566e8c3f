"""A cohort that is cancelled, to test with: people in every standing, the confirm, the worker, what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import cancelling, cancelling_jobs, cancelling_touched, line, seats
from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.admissions.cancelling_rules import Overview, Shown
from app.admissions.models import Application, Offer
from app.admissions.waitlist_models import WaitlistEntry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import refunding
from app.payments.event_models import MoneyAlert
from tests.rooms.payments.leavers import Leaver

WHY = "Fewer than eight people enrolled, and with so few the peer groups do not work as they should."


class Called:
    """One cohort, and whoever cancels it."""

    def __init__(self, cohort_id: int, sam: int, clock: Any) -> None:
        self.cohort_id, self.sam, self.clock = cohort_id, sam, clock

    def overview(self) -> Overview:
        db.session.rollback()
        return cancelling_touched.overview(self.cohort_id, 100)

    def shown(self) -> Shown:
        return self.overview().shown

    def ask(self, actor_id: int | None = None, *, shown: Shown | None = None, why: str = WHY) -> str:
        shown = shown or self.shown()
        begin_write()
        try:
            actor, cohort = db.session.get_one(User, actor_id or self.sam), self._cohort()
            status = cancelling.ask(actor, cohort, why, shown, self.clock.now).status
        except BaseException:
            db.session.rollback()
            raise
        db.session.commit()
        return status

    def confirm(self, actor_id: int, shown: Shown | None = None) -> None:
        shown = shown or self.shown()
        self._do(lambda user: cancelling.confirm(user, self._cohort(), shown, self.clock.now), actor_id)

    def end_request(self, actor_id: int, note: str = "") -> None:
        self._do(lambda user: cancelling.end_request(user, self._cohort(), note, self.clock.now), actor_id)

    def _do(self, verb: Any, actor_id: int) -> None:
        begin_write()
        try:
            verb(db.session.get_one(User, actor_id))
        except BaseException:
            db.session.rollback()
            raise
        db.session.commit()

    def _cohort(self) -> Cohort:
        return db.session.get_one(Cohort, self.cohort_id)

    def run(self) -> list[str]:
        """One run of the worker over the people, and one over the refunds."""
        db.session.rollback()
        failures = cancelling_jobs.cancel_cohorts(self.clock.now)
        db.session.rollback()
        return failures + refunding.run(self.clock.now)

    def status(self) -> str:
        db.session.rollback()
        return db.session.get_one(Cohort, self.cohort_id, populate_existing=True).status

    def cases(self) -> dict[str, tuple[str, str]]:
        """First name → how they stood, and whether they were seen to."""
        db.session.rollback()
        rows = db.session.execute(
            select(User.name, CancellationCase.standing, CancellationCase.status).join(
                User, User.id == CancellationCase.user_id
            )
        )
        return {name.split()[0]: (standing, status) for name, standing, status in rows}

    def letters(self) -> dict[str, str]:
        """First name → the text of the letter."""
        db.session.rollback()
        rows = db.session.scalars(select(Message).where(Message.kind == "admissions/cancelled")).all()
        assert len({row.to_address for row in rows}) == len(rows)
        return {row.to_name.split()[0]: row.text for row in rows}

    def tasks(self) -> list[str]:
        db.session.rollback()
        query = select(MoneyAlert.kind).where(MoneyAlert.closed_at.is_(None)).order_by(MoneyAlert.id)
        return list(db.session.scalars(query))

    def cancellation(self) -> Cancellation:
        db.session.rollback()
        return db.session.scalars(
            select(Cancellation).order_by(Cancellation.id.desc()).limit(1)
            .execution_options(populate_existing=True)
        ).one()  # fmt: skip


def seat(user_id: int, cohort_id: int, clock: Any) -> None:
    """A seat that is theirs."""
    begin_write()
    hold = seats.take(
        db.session.get_one(Cohort, cohort_id), user_id, "enrolled", None, clock.now, in_line=True
    )
    assert hold is not None
    seats.keep(hold)
    db.session.commit()


def enrolled(user_id: int, cohort_id: int, clock: Any, stripe: Any, **plan: int) -> Leaver:
    """Somebody on a plan of three (or `parts`, `total`) whose first installment is paid, with a seat."""
    person = Leaver(user_id, cohort_id, clock, **plan)
    person.begun(stripe)
    seat(user_id, cohort_id, clock)
    return person


def applied(user_id: int, cohort_id: int, clock: Any, status: str = "submitted") -> int:
    """An application; with 'waitlisted' a place in line, with 'accepted' an offer and the seat it holds."""
    begin_write()
    now = clock.now
    row = Application(
        user_id=user_id, cohort_id=cohort_id, status=status, practice_name="P", answers={}, submitted_at=now
    )
    db.session.add(row)
    db.session.flush()
    if status == "waitlisted":
        line.enter(row, now)
    if status == "accepted":
        until = now + timedelta(hours=72)
        assert seats.take(row.cohort, user_id, "offer", until, now, in_line=True)
        db.session.add(
            Offer(
                application=row, amount_cents=240000, currency="usd", made_at=now, expires_at=until, plans=[]
            )
        )
    application_id = row.id
    db.session.commit()
    return application_id


def well_again(stripe: Any) -> None:
    """Stripe answers as it should from now on."""
    stripe._faults._orders.clear()


@pytest.fixture
def called(cast, clock, write) -> Called:
    """The summer cohort with room for everybody; Cal is staff too."""
    with write():
        db.session.get_one(Cohort, cast.summer).capacity = 9
        db.session.get_one(User, cast.cal).is_staff = True
    return Called(cast.summer, cast.sam, clock)


@pytest.fixture
def people(cast, clock, stripe, called):
    """Pat is on a plan, Wes waits in line, Ana was offered a seat, Ben applied."""
    pat = enrolled(cast.pat, cast.summer, clock, stripe)
    with_place(cast.wes)
    applied(cast.ana, cast.summer, clock, "accepted")
    applied(cast.ben, cast.summer, clock)
    return pat


def with_place(user_id: int) -> None:
    begin_write()
    row = db.session.scalars(select(Application).where(Application.user_id == user_id)).one()
    db.session.add(
        WaitlistEntry(
            cohort_id=row.cohort_id, user_id=user_id, application=row, joined_at=row.submitted_at, status="waiting"
        )
    )  # fmt: skip
    db.session.commit()
