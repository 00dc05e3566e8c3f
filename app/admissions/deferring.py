"""Somebody moves to another cohort: what that comes to, and the one verb that does all of it.

The verb does not commit and does not ask Stripe; call `refunding.clear_the_way` first. See
docs/decisions/moving-takes-the-order-along.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.accounts.models import User
from app.admissions import actions, deferring_messages, deferring_queries, leaving, line, queries, seats
from app.admissions import deferring_rules as rules
from app.admissions.deferring_models import Deferral
from app.admissions.deferring_queries import Place
from app.admissions.deferring_rules import Terms
from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.queries import ends_on
from app.coursework import carried
from app.coursework.carried_rules import Piece
from app.lib import times
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments import actions as payments
from app.payments import following, returns, staff_rules, withdrawals
from app.payments import queries as money
from app.payments.following import Account
from app.payments.models import Order
from app.payments.price_models import RefundTier


@dataclass(frozen=True)
class Deferring:
    """What was confirmed. `seen`: the mark of the plan that was shown; None where nobody was shown one."""

    told_on: date
    reason: str  # a key of `deferring_rules.REASONS`
    exception: str = ""  # why, where the rule does not allow it
    why_over: str = ""  # why they get a seat where none is free
    seen: str | None = None


@dataclass(frozen=True)
class Plan:
    """What moving to one cohort comes to: the clause, the money, the work."""

    target: Cohort
    told_on: date
    terms: Terms
    account: Account | None  # None: nothing was ordered for this place
    pieces: list[Piece]

    @property
    def fee_cents(self) -> int:
        return self.account.fee_cents if self.account else 0

    @property
    def seen(self) -> str:
        """Equal for equal plans: what the confirming form carries."""
        return staff_rules.fingerprint((self.target.id, self.told_on, self.terms, self.account, self.pieces))


def plan(place: Place, target: Cohort, refund: Iterable[RefundTier], told_on: date) -> Plan:
    """What it comes to if they go on in the target, with its `refund` rule, and told us on this day. One query.

    Call it before `begin_write()` as well: it reads the releases. Raises Refused.
    """
    terms, account, order = place.terms(told_on), None, place.order
    if order is not None and order.status in money.LIVE:
        account = following.account_of(order, place.parts, place.net_cents, target, refund, terms.fee_cents)
    return Plan(target, told_on, terms, account, carried.plan(place.enrollment, target))


def defer(
    actor: User, enrollment: Enrollment, order: Order | None, target: Cohort, what: Deferring, now: datetime
) -> Enrollment:
    """Move this person to the target: seat, access, order, work, mail; returns their new place.

    Raises Refused, with nothing changed once the transaction is rolled back, where it cannot be or is not what was
    shown. Both cohorts are locked here, the lower id first, so that two who move in opposite directions do not wait for
    each other.
    """
    for cohort_id in sorted({enrollment.cohort_id, target.id}):
        seats.lock(cohort_id)
    if order is not None:
        payments.lock_order(order.id)
    db.session.refresh(enrollment, with_for_update={"of": Enrollment})
    place = deferring_queries.place_of(enrollment.id)
    assert place is not None
    _check(place, target, what, now)
    found = plan(place, target, money.refund_tiers(target), what.told_on)
    rules.check_why(what.reason, found.terms, what.exception)
    if what.seen is not None and what.seen != found.seen:
        raise Refused(rules.CHANGED)
    _take_seat(actor, enrollment, target, what.why_over, now)
    new = cohorts.defer(actor, enrollment, target, rules.REASONS[what.reason].lower(), now)
    if found.account is not None and place.order is not None:
        following.follow(actor, place.order, new, found.fee_cents, now)
    pieces = carried.carry(actor, enrollment, new, now)
    row = _write_down(actor, new, found, pieces, what, now)
    leaving.give_up_seat(actor, enrollment, now)
    deferring_messages.deferred(row, enrollment, place.order if found.account else None, found, now)
    return new


def _check(place: Place, target: Cohort, what: Deferring, now: datetime) -> None:
    enrollment = place.enrollment
    today = times.local_date(now, enrollment.cohort.time_zone)
    rules.check_place(enrollment.status, enrollment.user.name)
    returns.check_day(what.told_on, withdrawals.first_day(enrollment), today)
    if target.id == enrollment.cohort_id:
        raise Refused(rules.CHOOSE, field="to")
    rules.check_target(target.sales, target.title, ends_on(target), today)


def _take_seat(actor: User, enrollment: Enrollment, target: Cohort, why_over: str, now: datetime) -> None:
    """The seat is theirs for good, above the capacity or before those in line only with a reason, which is logged."""
    user_id, name = enrollment.user_id, enrollment.user.name
    hold = seats.take(target, user_id, "enrolled", None, now)
    if hold is None:
        waited_for = queries.seats(target).free > 0
        why = rules.check_over(why_over, target.title, waited_for)
        hold = seats.take(target, user_id, "enrolled", None, now, forced=why)
        assert hold is not None
        over = queries.seats(target).over
        done = (
            f"Overbooked {target.title} by {over}, with"
            if over
            else f"Gave away, before those in line for {target.title},"
        )
        record(actor, f"{done} a seat for {name}: {why}", ("cohort", target.id), now=now)
    seats.keep(hold)
    actions.end_offer(hold, "taken")
    line.take(hold)


def _write_down(
    actor: User, new: Enrollment, found: Plan, pieces: list[Piece], what: Deferring, now: datetime
) -> Deferral:
    row = Deferral(
        enrollment=new,
        told_on=what.told_on,
        reason=what.reason,
        clause=found.terms.clause[:300],
        exception="" if found.terms.within else what.exception,
        fee_cents=found.fee_cents,
        left_out=[one.left_out for one in pieces if one.left_out],
        by=actor,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    if row.exception:
        said = f"Made an exception of the rule for {new.user.name}'s move: {row.exception}"
        record(actor, said, ("enrollment", new.id), now=now)
    return row
