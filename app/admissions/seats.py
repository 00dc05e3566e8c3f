"""Taking and giving back a seat: the only place where seats are counted to be given away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, ScalarSelect, String, func, insert, literal, select, union_all, update
from sqlalchemy.orm import aliased

from app.admissions.claim_models import Invitation
from app.admissions.models import SeatHold
from app.admissions.waitlist_models import WaitlistEntry
from app.cohorts.models import Cohort
from app.lib.database import UTCDateTime, db

LIVE = ("active", "converted")


def lock(cohort_id: int) -> Cohort:
    """The cohort as it is now, locked until this transaction ends: whoever takes or frees a seat waits here.

    Who only refers to the cohort, by sending a round say, need not wait. Whoever needs two locks the lower id first.
    """
    query = select(Cohort).where(Cohort.id == cohort_id).with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def hold_of(cohort_id: int, user_id: int) -> SeatHold | None:
    """The seat this person holds or has in the cohort."""
    query = select(SeatHold).where(SeatHold.cohort_id == cohort_id, SeatHold.user_id == user_id)
    return db.session.scalar(query.where(SeatHold.status.in_(LIVE)))


def take(
    cohort: Cohort,
    user_id: int,
    because: str,
    until: datetime | None,
    now: datetime,
    *,
    in_line: bool = False,
    forced: str = "",
) -> SeatHold | None:
    """Give this person a seat until then (None: for good), or None when no seat is free.

    A free seat that somebody waits for is free only to who is `in_line`. `forced` is the reason why the capacity
    does not count this once. Who holds one already keeps it, for longer where `until` is later. Must run inside
    `begin_write()`; the cohort is locked.
    """
    lock(cohort.id)
    hold = hold_of(cohort.id, user_id)
    if hold is None:
        if _insert(cohort.id, user_id, None, because, until, now, in_line, forced) is None:
            return None
        hold = hold_of(cohort.id, user_id)
        assert hold is not None
    elif hold.status == "active":
        hold.because = because
        if hold.until is not None and (until is None or until > hold.until):
            hold.until = until
    return hold


def take_for_employer(
    cohort: Cohort,
    purchase_id: int,
    seats: int,
    until: datetime | None,
    now: datetime,
    *,
    in_line: bool = False,
    forced: str = "",
) -> int:
    """Hold so many seats for an employer, whoever sits in them later. Returns how many could be held.

    When that is fewer, the caller rolls back: an employer gets all or none. The rest is as in `take`.
    """
    lock(cohort.id)
    for number in range(seats):
        if _insert(cohort.id, None, purchase_id, "employer", until, now, in_line, forced) is None:
            return number
    return seats


def _insert(
    cohort_id: int,
    user_id: int | None,
    purchase_id: int | None,
    because: str,
    until: datetime | None,
    now: datetime,
    in_line: bool,
    forced: str,
) -> int | None:
    """Insert a hold on the lowest free seat where fewer are live than the cohort has: one statement, count included."""
    live = aliased(SeatHold, name="live")
    before = aliased(SeatHold, name="before")
    mine = (live.cohort_id == cohort_id, live.status.in_(LIVE))
    count = select(func.count()).select_from(live).where(*mine).scalar_subquery()
    capacity = select(Cohort.capacity).where(Cohort.id == cohort_id).scalar_subquery()
    # A free seat is 1 or the neighbor of a taken one; the lowest of them is the lowest free one.
    candidates = union_all(
        select(literal(1, Integer).label("seat")),
        select((before.seat + 1).label("seat")).where(before.cohort_id == cohort_id, before.status.in_(LIVE)),
    ).subquery("candidates")
    taken = select(live.id).where(*mine, live.seat == candidates.c.seat).exists()
    lowest = select(func.min(candidates.c.seat)).where(~taken).scalar_subquery()
    row = select(
        literal(cohort_id, Integer),
        literal(user_id, Integer),
        literal(purchase_id, Integer),
        lowest,
        literal("active", String),
        literal(because, String),
        literal(until, UTCDateTime()),
        literal(forced, String),
        literal(now, UTCDateTime()),
    )
    if not forced:
        row = row.where((count if in_line else count + _others_in_line(cohort_id, user_id)) < capacity)
    names = ["cohort_id", "user_id", "employer_purchase_id", "seat", "status", "because"]
    names += ["until", "forced", "created_at"]
    made = insert(SeatHold).from_select(names, row, include_defaults=False).returning(SeatHold.id)
    return db.session.scalar(made)


def _others_in_line(cohort_id: int, user_id: int | None) -> ScalarSelect[int]:
    """How many wait in line besides this person; for the statement around it."""
    waits = (WaitlistEntry.cohort_id == cohort_id, WaitlistEntry.status == "waiting")
    others = select(func.count()).select_from(WaitlistEntry).where(*waits)
    if user_id is not None:
        others = others.where(WaitlistEntry.user_id != user_id)
    return others.scalar_subquery()


def keep(hold: SeatHold) -> None:
    """The seat is paid for: it is theirs for good."""
    hold.status, hold.because, hold.until = "converted", "enrolled", None


def release(hold: SeatHold, now: datetime, status: str = "released") -> None:
    """Give the seat back ('released', or 'expired' when its time was over)."""
    hold.status, hold.ended_at = status, now


def leave(hold: SeatHold, now: datetime) -> bool:
    """Somebody leaves the seat. True: it is free; False: it is their employer's again, to be claimed by somebody else.

    Everything that ends a place goes through here, so that no employer loses a seat that was paid for.
    """
    if hold.employer_purchase_id is None:
        release(hold, now)
        return True
    claimed = update(Invitation).where(
        Invitation.purchase_id == hold.employer_purchase_id,
        Invitation.user_id == hold.user_id,
        Invitation.status == "claimed",
    )
    db.session.execute(claimed.values(status="given up", ended_at=now))
    hold.user_id, hold.status, hold.because, hold.until = None, "converted", "employer", None
    return False
