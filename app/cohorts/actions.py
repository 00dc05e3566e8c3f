"""Verbs on cohorts and enrollments. None of them commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import onboarding
from app.cohorts.models import Call, Cohort, CohortCoach, Enrollment
from app.curriculum.queries import program_of
from app.lib import times
from app.lib.database import db
from app.lib.refusal import Refused

HELD = ("active", "grace", "suspended", "paused")  # a place that somebody has, and may give up or take along


def open_cohort(
    actor: User | None,
    *,
    slug: str,
    title: str,
    starts_on: date,
    capacity: int,
    release_id: int,
    now: datetime,
    status: str = "open",
    apply_until: datetime | None = None,
) -> Cohort:
    """Make a dated run of a release, with its live calls. Refused when it starts on another day than its weeks do."""
    program = program_of(release_id)
    if f"{starts_on:%A}".lower() != program.week_begins:
        first = program.weekday(0)
        raise Refused(f"A cohort starts on a {first}: all its days are counted from there.")
    cohort = Cohort(
        slug=slug,
        title=title,
        starts_on=starts_on,
        capacity=capacity,
        release_id=release_id,
        time_zone=program.time_zone,
        status=status,
        apply_until=apply_until
        or times.at(starts_on - timedelta(days=3), program.due_time, program.time_zone),
        holidays=[],
        created_at=now,
    )
    db.session.add(cohort)
    db.session.flush()
    for call in program.calls:
        on = starts_on + timedelta(days=(call.week - 1) * 7 + call.day)
        starts_at = times.at(on, call.starts, program.time_zone)
        db.session.add(
            Call(
                cohort_id=cohort.id, key=call.key, title=call.title, starts_at=starts_at, minutes=call.minutes
            )
        )
    record(actor, f"Opened {title} with {capacity} seats", ("cohort", cohort.id), now=now)
    return cohort


def hold_release(cohort: Cohort) -> None:
    """Let nobody move this cohort to another release before we commit; its row is as it is now."""
    db.session.refresh(cohort, with_for_update={"of": Cohort, "read": True})


def lock_release(cohort: Cohort) -> None:
    """Hold the cohort to move it: nobody begins a module, and nobody else moves it, before we commit.

    Weaker than the lock of who takes a seat: a round that is being sent refers to this row and need not wait.
    """
    db.session.refresh(cohort, with_for_update={"of": Cohort, "key_share": True})


def follow_release(actor: User | None, cohort: Cohort, release_id: int, because: str, now: datetime) -> None:
    """Pin the cohort to another release; `because` ends the sentence of the audit.

    Whether it may be moved is decided by what people have written: call `coursework.moves.move`, which asks.
    """
    before, cohort.release_id = cohort.release_id, release_id
    sentence = f"Moved {cohort.title} from release {before} to release {release_id}: {because}"
    record(actor, sentence, ("cohort", cohort.id), now=now)


def set_status(actor: User | None, cohort: Cohort, status: str, now: datetime) -> None:
    """Say where the cohort stands. Twice is harmless; a cancelled or archived one stays so."""
    if cohort.status == status:
        return
    if cohort.status in ("cancelled", "archived"):
        raise Refused(f"{cohort.title} is {cohort.status}; that is for good.")
    cohort.status = status
    record(actor, f"Called {cohort.title} {status}", ("cohort", cohort.id), now=now)


def stop_sales(actor: User | None, cohort: Cohort, because: str, now: datetime) -> None:
    """No seat is sold, offered or given until sales go on; nothing else changes. The cohort is locked."""
    cohort.sales_stopped_at = cohort.sales_stopped_at or now
    record(actor, f"Stopped the sales of {cohort.title}: {because}", ("cohort", cohort.id), now=now)


def resume_sales(actor: User | None, cohort: Cohort, because: str, now: datetime) -> timedelta:
    """Seats are sold again. Returns for how long they were not. The cohort is locked."""
    stopped = now - (cohort.sales_stopped_at or now)
    cohort.sales_stopped_at = None
    record(actor, f"Sales of {cohort.title} go on: {because}", ("cohort", cohort.id), now=now)
    return stopped


def cancel(actor: User | None, cohort: Cohort, because: str, now: datetime) -> None:
    """The cohort does not take place, for good; whoever calls sees to its people. The cohort is locked."""
    set_status(actor, cohort, "cancelled", now)
    cohort.sales_stopped_at = None
    record(actor, f"Cancelled {cohort.title}: {because}", ("cohort", cohort.id), now=now)


def set_capacity(actor: User | None, cohort: Cohort, capacity: int, now: datetime) -> None:
    """So many seats from now on; who has one keeps it. The caller holds the cohort's lock. Twice is harmless."""
    if cohort.capacity == capacity:
        return
    sentence = f"Changed the seats of {cohort.title} from {cohort.capacity} to {capacity}"
    cohort.capacity = capacity
    record(actor, sentence, ("cohort", cohort.id), now=now)


def assign_coach(actor: User | None, cohort: Cohort, coach: User, now: datetime) -> CohortCoach:
    """Make this person a coach of the cohort. Twice is harmless."""
    query = select(CohortCoach).where(CohortCoach.cohort_id == cohort.id, CohortCoach.user_id == coach.id)
    found = db.session.scalar(query)
    if found:
        return found
    row = CohortCoach(cohort_id=cohort.id, user_id=coach.id)
    coach.is_coach = True
    db.session.add(row)
    record(actor, f"Made {coach.name} a coach of {cohort.title}", ("cohort", cohort.id), now=now)
    return row


def enroll(actor: User | None, user: User, cohort: Cohort, practice_name: str, now: datetime) -> Enrollment:
    """Give this person a pending place in the cohort, or return the one they have."""
    query = select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.user_id == user.id)
    found = db.session.scalar(query)
    if found:
        return found
    enrollment = Enrollment(
        user=user, cohort=cohort, status="pending", practice_name=practice_name.strip(), created_at=now
    )
    db.session.add(enrollment)
    db.session.flush()
    record(actor, f"Began {user.name}'s enrollment in {cohort.title}", ("enrollment", enrollment.id), now=now)
    return enrollment


def activate(actor: User | None, enrollment: Enrollment, now: datetime) -> None:
    """Open the cohort to this person. Twice is harmless; refused for one who has left."""
    if enrollment.status in ("active", "completed"):
        return
    if enrollment.status in ("withdrawn", "removed", "deferred"):
        raise Refused(f"This enrollment is {enrollment.status}; it cannot be opened again.")
    enrollment.status = "active"
    if enrollment.activated_at is None:
        enrollment.activated_at = enrollment.onboarding_since = now
    record(
        actor,
        f"Opened {enrollment.cohort.title} to {enrollment.user.name}",
        ("enrollment", enrollment.id),
        now=now,
    )


def begin_grace(actor: User | None, enrollment: Enrollment, because: str, now: datetime) -> bool:
    """Everything stays open, and something is expected of this person; also for one who was suspended.

    `because` ends the sentence of the audit. False when the enrollment is in a state that this does not touch.
    """
    return _change(actor, enrollment, ("active", "suspended"), "grace", f"in grace: {because}", now)


def suspend(actor: User | None, enrollment: Enrollment, because: str, now: datetime) -> bool:
    """Own work stays readable and can be exported; nothing new can be written. False where nothing was changed."""
    return _change(actor, enrollment, ("active", "grace"), "suspended", f"suspended: {because}", now)


def reopen(actor: User | None, enrollment: Enrollment, because: str, now: datetime) -> bool:
    """Back to active, at once, from grace or suspension. False where nothing was changed."""
    return _change(actor, enrollment, ("grace", "suspended"), "active", f"active again: {because}", now)


def defer(
    actor: User | None, enrollment: Enrollment, cohort: Cohort, because: str, now: datetime
) -> Enrollment:
    """This person goes on in another cohort: the place here stays readable, and a linked one begins there, open.

    A place there that never became one (pending) is that one. Refused where there is no place to move, or where there
    has been one in that cohort before.
    """
    name = enrollment.user.name
    known = select(Enrollment).where(
        Enrollment.cohort_id == cohort.id, Enrollment.user_id == enrollment.user_id
    )
    found = db.session.scalar(known.with_for_update(of=Enrollment))
    if found is not None and found.status != "pending":
        raise Refused(f"{name} has a place in the {cohort.title} already, which is {found.status}.")
    if not _change(actor, enrollment, HELD, "deferred", f"deferred to the {cohort.title}: {because}", now):
        raise Refused(f"{name}'s place is {enrollment.status}; nothing was changed.")
    enrollment.ended_at = now
    after = enroll(actor, enrollment.user, cohort, enrollment.practice_name, now)
    after.practice_name, after.continues_id = enrollment.practice_name, enrollment.id
    onboarding.carry(enrollment, after)
    activate(actor, after, now)
    return after


def withdraw(actor: User | None, enrollment: Enrollment, because: str, now: datetime) -> None:
    """This person leaves the cohort: own work stays readable and can be exported. Refused where there is no place."""
    if not _change(actor, enrollment, HELD, "withdrawn", f"withdrawn: {because}", now):
        raise Refused(f"{enrollment.user.name}'s place is {enrollment.status}; nothing was changed.")
    enrollment.ended_at = now


def call_off(actor: User | None, enrollment: Enrollment, now: datetime) -> bool:
    """The cohort does not take place: who is in it keeps their work to read, who was only paying had none.

    False for who has left, completed, or is gone already.
    """
    because = "the cohort does not take place"
    there = ("active", "grace", "suspended", "paused")
    ended = _change(actor, enrollment, there, "withdrawn", f"withdrawn: {because}", now) or _change(
        actor, enrollment, ("pending",), "removed", f"removed: {because}", now
    )
    if ended:
        enrollment.ended_at = now
    return ended


def _change(
    actor: User | None, enrollment: Enrollment, before: tuple[str, ...], after: str, said: str, now: datetime
) -> bool:
    if enrollment.status not in before:
        return False
    enrollment.status = after
    record(actor, f"{enrollment.user.name}'s enrollment is {said}", ("enrollment", enrollment.id), now=now)
    return True
