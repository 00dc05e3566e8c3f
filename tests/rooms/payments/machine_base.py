"""The ground of the machine of money: who is there, how a verb is tried and dies, and what every moment is held to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from app.payments import discounts
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment, Refund
from app.payments.paper_models import Paper
from app.payments.price_models import RefundTier
from app.payments.standin import ApiError
from tests.cast import Cast
from tests.rooms.admissions.offers import applied
from tests.rooms.payments.machine_books import check_always, check_quiet
from tests.rooms.payments.machine_orders import TABLES
from tests.rooms.payments.machine_people import Person, all_jobs, set_prices, worker
from tests.rooms.payments.machine_world import World
from tests.rooms.payments.movers import WINTER, another_cohort

PEOPLE, SEATS = 3, 2
CODES = ("", "", "", "TEN", "FREE")
TERMS = {
    "currency": "usd", "cohort_id": None, "opens_plan": None, "per_person": 1, "valid_from": None, "valid_until": None,
    "budget_cents": None, "is_scholarship": False, "note": "",
}  # fmt: skip


# What a rule needs to have anything to do, looked up in what the last look at the ledger has found.
def there_is(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Play this rule only where Stripe, or the ledger, has something of this kind."""
    return precondition(lambda self: self.knows(kind))


who, which = st.integers(0, PEOPLE - 1), st.integers(0, 5)


class Died(Exception):
    """The process is gone. Whoever catches it can do nothing any more: each further step dies as well."""


class Plug:
    """Counts the stages of a verb: each statement that writes, each commit, each call to Stripe, before and after it.

    Reading is no stage of its own: how much is read again depends on what the memory of a process still holds.
    """

    def __init__(self, http_client: Any) -> None:
        self.left, self.is_pulled, self.writes = -1, False, 0
        answer = http_client._answer

        def call(request: Any) -> Any:
            self.stage()
            response = answer(request)
            self.stage()
            return response

        http_client._answer = call
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "after_cursor_execute", self._statement)
        for name in ("before_commit", "after_commit"):
            event.listen(Session, name, self.stage)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.writes += 1
            self.stage()

    def stage(self, *_given: Any) -> None:
        self.is_pulled = self.is_pulled or self.left == 0
        if self.is_pulled:
            raise Died
        self.left -= self.left > 0

    def put_back(self) -> None:
        """The process is started again."""
        self.left, self.is_pulled = -1, False

    def close(self) -> None:
        event.remove(Engine, "before_cursor_execute", self._statement)
        event.remove(Engine, "after_cursor_execute", self._statement)
        for name in ("before_commit", "after_commit"):
            event.remove(Session, name, self.stage)


class Machine(RuleBasedStateMachine):
    """One run. `done` counts what was done, and not refused, over all runs."""

    def __init__(self, world: World, plug: Plug, cast: Cast, done: Counter[str]) -> None:
        super().__init__()
        self.world, self.plug, self.cast, self.done = world, plug, cast, done
        self.stripe, self.clock = world.stripe, world.clock
        self.start = world.mark()
        self.dice = random.Random(7)
        self.checked = 0  # writes, when everything was last found to hold
        self.persons = [Person(one, cast, self.stripe, self.clock) for one in (cast.pat, cast.uma, cast.ben)]
        self.winter_id = db.session.scalars(select(Cohort.id).where(Cohort.starts_on == WINTER)).one()
        for person in self.persons:
            person.cohort_ids.append(self.winter_id)
        self.ledger: dict[str, dict[int, Any]] = {}
        for person in self.persons:
            applied(person.user_id, cast.summer, self.clock.now)

    def knows(self, kind: str) -> bool:
        """Is there a 'dispute' or a 'refund' at Stripe, money that 'arrived', something a bank is 'deciding' on; an
        'order', an 'entered' payment, a 'task', a 'refund row' here?"""
        objects = self.stripe.state.objects.values()
        if kind in ("arrived", "deciding"):
            wanted = {"arrived": "succeeded", "deciding": "processing"}[kind]
            return any(one["object"] == "payment_intent" and one["status"] == wanted for one in objects)
        if kind == "entered":
            return any(row[4] != "stripe" for row in self.ledger.get("payment", {}).values())
        if kind in ("order", "task", "refund row"):
            return bool(self.ledger.get(kind.removesuffix(" row")))
        return any(one["object"] == kind for one in objects)

    # --- doing ---

    def tries(self, name: str, act: Callable[[], object]) -> bool:
        """Do it as the pages do, with calls to Stripe between transactions. False when it was refused, or died."""
        self.clock.move(seconds=7)
        try:
            act()
            if not self.plug.is_pulled:
                db.session.rollback()
                self.done[name] += 1
                return True
        except (Refused, ApiError, Died):
            pass
        except Exception:  # of the dead process: whatever still tries to clean up finds nothing in order
            if not self.plug.is_pulled:
                raise
        if self.plug.is_pulled:  # what was not committed is gone, and what the process knew
            self.done["a death"] += 1
            self.plug.put_back()
            db.session.remove()
        db.session.rollback()
        return False

    def decides(self, name: str, act: Callable[[], object]) -> bool:
        """Do it in one transaction. A refusal leaves every row as it was, before any rollback."""

        def do() -> None:
            begin_write()
            before = self._rows()
            try:
                act()
            except Refused:
                db.session.flush()
                assert self._rows() == before, f"“{name}” was refused and changed something"
                raise
            db.session.commit()

        return self.tries(name, do)

    def _rows(self) -> list[Any]:
        plug, self.plug.left = self.plug.left, -1
        run = self.world.connection.exec_driver_sql
        found = [run(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall() for name in TABLES]
        self.plug.left = plug
        return found

    @rule(minutes=st.sampled_from((3, 20, 50, 60 * 5)))
    def minutes_pass(self, minutes: int) -> None:
        """Nothing runs meanwhile: a worker may be down for hours."""
        self.clock.move(minutes=minutes)
        self.stripe.sweep()

    @rule(days=st.sampled_from((1, 3, 4, 8, 15, 31)))
    def days_pass(self, days: int) -> None:
        """No fault lasts for days, and in days every job runs; the news may still be anywhere."""
        self._all_well()
        all_jobs(self.clock.now)
        self.clock.move(days=days)
        self.stripe.sweep()

    def _all_well(self) -> None:
        self.plug.put_back()
        self.stripe._faults._orders.clear()

    @rule()
    def the_worker_runs(self) -> None:
        self.tries("the worker", lambda: worker(self.clock.now))

    @rule()
    def a_night_passes(self) -> None:
        self.tries("the comparison", lambda: all_jobs(self.clock.now))

    @rule()
    def all_would_be_quiet(self) -> None:
        """If nothing happened from here on, the books would agree. Then it goes on as if that had not been asked."""
        plug, orders = self.plug.left, list(self.stripe._faults._orders)
        with self.world.tried():
            self._comes_to_rest()
        self.plug.left = plug
        self.stripe._faults._orders[:] = orders

    def _comes_to_rest(self) -> None:
        """Stripe repeats a fault to whoever asks with the same key, for a day: so long some things take."""
        self._all_well()
        for hours in (1, 25, 1):
            self.clock.move(hours=hours)
            self.stripe.sweep()
            all_jobs(self.clock.now)
        check_quiet(self.stripe)

    # --- what always holds ---

    @invariant()
    def everything_holds(self) -> None:
        if self.plug.writes != self.checked:  # else nothing has changed since
            check_always(self.stripe)
            self._nothing_is_unwritten()
            self.checked = self.plug.writes

    def _nothing_is_unwritten(self) -> None:
        """What is in the ledger stays there as it is; only how far it has come changes."""
        facts = {
            "payment": (Payment.id, Payment.amount_cents, Payment.currency, Payment.order_id, Payment.source),
            "refund": (Refund.id, Refund.amount_cents, Refund.payment_id, Refund.external),
            "order": (Order.id, Order.created_at, Order.currency),  # its place may move
            "task": (MoneyAlert.id, MoneyAlert.key, MoneyAlert.kind),
            "paper": (Paper.id, Paper.kind, Paper.number, Paper.amount_cents, Paper.payment_id),
            "audit": (Entry.id, Entry.sentence),
            "mail": (Message.id, Message.key, Message.subject),
        }
        for name, columns in facts.items():
            now = {row[0]: tuple(row) for row in db.session.execute(select(*columns))}
            before = self.ledger.get(name, {})
            assert {key: now.get(key) for key in before} == before, f"a {name} was changed, or is gone"
            self.ledger[name] = now
        db.session.rollback()

    def teardown(self) -> None:
        db.session.rollback()
        try:
            if self.ledger:
                self._comes_to_rest()
        finally:
            self.world.back(self.start)
            self.world.forget(self.start)


def lay_out(cast: Cast, now: Any) -> None:
    """Prices, two seats, and two codes: one that lowers the price once, and one that makes it nothing, once."""
    set_prices(cast.summer)
    begin_write()
    winter_id = another_cohort(cast, capacity=SEATS)
    db.session.add(RefundTier(cohort_id=winter_id, until=WINTER, share_percent=50))
    db.session.get_one(Cohort, cast.summer).capacity = SEATS
    sam = db.session.get_one(User, cast.sam)
    for name, percent in (("TEN", 10), ("FREE", 100)):
        terms = discounts.Terms(code=name, kind="percent", value=percent, max_uses=1, **TERMS)  # type: ignore[arg-type]
        discounts.create(sam, terms, now)
    db.session.commit()
