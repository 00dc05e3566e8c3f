"""Moving a cohort to another release of the curriculum: what it would come to, and the verb that does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.queries import dates_in
from app.cohorts.rules import PRESENT, ModuleDates
from app.coursework import move_rules as rules
from app.coursework.models import Draft, System
from app.coursework.move_rules import Plan, Work
from app.curriculum.queries import program_of
from app.curriculum.schema import Module, Program
from app.lib.database import db


def plans(found: Sequence[Cohort], new: Program) -> dict[int, Plan]:
    """Cohort id → what moving it to this program comes to. One query however many cohorts and people there are."""
    rows = _rows(found, _changed_keys(found, new))
    return {cohort.id: _plan(cohort, new, rows[cohort.id]) for cohort in found}


def _plan(cohort: Cohort, new: Program, rows: Sequence[Any]) -> Plan:
    work = [_work(row) for row in rows if row.system_id is not None]
    releases = {cohort.release_id, *(one.pinned_to for one in work if one.pinned_to)}
    return rules.plan(
        cohort.release_id,
        new,
        {release_id: program_of(release_id) for release_id in releases},
        len({row.enrollment_id for row in rows if row.enrollment_status in PRESENT}),
        work,
    )


def _work(row: Any) -> Work:
    return Work(
        system_id=row.system_id,
        person=row.name,
        present=row.enrollment_status in PRESENT,
        module_slug=row.module_slug,
        assignment_key=row.assignment_key,
        status=row.status,
        rounds=row.round,
        pinned_to=row.release_id,
        answers=row.answers or {},
        self_rating=row.self_rating or {},
    )


def _rows(found: Iterable[Cohort], keys: Collection[str]) -> dict[int, list[Any]]:
    """Cohort id → its people with each of their systems; who has begun nothing is one row without a system.

    The draft comes along only where it matters: nothing was sent yet, and the task is among the `keys` that change.
    """
    unsent = and_(Draft.system_id == System.id, System.round == 0, System.assignment_key.in_(sorted(keys)))
    query = (
        select(
            Enrollment.cohort_id,
            Enrollment.id.label("enrollment_id"),
            Enrollment.status.label("enrollment_status"),
            User.name,
            System.id.label("system_id"),
            System.module_slug,
            System.assignment_key,
            System.status,
            System.round,
            System.release_id,
            Draft.answers,
            Draft.self_rating,
        )
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(System, System.enrollment_id == Enrollment.id)
        .outerjoin(Draft, unsent)
        .where(Enrollment.cohort_id.in_([one.id for one in found]))
        .order_by(Enrollment.id, System.id)
    )
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        grouped[row.cohort_id].append(row)
    return grouped


def _changed_keys(found: Iterable[Cohort], new: Program) -> set[str]:
    """The assignments that are of another structure in the new program than some of these cohorts read now."""
    read = (program_of(release_id) for release_id in {one.release_id for one in found})
    return {
        module.worksheet.key
        for program in read
        for module in program.modules
        if module.worksheet and _hash_in(new, module) != module.assignment_hash
    }


def _hash_in(program: Program, module: Module) -> str:
    found = program.module(module.slug)
    return found.assignment_hash if found else ""


def move(actor: User, cohort: Cohort, release_id: int, mark: str, now: datetime) -> Plan | None:
    """Move the cohort to this release, by the plan that was confirmed (`mark`); None when it reads it already.

    Decided under the lock of the cohort and of every system in it, so no round can be sent meanwhile. Raises Refused.
    Call `plans` before `begin_write()`: it reads the releases, which is too slow for a writing transaction.
    """
    cohorts.lock_release(cohort)
    if cohort.release_id == release_id:
        return None
    of_cohort = select(System.id).join(Enrollment, Enrollment.id == System.enrollment_id)
    of_cohort = of_cohort.where(Enrollment.cohort_id == cohort.id).order_by(System.id)
    db.session.execute(of_cohort.with_for_update(of=System))
    found = plans([cohort], program_of(release_id))[cohort.id]
    rules.check_move(cohort.status, cohort.title, found, mark)
    for pin in set(found.pins.values()):
        ids = [system_id for system_id, after in found.pins.items() if after == pin]
        db.session.execute(update(System).where(System.id.in_(ids)).values(release_id=pin))
    cohorts.follow_release(actor, cohort, release_id, rules.outcome(found), now)
    return found


@dataclass(frozen=True)
class MovedDate:
    """A module whose dates would be others. `shuts`: it is open now and would not be."""

    module: Module
    old: ModuleDates
    new: ModuleDates
    shuts: bool


def moved_dates(cohort: Cohort, new: Program, now: datetime) -> list[MovedDate]:
    """Every module of both programs that would open or be due at another moment (UTC), in order."""
    old = program_of(cohort.release_id)
    found = []
    for module in new.modules:
        was = old.module(module.slug)
        if was is None:
            continue
        before, after = dates_in(cohort, old, was), dates_in(cohort, new, module)
        if before != after:
            found.append(MovedDate(module, before, after, before.is_open(now) and not after.is_open(now)))
    return found
