"""Releases beside the cohorts that read them: what another one would change, for whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort
from sqlalchemy import Row, select

from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.cohorts.queries import program
from app.coursework import moves
from app.coursework.move_rules import MOVABLE, Plan
from app.coursework.moves import MovedDate
from app.curriculum.differences import Difference, differences
from app.curriculum.models import Release
from app.curriculum.queries import program_of
from app.curriculum.schema import Program
from app.lib.database import db
from app.lib.words import count

PAGE = 25  # releases on one page
ReleaseRow = Row[int, str, datetime, str]  # id, hash, created_at, note

_columns = select(Release.id, Release.hash, Release.created_at, Release.note).order_by(Release.id.desc())


def releases(before: int | None = None) -> Sequence[ReleaseRow]:
    """One page of releases and one more, the newest first; with `before` those older than that one."""
    query = _columns if before is None else _columns.where(Release.id < before)
    return db.session.execute(query.limit(PAGE + 1)).all()


def release_and_before(release_id: int) -> tuple[ReleaseRow, ReleaseRow | None]:
    """A release, and the one published before it; 404 when there is no such release."""
    rows = db.session.execute(_columns.where(Release.id <= release_id).limit(2)).all()
    if not rows or rows[0].id != release_id:
        abort(404)
    return rows[0], rows[1] if len(rows) > 1 else None


def program_or_404(release_id: int) -> Program:
    try:
        return program_of(release_id)
    except LookupError:
        abort(404)


def all_cohorts() -> list[Cohort]:
    """Every cohort, the latest start first."""
    return list(db.session.scalars(select(Cohort).order_by(Cohort.starts_on.desc(), Cohort.id.desc())))


def moves_of(cohort: Cohort) -> Sequence[Row[datetime, str, str]]:
    """at, actor_name and sentence of the last moves of this cohort, the latest first."""
    rows = (
        select(Entry.at, Entry.actor_name, Entry.sentence)
        .where(Entry.about_kind == "cohort", Entry.about_id == cohort.id)
        .where(Entry.sentence.like("Moved % from release %"))
        .order_by(Entry.id.desc())
    )
    return db.session.execute(rows.limit(3)).all()


@dataclass(frozen=True)
class Outlook:
    """What reading another program would come to for one cohort."""

    cohort: Cohort
    differences: tuple[Difference, ...]
    plan: Plan
    dates: tuple[MovedDate, ...]

    @property
    def summary(self) -> str:
        """'one changed task, three reworded modules and other dates for one module'"""
        kinds = [one.kind for one in self.plan.effects]
        counts = (
            ("", kinds.count("task"), "changed task", "changed tasks"),
            ("", kinds.count("text"), "reworded module", "reworded modules"),
            ("", kinds.count("new"), "new module", "new modules"),
            ("", kinds.count("removed"), "module less", "modules less"),
            ("other dates for ", len(self.dates), "module", "modules"),
        )
        said = [f"{before}{count(number, one, many)}" for before, number, one, many in counts if number]
        if not said:
            return "other words around the modules"
        return " and ".join(one for one in (", ".join(said[:-1]), said[-1]) if one)


def movable_cohorts() -> list[Cohort]:
    """The cohorts that could read another release, the first to start first."""
    rows = select(Cohort).where(Cohort.status.in_(sorted(MOVABLE))).order_by(Cohort.starts_on, Cohort.id)
    return list(db.session.scalars(rows))


def is_movable(cohort: Cohort) -> bool:
    return cohort.status in MOVABLE


def touched(cohorts: Sequence[Cohort], new: Program) -> list[Cohort]:
    """Those to which this program says anything new."""
    compared = {one.release_id: bool(differences(program(one), new)) for one in cohorts}
    return [one for one in cohorts if compared[one.release_id]]


def outlooks(cohorts: Sequence[Cohort], new: Program, now: datetime) -> list[Outlook]:
    """What reading this program would come to for each of these cohorts. One query however many there are."""
    if not cohorts:
        return []
    plans = moves.plans(cohorts, new)
    return [
        Outlook(
            one,
            tuple(differences(program(one), new)),
            plans[one.id],
            tuple(moves.moved_dates(one, new, now)),
        )
        for one in cohorts
    ]
