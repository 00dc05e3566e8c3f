"""What staff do about money in the machine: by hand, with days, with who leaves. Their verbs on places that move to
another cohort, or on a cohort that is cancelled, have their rules here as well."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.accounts.models import User
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments import actions, alerts, checkout, installments, refunds, schedule, staff_actions
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment, Refund
from tests.rooms.payments.machine_bank import Banks
from tests.rooms.payments.machine_base import there_is, which, who

number = st.integers(1, 4)


class Everybody(Banks):
    """All of them at once."""

    def _sam(self) -> User:
        return db.session.get_one(User, self.cast.sam)

    def _by_hand(self, name: str, who: int, verb: Callable[[Order], object]) -> bool:
        """As the page of an order does it: an open payment page is ended first, as far as Stripe answers."""
        order_id = self.persons[who].order_id()
        if order_id is None:
            return False

        def end_page() -> None:
            with suppress(Refused):
                checkout.close(order_id, self.clock.now)

        self.tries("end the page", end_page)
        return self.decides(name, lambda: verb(actions.lock_order(order_id)))

    @there_is("order")
    @rule(who=who, share=st.sampled_from((1, 2, 3)), source=st.sampled_from(("check", "transfer")))
    def enters(self, who: int, share: int, source: str) -> None:
        """A third, all, or more than all of what is open has come by mail."""

        def enter(order: Order) -> None:
            rest = schedule.pay_off_cents(installments.lock(order))
            cents = {1: rest // 3, 2: rest, 3: rest + 5000}[share] or 5000
            today = installments.today_of(order, self.clock.now)
            staff_actions.enter_payment(
                self._sam(), order, source, cents, today, "1042", "", share == 3, self.clock.now
            )

        self._by_hand(f"enter a {source}", who, enter)

    @there_is("entered")
    @rule(who=who)
    def takes_back(self, who: int) -> None:
        def take_back(order: Order) -> None:
            query = select(Payment).where(Payment.order_id == order.id, Payment.source != "stripe")
            found = db.session.scalar(query.order_by(Payment.id.desc()).limit(1))
            if found is None:
                raise Refused("Nothing was entered.")
            staff_actions.take_back_payment(self._sam(), order, found, "The check bounced.", self.clock.now)

        self._by_hand("take an entry back", who, take_back)

    @there_is("order")
    @rule(who=who, number=number, days=st.sampled_from((0, 5, 40)))
    def moves(self, who: int, number: int, days: int) -> None:
        def move(order: Order) -> None:
            due_on = installments.today_of(order, self.clock.now) + timedelta(days=days)
            staff_actions.move_installment(
                self._sam(), order, self._there(order, number), due_on, self.clock.now
            )

        self._by_hand("move a day", who, move)

    @there_is("order")
    @rule(who=who, number=number)
    def waives(self, who: int, number: int) -> None:
        def waive(order: Order) -> None:
            staff_actions.waive(
                self._sam(), order, self._there(order, number), "A hard year.", self.clock.now
            )

        self._by_hand("waive", who, waive)

    @there_is("order")
    @rule(who=who, number=number)
    def asks_again(self, who: int, number: int) -> None:
        def ask(order: Order) -> None:
            staff_actions.ask_for_again(self._sam(), order, self._there(order, number), self.clock.now)

        self._by_hand("ask again", who, ask)

    def _there(self, order: Order, number: int) -> int:
        return min(number, order.installments)

    @there_is("order")
    @rule(who=who, days=st.sampled_from((0, 10, 30)))
    def gives_grace(self, who: int, days: int) -> None:
        def give(order: Order) -> None:
            until = installments.today_of(order, self.clock.now) + timedelta(days=days)
            staff_actions.give_grace(self._sam(), order, until, self.clock.now)

        self._by_hand("give grace", who, give)

    # --- who moves, and who leaves ---

    @there_is("order")
    @rule(who=who)
    def goes_on_later(self, who: int) -> None:
        """Their place moves to the winter's cohort, with its order."""
        self.tries("defer", lambda: self.persons[who].moves_to(self.winter_id))

    @there_is("order")
    @rule(who=who, waived=st.booleans(), wrong=st.sampled_from((0, 0, 0, 1)))
    def withdraws(self, who: int, waived: bool, wrong: int) -> None:
        self.tries("withdraw", lambda: self.persons[who].is_withdrawn(waived=waived, wrong=wrong))

    @there_is("refund row")
    @rule(who=who, by_who_asked=st.booleans())
    def approves(self, who: int, by_who_asked: bool) -> None:
        if self.persons[who].order_id() is not None:
            self.tries("approve", lambda: self.persons[who].is_approved(by_who_asked=by_who_asked))

    @there_is("refund row")
    @rule(which=which, instead=st.booleans())
    def sends_by_hand(self, which: int, instead: bool) -> None:
        """What could not go back the way it came goes by check."""
        ids = list(db.session.scalars(select(Refund.id).order_by(Refund.id)))
        db.session.rollback()
        if not ids:
            return
        verb = refunds.by_hand_instead if instead else refunds.sent_by_hand
        found = ids[-1 - which % len(ids)]
        name = "by hand instead" if instead else "sent by hand"
        self.decides(name, lambda: verb(self._sam(), db.session.get_one(Refund, found), self.clock.now))

    @there_is("task")
    @rule(which=which)
    def closes_a_task(self, which: int) -> None:
        ids = list(db.session.scalars(select(MoneyAlert.id).where(MoneyAlert.closed_at.is_(None))))
        db.session.rollback()
        if not ids:
            return
        found = ids[which % len(ids)]

        def close() -> None:
            task = db.session.get_one(MoneyAlert, found)
            alerts.close_by_hand(self._sam(), task, "Called them; it is settled.", self.clock.now)

        self.decides("close a task", close)
