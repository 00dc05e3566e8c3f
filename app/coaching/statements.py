"""The statements of the queue, built once. Each reads the beginning of an index, however much waits behind it.

A page of a queue in order of promise, over several cohorts or kinds of rounds, is the best few of the best few of
each: so every branch asks one index for one page, and the page is merged from those. A single `cohort_id IN (…)`
would read and sort everything that waits.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.cohorts.models import Cohort, CohortCoach, Enrollment
from app.coursework.models import CELL, IS_OPEN, QueueCell, Submission, System
from app.coursework.review_models import Review, ReviewTally
from app.lib.database import UTCDateTime

PAGE = 25
MOST = 128  # branches of one statement
_at = UTCDateTime()
_holder = aliased(User)

# --- what waits in all, and how the promises were kept -----------------------------------------------------------

_coached = and_(
    CohortCoach.user_id == bindparam("me"),
    or_(CohortCoach.until.is_(None), CohortCoach.until > bindparam("now", type_=_at)),
)
_kept = (
    select(
        ReviewTally.cohort_id,
        func.sum(ReviewTally.answered).label("answered"),
        func.sum(ReviewTally.on_time).label("on_time"),
    )
    .join(CohortCoach, CohortCoach.cohort_id == ReviewTally.cohort_id)
    .where(_coached)
    .group_by(ReviewTally.cohort_id)
    .subquery("kept")
)

# the cohorts coached today, the first to have started first, each as often as it has kinds of waiting rounds; a
# cancelled one has no queue any more
cells: Select[*tuple[Any, ...]] = (
    select(
        Cohort,
        *(getattr(QueueCell, one) for one in CELL),
        QueueCell.waiting,
        QueueCell.words,
        _kept.c.answered,
        _kept.c.on_time,
    )
    .join(CohortCoach, CohortCoach.cohort_id == Cohort.id)
    .outerjoin(QueueCell, and_(QueueCell.cohort_id == Cohort.id, QueueCell.waiting > 0))
    .outerjoin(_kept, _kept.c.cohort_id == Cohort.id)
    .where(_coached, Cohort.status != "cancelled")
    .order_by(Cohort.starts_on, Cohort.id)
)
version: Select[*tuple[Any, ...]] = (
    select(CohortCoach.cohort_id, func.coalesce(func.sum(QueueCell.changes), 0))
    .outerjoin(QueueCell, QueueCell.cohort_id == CohortCoach.cohort_id)
    .where(_coached)
    .group_by(CohortCoach.cohort_id)
    .order_by(CohortCoach.cohort_id)
)

# --- one page -------------------------------------------------------------------------------------------------------


# The key of the last page and the last moment asked for: bound once, however many branches look at them.
_bounds = select(
    bindparam("after_at", type_=_at).label("after_at"),
    bindparam("after_id").label("after_id"),
    bindparam("before", type_=_at).label("before"),
    bindparam("now", type_=_at).label("now"),
).cte("bounds")


def _bound(name: str) -> ScalarSelect[Any]:
    return select(_bounds.c[name]).scalar_subquery()


def _further() -> list[ColumnElement[bool]]:
    """After the key of the last page, and promised before a moment."""
    return [
        Submission.promised_at
        >= _bound("after_at"),  # where the index begins; the next line would not say so
        or_(Submission.promised_at > _bound("after_at"), Submission.id > _bound("after_id")),
        Submission.promised_at < _bound("before"),
    ]


def _free() -> ColumnElement[bool]:
    return or_(Submission.lease_coach_id.is_(None), Submission.lease_until <= _bound("now"))


def _branch(number: int, by_cell: bool, only_free: bool) -> Select[*tuple[Any, ...]]:
    names = CELL if by_cell else CELL[:1]
    key = [getattr(Submission, name) == bindparam(f"{name}_{number}") for name in names]
    return _first_of(*key, IS_OPEN, *_further(), *([_free()] if only_free else []))


def _first_of(*conditions: Any) -> Select[*tuple[Any, ...]]:
    found = select(Submission.promised_at, Submission.id).where(*conditions)
    return found.order_by(Submission.promised_at, Submission.id).limit(PAGE + 1)


@lru_cache(maxsize=128)
def merged_page(branches: int, by_cell: bool, only_free: bool) -> Select[*tuple[Any, ...]]:
    """The page over so many cohorts, or cells; binds `cohort_id_0` …, `after_at`, `after_id`, `before`, `now`."""
    parts = [_branch(number, by_cell, only_free).subquery(f"b{number}") for number in range(branches)]
    if branches == 1:
        return _rows(parts[0])
    every = union_all(*(select(one.c.promised_at, one.c.id) for one in parts)).subquery("every")
    best = select(every.c.promised_at, every.c.id).order_by(every.c.promised_at, every.c.id).limit(PAGE + 1)
    return _rows(best.subquery("best"))


@lru_cache(maxsize=4)
def gathered_page(whose: str) -> Select[*tuple[Any, ...]]:
    """The page over any number of cells: what I have open (few rounds), or more cells than one statement merges."""
    key = [getattr(Submission, name).in_(bindparam(f"{name}s", expanding=True)) for name in CELL]
    mine = and_(
        Submission.lease_coach_id == bindparam("me"),
        Submission.lease_until > _bound("now"),
    )
    more = {"mine": [mine], "nobody": [_free()]}.get(whose, [])
    return _rows(_first_of(*key, IS_OPEN, *_further(), *more).subquery("found"))


def _rows(keys: Subquery) -> Select[*tuple[Any, ...]]:
    held_draft = (
        select(Review.id)
        .where(
            Review.submission_id == Submission.id,
            Review.coach_id == Submission.lease_coach_id,
            Review.status == "draft",
        )
        .correlate(Submission)
        .scalar_subquery()
    )
    return (
        select(
            Submission.id,
            Submission.number,
            Submission.words,
            Submission.module_slug,
            Submission.step,
            Submission.is_quiet,
            Submission.asked,
            Submission.submitted_at,
            Submission.promised_at,
            Submission.handed_at,
            Submission.lease_coach_id,
            Submission.lease_until,
            Submission.release_id,
            User.name,
            Enrollment.id.label("enrollment_id"),
            Enrollment.practice_name,
            _holder.name.label("holder"),
            held_draft.label("held_review_id"),
        )
        .select_from(keys)
        .join(Submission, Submission.id == keys.c.id)
        .join(System, System.id == Submission.system_id)
        .join(Enrollment, Enrollment.id == System.enrollment_id)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(_holder, _holder.id == Submission.lease_coach_id)
        .order_by(keys.c.promised_at, keys.c.id)
    )
