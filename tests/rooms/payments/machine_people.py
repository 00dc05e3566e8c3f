"""Somebody who buys a seat: applied and accepted, before the checkout, before Stripe's page, and afterwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import actions as admissions
from app.admissions import deferring, leaving
from app.admissions.deferring import Deferring
from app.admissions.jobs import sweep_seats
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import checkout, queries, refunding, refunds, withdrawals
from app.payments.jobs import charge_installments, compare_with_stripe, reconcile, send_refunds
from app.payments.models import CheckoutSession, Installment, Order, Payment
from app.payments.price_models import Price
from app.payments.standin import StandIn
from app.payments.withdrawals import Withdrawal
from tests.rooms.payments.purchases import CANCEL, SUCCESS

FULL, THREE, SIX, EACH = 240000, 255000, 264001, 85000  # EACH of three


def set_prices(cohort_id: int) -> None:
    """Pay in full stands in the cast; here are the plans of three and six."""
    begin_write()
    for number, cents in ((3, THREE), (6, SIX)):
        row = Price(cohort_id=cohort_id, label=f"{number}", amount_cents=cents, currency="usd")
        row.installments = number
        db.session.add(row)
    db.session.commit()


class Person:
    """What one person does about money, each as the pages do it: Stripe is asked between transactions."""

    def __init__(self, user_id: int, cast: Any, stripe: StandIn, clock: Any) -> None:
        self.user_id, self.cohort_id = user_id, cast.summer
        self.cohort_ids = [cast.summer]  # and where they may go on
        self.staff_id, self.second_id = cast.sam, cast.cal
        self.stripe, self.clock = stripe, clock

    # --- what is known ---

    def order(self) -> Order | None:
        query = select(Order).join(Order.enrollment).where(
            Enrollment.user_id == self.user_id, Enrollment.cohort_id.in_(self.cohort_ids)
        )  # fmt: skip
        return db.session.scalar(
            query.order_by(Order.status.in_(queries.LIVE).desc(), Order.id.desc()).limit(1)
        )

    def place(self) -> Enrollment | None:
        """Where they are: the last place they moved to."""
        query = select(Enrollment).where(
            Enrollment.user_id == self.user_id, Enrollment.cohort_id.in_(self.cohort_ids)
        )
        return db.session.scalar(query.order_by(Enrollment.id.desc()).limit(1))

    def order_id(self) -> int | None:
        order = self.order()
        found = order.id if order else None
        db.session.rollback()
        return found

    def parts(self) -> list[Installment]:
        order = self.order()
        return queries.parts_of(order) if order else []

    def pages(self, *statuses: str) -> list[str]:
        """Stripe's ids of this person's payment pages that are so here, the latest last."""
        query = select(CheckoutSession.stripe_id).where(CheckoutSession.order_id == self.order_id())
        query = query.where(CheckoutSession.status.in_(statuses), CheckoutSession.stripe_id.is_not(None))
        found = [one for one in db.session.scalars(query.order_by(CheckoutSession.id)) if one]
        db.session.rollback()
        return found

    def open_pages(self) -> list[str]:
        """Pages that are open at Stripe, whatever is known of them here."""
        mark = f"order-{self.order_id()}"
        return [
            one["id"]
            for one in self.stripe.all("checkout.session")
            if one["status"] == "open" and one["client_reference_id"] == mark
        ]

    def intents(self) -> list[str]:
        """Stripe's ids of the payments that arrived, oldest first."""
        query = select(Payment.stripe_payment_intent).where(Payment.order_id == self.order_id())
        query = query.where(Payment.status == "succeeded", Payment.stripe_payment_intent.is_not(None))
        found = [one for one in db.session.scalars(query.order_by(Payment.id)) if one]
        db.session.rollback()
        return found

    # --- what is done ---

    def presses(self, plan: int = 1, code: str = "") -> str | None:
        """The button of the checkout; Stripe's id of the page one lands on, None where nothing is to be paid."""
        self._ends_page_of_another_plan()
        begin_write()
        user, cohort = db.session.get_one(User, self.user_id), db.session.get_one(Cohort, self.cohort_id)
        try:
            order = admissions.begin_checkout(user, cohort, self.clock.now, plan, code)
        except Refused:
            db.session.rollback()
            raise
        order_id, paid = order.id, order.status == "paid"
        db.session.commit()
        return None if paid else _page(checkout.pay(order_id, SUCCESS, CANCEL, self.clock.now))

    def _ends_page_of_another_plan(self) -> None:
        order = self.order()
        order_id = order.id if order and order.status == "open" else None
        db.session.rollback()
        if order_id is not None:
            checkout.close(order_id, self.clock.now)

    def opens_page(self, *numbers: int) -> str:
        """The page that pays the installments with these numbers."""
        ids = [part.id for part in self.parts() if part.number in numbers]
        return self._opens(ids)

    def opens_rest(self) -> str:
        """The page that pays everything that is open."""
        return self._opens([part.id for part in self.parts()])

    def opens_card(self) -> str:
        """The page that saves another card."""
        return self._opens(checkout.ONLY_A_CARD)

    def _opens(self, ids: Collection[int]) -> str:
        order = self.order()
        if order is None or order.status == "open":
            db.session.rollback()
            raise Refused("The seat is not theirs yet: its own page holds it while they pay.")
        order_id = order.id
        db.session.rollback()
        return _page(checkout.pay(order_id, SUCCESS, CANCEL, self.clock.now, ids))

    def comes_back(self) -> None:
        """The page that Stripe sends people back to, for the latest payment page."""
        pages = self.pages("open", "processing", "complete", "expired", "failed")
        order_id = self.order_id()
        if not pages or order_id is None:
            return
        checkout.settle(pages[-1], self.clock.now)
        begin_write()
        order = db.session.get_one(Order, order_id)
        if order.status == "expired":
            admissions.find_seat_for_late_money(order, self.clock.now)
        admissions.keep_paid_seats(self.cohort_id, self.clock.now)
        db.session.commit()

    def is_withdrawn(self, *, waived: bool = False, wrong: int = 0) -> None:
        """Staff confirm what the screen shows (or what it does not show any more)."""
        now, order_id = self.clock.now, self.order_id()
        if order_id is not None:
            refunding.clear_the_way(order_id, now)
        begin_write()
        staff = db.session.get_one(User, self.staff_id)
        enrollment, order = self.place(), self.order()
        if enrollment is None:
            db.session.rollback()
            raise Refused("They have no place.")
        day = times.local_date(now, enrollment.cohort.time_zone)
        back = balance = 0
        if order is not None:
            figures = withdrawals.account_of(order, day).figures
            back, balance = figures.back_cents + wrong, figures.balance_cents
        what = Withdrawal(told_on=day, reason="time", waived=waived, back_cents=back, balance_cents=balance)
        try:
            leaving.withdraw(staff, enrollment, order, what, now)
        except Refused:
            db.session.rollback()
            raise
        db.session.commit()

    def moves_to(self, cohort_id: int) -> None:
        """Staff confirm what the screen of the move shows."""
        now, order_id = self.clock.now, self.order_id()
        if order_id is not None:
            refunding.clear_the_way(order_id, now)
        begin_write()
        place = self.place()
        if place is None:
            db.session.rollback()
            raise Refused("They have no place.")
        staff, target = db.session.get_one(User, self.staff_id), db.session.get_one(Cohort, cohort_id)
        day = times.local_date(now, place.cohort.time_zone)
        what = Deferring(told_on=day, reason="time", exception="They were ill.", why_over="", seen=None)
        try:
            deferring.defer(staff, place, self.order(), target, what, now)
        except Refused:
            db.session.rollback()
            raise
        db.session.commit()

    def is_approved(self, *, by_who_asked: bool = False) -> None:
        """The second person's yes to the refund."""
        staff_id = self.staff_id if by_who_asked else self.second_id
        order_id = self.order_id()
        assert order_id is not None
        begin_write()
        try:
            refunds.approve(db.session.get_one(User, staff_id), order_id, self.clock.now)
        except Refused:
            db.session.rollback()
            raise
        db.session.commit()

    def waits_until_due(self, number: int, days: int = 0) -> None:
        """The day comes on which an installment is due, and so many more."""
        part = next(one for one in self.parts() if one.number == number)
        zone = part.order.enrollment.cohort.time_zone
        self.clock.now = max(self.clock.now, times.at(part.due_on + timedelta(days=days), "10:00", zone))
        db.session.rollback()


def _page(url: str) -> str:
    return url.rsplit("/", 1)[1]


def worker(now: Any) -> None:
    """One round of everything that runs by itself within minutes."""
    for job in (reconcile, charge_installments, send_refunds, sweep_seats):
        db.session.rollback()
        job(now)


def all_jobs(now: Any) -> None:
    """The same, and the nightly comparison."""
    db.session.rollback()
    compare_with_stripe(now)
    worker(now)
