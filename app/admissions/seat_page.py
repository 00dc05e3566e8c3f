"""Every seat of a cohort, named, and sums that add up: what the staff page of the seats shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import abort
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.admissions import waitlist_queries as waitlist
from app.admissions.models import Application, SeatHold
from app.admissions.rules import Seats
from app.admissions.seats import LIVE
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments import queries as payments
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order

# How a taken seat is drawn and named, in the order of the table.
KINDS = {
    "in": "Sold",
    "firm": "Employer’s, unclaimed",
    "unpaid": "Employer’s, not paid",
    "pay": "Paying now",
    "proc": "Bank is deciding",
    "offer": "Offered",
}
WIDE = 1000  # units of the drawing


@dataclass(frozen=True)
class Seat:
    """One taken seat. `until`: empty where it is for good; `forced`: why it was given above the capacity.

    `name` is the employer's where nobody has claimed it; `employer` is who paid for it, where somebody else did.
    """

    number: int
    kind: str
    name: str
    until: datetime | None
    forced: str
    application_id: int | None
    employer: str = ""
    purchase_id: int | None = None


@dataclass(frozen=True)
class Run:
    """Seats of one kind beside each other, as drawn: from `x`, `width` wide, in units of the drawing."""

    kind: str
    seats: int
    x: float
    width: float


@dataclass(frozen=True)
class SeatPage:
    cohort: Cohort
    taken: Sequence[Seat]
    line: Sequence[Any]  # waiting, then offered, then lapsed: the entry, name, application_status
    sums: Seats

    def number(self, kind: str) -> int:
        return Counter(seat.kind for seat in self.taken)[kind]

    def names(self, kind: str) -> list[str]:
        return [seat.name for seat in self.taken if seat.kind == kind]

    def employers(self, kind: str) -> list[str]:
        """Whose the unclaimed seats of this kind are, each with how many."""
        counted = Counter(seat.employer for seat in self.taken if seat.kind == kind)
        return [f"{name}, {number}" for name, number in counted.items()]

    @property
    def free_numbers(self) -> list[int]:
        """The numbers of the free seats; where more is taken than there is, none."""
        taken = {seat.number for seat in self.taken}
        free = (number for number in range(1, self.sums.capacity + len(taken) + 1) if number not in taken)
        return [number for number, _ in zip(free, range(self.sums.free), strict=False)]

    @property
    def unread(self) -> list[Any]:
        """Who waits although nobody has read the application yet: nothing can be offered to them before."""
        return [row for row in self._waiting if row.application_status != "waitlisted"]

    @property
    def _waiting(self) -> list[Any]:
        return [row for row in self.line if row[0].status == "waiting"]

    @property
    def drawn(self) -> int:
        """How many seats the drawing has room for."""
        return max(self.sums.capacity, self.sums.taken, 1)

    @property
    def edge(self) -> float:
        """Where in the drawing the capacity ends."""
        return WIDE * self.sums.capacity / self.drawn

    def runs(self) -> Iterator[Run]:
        """The drawing, from the left: every seat by its state, then what is free."""
        each = WIDE / self.drawn
        kinds = [kind for kind in KINDS for _ in range(self.number(kind))] + ["free"] * self.sums.free
        at = 0
        for kind, group in groupby(kinds):
            seats = len(list(group))
            yield Run(kind, seats, round(at * each, 2), round(seats * each, 2))
            at += seats


def seat_page(slug: str) -> SeatPage:
    """Everything about the seats of one cohort, in two queries; 404 where there is none."""
    cohort, taken = _taken(slug)
    line = waitlist.line_of(cohort)
    kinds = Counter(seat.kind for seat in taken)
    sums = Seats(
        capacity=cohort.capacity,
        sold=kinds["in"] + kinds["firm"],
        held=kinds["pay"] + kinds["proc"] + kinds["unpaid"],
        offered=kinds["offer"],
        waiting=sum(row[0].status == "waiting" for row in line),
    )
    return SeatPage(cohort, taken, line, sums)


def _taken(slug: str) -> tuple[Cohort, list[Seat]]:
    """The cohort and its live seats by number, with whose they are and what their money does."""
    asked = select(func.max(Application.id)).where(
        Application.user_id == SeatHold.user_id, Application.cohort_id == SeatHold.cohort_id
    )
    query = (
        select(
            Cohort,
            SeatHold,
            User.name,
            asked.correlate(SeatHold).scalar_subquery(),
            payments.bank_decides(),
            EmployerPurchase.employer,
        )
        .select_from(Cohort)
        .outerjoin(SeatHold, and_(SeatHold.cohort_id == Cohort.id, SeatHold.status.in_(LIVE)))
        .outerjoin(User, User.id == SeatHold.user_id)
        .outerjoin(
            Enrollment, and_(Enrollment.cohort_id == Cohort.id, Enrollment.user_id == SeatHold.user_id)
        )
        .outerjoin(EmployerPurchase, EmployerPurchase.id == SeatHold.employer_purchase_id)
        .outerjoin(
            Order,
            or_(
                Order.id == payments.order_that_counts(),
                and_(SeatHold.user_id.is_(None), Order.employer_purchase_id == SeatHold.employer_purchase_id),
            ),
        )
        .where(Cohort.slug == slug)
        .order_by(SeatHold.seat)
        .options(lazyload("*"))
    )
    rows = db.session.execute(query).all()
    if not rows:
        abort(404)
    seats = [
        Seat(
            hold.seat,
            _kind(hold, bool(deciding)),
            name or employer,
            hold.until,
            hold.forced,
            application_id,
            employer or "",
            hold.employer_purchase_id,
        )
        for _cohort, hold, name, application_id, deciding, employer in rows
        if hold is not None
    ]
    return rows[0][0], [replace(seat, until=None) if seat.kind in ("in", "firm") else seat for seat in seats]


def _kind(hold: SeatHold, deciding: bool) -> str:
    if hold.status == "converted":
        return "firm" if hold.user_id is None else "in"
    if deciding:
        return "proc"
    if hold.user_id is None:
        return "unpaid"
    return "offer" if hold.because == "offer" else "pay"
