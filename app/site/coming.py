"""A cohort as a prospect sees it: dates, price, seats left, refund rule, coaches; every figure from its row.

Instants are UTC, days are days of the cohort's time zone, amounts are integer cents.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import queries as admissions
from app.admissions import rules as admission_rules
from app.admissions.queries import Standing
from app.cohorts import queries as cohorts
from app.cohorts import rules as cohort_rules
from app.cohorts.models import Call, Cohort, CohortCoach
from app.coursework import rules as coursework_rules
from app.curriculum.schema import Module, Program, WeekPlan
from app.lib import times
from app.lib.database import db
from app.payments import queries as payments
from app.payments import rules as payment_rules
from app.payments.price_models import Price
from app.payments.rules import OnSale, RefundLine


@dataclass(frozen=True)
class Coming:
    """One cohort with what a prospect must know before applying. Without a price there is no refund table either."""

    cohort: Cohort
    program: Program
    taken: int  # seats that are sold, held, offered or waited for
    takes_applications: bool
    price: Price | None = None
    plans: tuple[OnSale, ...] = ()  # pay in full first; none where there is no price
    refunds: tuple[RefundLine, ...] = ()
    coaches: tuple[str, ...] = ()
    first_call: datetime | None = None

    @property
    def free(self) -> int:
        return max(0, self.cohort.capacity - self.taken)

    @property
    def starts_on(self) -> date:
        return self.cohort.starts_on + timedelta(days=self.cohort.shift_days)

    @property
    def ends_on(self) -> date:
        return cohorts.ends_on(self.cohort)

    @property
    def opens_at(self) -> datetime:
        """When the first module opens."""
        return cohorts.dates_of(self.cohort, self.program.modules[0]).opens_at

    @property
    def full_refund_until(self) -> date | None:
        """The last day on which everything comes back."""
        days = [line.until for line in self.refunds if line.share_percent == 100 and line.until]
        return max(days, default=None)

    @property
    def seats_each(self) -> int:
        """Participants for each coach when every seat is taken."""
        return -(-self.cohort.capacity // len(self.coaches)) if self.coaches else 0


@dataclass(frozen=True)
class Week:
    """One row of the plan: dated when it belongs to a cohort, relative when it does not."""

    number: int
    title: str
    text: str
    critical: bool
    catch_up: bool
    review_days: int
    opens_on: str = ""  # the name of the weekday
    due_on: str = ""
    stands: str = ""  # to other modules: 'Builds on module 3.'
    first: date | None = None
    last: date | None = None
    due: date | None = None
    answer_by: date | None = None


def in_prospect(now: datetime) -> list[Coming]:
    """The cohorts that take applications, the next start first, with price and seats. Three queries for any number."""
    found = cohorts.open_cohorts(now)
    ids = [one.id for one in found]
    prices = _prices(ids)
    taken = admissions.spoken_for(ids)
    return [
        Coming(
            one,
            cohorts.program(one),
            taken.get(one.id, 0),
            True,
            price=payment_rules.price_now(prices.get(one.id, []), now),
            plans=tuple(payments.on_sale(one, prices.get(one.id, []), now)),
        )
        for one in found
    ]


def next_with_seats(coming: Collection[Coming]) -> Coming | None:
    """The next cohort with a seat free; when all are full the next of them."""
    return next((one for one in coming if one.free), next(iter(coming), None))


def in_full(cohort: Cohort, now: datetime) -> Coming:
    """One cohort with everything a prospect must know, in three queries."""
    terms = payments.terms_of(cohort, now)
    first_call, coaches = _call_and_coaches(cohort, now)
    return Coming(
        cohort=cohort,
        program=cohorts.program(cohort),
        taken=admissions.spoken_for([cohort.id]).get(cohort.id, 0),
        takes_applications=admission_rules.takes_applications(cohort.sales, cohort.apply_until, now),
        price=terms.price,
        plans=tuple(terms.plans),
        refunds=tuple(terms.refund),
        coaches=coaches,
        first_call=first_call,
    )


def filled(coming: Coming, now: datetime) -> Coming:
    """One of `in_prospect` with the rest of its facts, in two queries more."""
    first_call, coaches = _call_and_coaches(coming.cohort, now)
    price = coming.price
    refunds = payments.refund_lines(coming.cohort, price.amount_cents, price.currency) if price else []
    return replace(coming, refunds=tuple(refunds), coaches=coaches, first_call=first_call)


def _prices(cohort_ids: Collection[int]) -> dict[int, list[Price]]:
    """Cohort id → all of its prices, past and to come."""
    found: dict[int, list[Price]] = {}
    for price in db.session.scalars(select(Price).where(Price.cohort_id.in_(cohort_ids)).order_by(Price.id)):
        found.setdefault(price.cohort_id, []).append(price)
    return found


def _call_and_coaches(cohort: Cohort, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """The first live call and the coaches' names, in one query: no coach is one row without a name."""
    first = select(func.min(Call.starts_at)).where(Call.cohort_id == cohort.id).scalar_subquery()
    coach = (CohortCoach.cohort_id == Cohort.id) & (CohortCoach.until.is_(None) | (CohortCoach.until > now))
    query = select(first, User.name).select_from(Cohort).outerjoin(CohortCoach, coach)
    query = query.outerjoin(User, User.id == CohortCoach.user_id).where(Cohort.id == cohort.id)
    rows = db.session.execute(query.order_by(CohortCoach.id)).all()
    return (rows[0][0] if rows else None), tuple(name for _first, name in rows if name)


# --- the weeks ----------------------------------------------------------------------------------------------


def weeks(program: Program, cohort: Cohort | None = None) -> list[Week]:
    """The plan week by week; with a cohort also its dates."""
    opening = {module.week: module for module in program.modules}
    return [_week(program, plan, opening.get(plan.week), cohort) for plan in program.weeks_plan]


def _stands(program: Program, module: Module) -> str:
    """How a module stands to others, as a sentence; empty where it stands alone."""
    named = (("builds on", program.builds_on(module)), ("pairs with", program.pairs_of(module)))
    said = [
        f"{verb} module {' and '.join(str(one.number) for one in others)}" for verb, others in named if others
    ]
    if module.closes_day is not None:
        said.append(f"closes last, in week {module.closes_day // 7 + 1}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _week(program: Program, plan: WeekPlan, module: Module | None, cohort: Cohort | None) -> Week:
    more: dict[str, Any] = {}
    if module:
        more |= {"opens_on": program.weekday(module.opens_day), "due_on": program.weekday(module.due_day)}
        more["stands"] = _stands(program, module)
    if cohort:
        first = cohort.starts_on + timedelta(days=cohort.shift_days + (plan.week - 1) * 7)
        more |= {"first": first, "last": first + timedelta(days=6)}
    if cohort and module:
        due_at = cohorts.dates_of(cohort, module).due_at
        holidays = coursework_rules.days(cohort.holidays)
        promise = coursework_rules.promise(due_at, module.review_days, cohort.time_zone, holidays)
        more["due"] = times.local_date(due_at, cohort.time_zone)
        more["answer_by"] = times.local_date(promise, cohort.time_zone)
    return Week(
        number=plan.week,
        title=plan.title,
        text=plan.text,
        critical=bool(module and module.critical),
        catch_up=module is None and plan.week < program.weeks,
        review_days=module.review_days if module else 0,
        **more,
    )


# --- the seat card ------------------------------------------------------------------------------------------


def seat_state(coming: Coming, found: Standing | None, checkout: admission_rules.Checkout | None) -> str:
    """Which of its states the seat card shows: the reader's own, or else the cohort's.

    Own: 'enrolled', 'deciding', 'pay', 'gone', 'on hold', 'late money', 'left', 'applied', 'waitlisted', 'declined'.
    The cohort's: 'open', 'full', 'closed', 'cancelled'.
    """
    if coming.cohort.status == "cancelled":
        return "cancelled"
    if found and checkout and checkout != "not yet":
        return "enrolled" if checkout == "in" else checkout
    if found and found.enrollment and cohort_rules.may_read(found.enrollment.status):
        return "enrolled"
    status = found.application.status if found and found.application else None
    if status in admission_rules.WAITING:
        return "applied"
    if status in ("waitlisted", "declined"):
        return status
    if not coming.takes_applications:
        return "closed"
    return "open" if coming.free else "full"
