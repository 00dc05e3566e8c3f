"""How promises are kept and where coaches agree, from the kept tallies: three queries, however much was answered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.coaching.quality_rules import Agreement, Sum, agreement, together
from app.cohorts.models import Cohort, CohortCoach
from app.coursework.models import Submission
from app.coursework.quality_models import AgreementTally, BlindReview
from app.coursework.review_models import Review, ReviewTally
from app.curriculum.queries import program_of
from app.curriculum.schema import Module
from app.lib.database import db

MOST = 20  # blind reviews listed


class Line(NamedTuple):
    """One row of a table: what it is about, and what it comes to."""

    label: str
    more: str
    sum: Sum


class AgreementLine(NamedTuple):
    module: str
    criterion: str
    found: Agreement


class BlindLine(NamedTuple):
    id: int
    chapter: str
    status: str
    is_mine: bool  # I am the second coach
    at: datetime  # open until, or done at


@dataclass(frozen=True)
class Quality:
    """What `/coaching/quality` shows one person."""

    cohorts: list[Cohort]
    cohort: Cohort | None  # the one chosen
    own: Sum
    all: Sum
    own_by_module: list[Line]
    by_module: list[Line]
    by_coach: list[Line]  # staff only: each coach in each module
    agreements: list[AgreementLine]
    blind: list[BlindLine]


def quality_of(user: User, now: datetime, slug: str) -> Quality:
    """A coach sees their own numbers and those of their cohorts together; staff see every coach's."""
    rows = db.session.execute(_tallies(user, now)).all()
    cohorts = {row.Cohort.id: row.Cohort for row in rows}
    chosen = next((one for one in cohorts.values() if one.slug == slug), None)
    wanted = {chosen.id} if chosen else set(cohorts)
    counted = [row for row in rows if row.hours is not None and row.Cohort.id in wanted and row.answered]
    modules = _modules(cohorts.values())
    mine = [row for row in counted if row.coach_id == user.id]
    return Quality(
        cohorts=list(cohorts.values()),
        cohort=chosen,
        own=_sum(mine),
        all=_sum(counted),
        own_by_module=_by_module(mine, modules),
        by_module=_by_module(counted, modules),
        by_coach=_by_coach(counted, modules) if user.is_staff else [],
        agreements=_agreements(wanted, modules),
        blind=_blind(user, now) if user.is_coach else [],
    )


def _tallies(user: User, now: datetime) -> Any:
    """Every cohort this person may see, each with its tallies; one without any is one row."""
    query = (
        select(
            Cohort,
            ReviewTally.module_slug,
            ReviewTally.coach_id,
            ReviewTally.hours,
            ReviewTally.answered,
            ReviewTally.on_time,
            User.name,
        )
        .outerjoin(ReviewTally, ReviewTally.cohort_id == Cohort.id)
        .outerjoin(User, User.id == ReviewTally.coach_id)
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    )
    if user.is_staff:
        return query
    still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
    return query.join(
        CohortCoach, and_(CohortCoach.cohort_id == Cohort.id, CohortCoach.user_id == user.id, still)
    )


def _sum(rows: Iterable[Any]) -> Sum:
    found = Sum()
    for row in rows:
        found.add(row.hours, row.answered, row.on_time)
    return found


def _modules(cohorts: Iterable[Cohort]) -> dict[str, Module]:
    """Every module of these cohorts by its slug, as the newest of them reads it."""
    found: dict[str, Module] = {}
    for release_id in dict.fromkeys(cohort.release_id for cohort in cohorts):
        for module in program_of(release_id).modules:
            found.setdefault(module.slug, module)
    return found


def _named(slug: str, modules: dict[str, Module]) -> tuple[int, str]:
    module = modules.get(slug)
    return (module.number, f"{module.number} {module.chapter}") if module else (999, slug)


def _by_module(rows: Sequence[Any], modules: dict[str, Module]) -> list[Line]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.module_slug].append(row)
    found = [(_named(slug, modules), _sum(some)) for slug, some in grouped.items()]
    return [Line(name[1], "", total) for name, total in sorted(found, key=lambda one: one[0])]


def _by_coach(rows: Sequence[Any], modules: dict[str, Module]) -> list[Line]:
    grouped: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.name or "", row.coach_id].append(row)
    found = []
    for (name, _), some in sorted(grouped.items()):
        lines = _by_module(some, modules)
        found.append(Line(name, "all modules", together(one.sum for one in lines)))
        found += [Line(name, one.label, one.sum) for one in lines]
    return found


def _agreements(wanted: set[int], modules: dict[str, Module]) -> list[AgreementLine]:
    counted: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    query = select(AgreementTally).where(AgreementTally.cohort_id.in_(wanted))
    for row in db.session.scalars(query):
        counted[row.module_slug, row.criterion][row.first, row.second] += row.pairs
    lines = []
    for (slug, key), pairs in counted.items():
        module = modules.get(slug)
        titles = {one.key: one.title for one in module.rubric.criteria} if module and module.rubric else {}
        lines.append((_named(slug, modules), titles.get(key, key), agreement(pairs)))
    return [
        AgreementLine(name[1], title, found) for name, title, found in sorted(lines, key=lambda one: one[:2])
    ]


def _blind(user: User, now: datetime) -> list[BlindLine]:
    """Those this person is asked for now, and those that are done, of theirs or by them; the newest first."""
    first = aliased(Review)
    mine = BlindReview.coach_id == user.id
    open_now = and_(mine, BlindReview.status == "offered", BlindReview.expires_at > now)
    done = and_(BlindReview.status == "done", or_(mine, first.coach_id == user.id))
    query = (
        select(
            BlindReview.id, BlindReview.status, BlindReview.coach_id, BlindReview.expires_at,
            BlindReview.answered_at, Submission.module_slug, Submission.release_id,
        )
        .join(Submission, Submission.id == BlindReview.submission_id)
        .join(first, first.id == BlindReview.review_id)
        .where(or_(open_now, done))
        .order_by(BlindReview.status.desc(), BlindReview.id.desc())
        .limit(MOST)
    )  # fmt: skip
    found = []
    for row in db.session.execute(query):
        module = program_of(row.release_id).module(row.module_slug)
        chapter = f"{module.number} {module.chapter}" if module else row.module_slug
        at = row.answered_at or row.expires_at
        found.append(BlindLine(row.id, chapter, row.status, row.coach_id == user.id, at))
    return found
