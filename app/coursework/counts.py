"""The kept counters of the queue: what waits, and what was answered on time. A page reads them and never counts.

Each verb that opens, closes or answers a round says so here, in the transaction of the change and under its lock:
one statement that adds, so that two transactions at once cannot lose one. `differences` counts everything anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from app.coursework import rules
from app.coursework.models import CELL, IS_OPEN, QueueCell, Submission
from app.coursework.review_models import Review, ReviewTally
from app.lib.database import Base, db

TALLY = ("cohort_id", "module_slug", "coach_id", "hours")
Key = tuple[Any, ...]
Counts = dict[Key, tuple[int, int]]


def entered(submission: Submission) -> None:
    """The round waits from now on."""
    _move(submission, 1)


def left(submission: Submission) -> None:
    """The round waits no longer: it was answered, taken back or hidden."""
    _move(submission, -1)


def touched(submission: Submission) -> None:
    """Something a coach sees in the queue changed, and no number: who has the round open."""
    _move(submission, 0)


def answered(review: Review) -> None:
    """The review is in force."""
    _answer(review, 1)


def unanswered(review: Review) -> None:
    """The review is in force no longer."""
    _answer(review, -1)


def _move(submission: Submission, by: int) -> None:
    key = {name: getattr(submission, name) for name in CELL}
    add(QueueCell, key, {"waiting": by, "words": by * submission.words, "changes": 1})


def _answer(review: Review, by: int) -> None:
    assert review.published_at is not None
    submission = review.submission
    key = {
        "cohort_id": submission.cohort_id,
        "module_slug": submission.module_slug,
        "coach_id": review.coach_id,
        "hours": rules.turnaround(submission.submitted_at, review.published_at),
    }
    on_time = by if review.published_at <= submission.promised_at else 0
    add(ReviewTally, key, {"answered": by, "on_time": on_time})


def add(table: type[Base], key: Mapping[str, Any], numbers: Mapping[str, int]) -> None:
    """Add these numbers to the row with this key, in one statement; make the row when there is none."""
    upsert: Any = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    query = upsert(table).values(**key, **numbers)
    sums = {name: getattr(table, name) + by for name, by in numbers.items()}
    db.session.execute(query.on_conflict_do_update(index_elements=list(key), set_=sums))


# --- counted anew -------------------------------------------------------------------------------------------------


def kept() -> tuple[Counts, Counts]:
    """What the counters say: (waiting, words) of each cell, (answered, on time) of each tally. Zeros are left out."""
    cells = select(*(getattr(QueueCell, one) for one in CELL), QueueCell.waiting, QueueCell.words)
    tallies = select(*(getattr(ReviewTally, one) for one in TALLY), ReviewTally.answered, ReviewTally.on_time)
    return _keyed(cells), _keyed(tallies)


def _keyed(query: Any) -> Counts:
    return {tuple(row[:4]): (row[4], row[5]) for row in db.session.execute(query) if any(row[4:])}


def counted() -> tuple[Counts, Counts]:
    """The same from the rounds and reviews themselves; reads all of them."""
    columns = [getattr(Submission, one) for one in CELL]
    cells = select(*columns, func.count(), func.sum(Submission.words)).where(IS_OPEN).group_by(*columns)
    reviews = (
        select(
            Submission.cohort_id, Submission.module_slug, Review.coach_id, Submission.submitted_at,
            Submission.promised_at, Review.published_at,
        )
        .join(Review, Review.submission_id == Submission.id)
        .where(Review.status == "published", Submission.carried_from_id.is_(None))
    )  # fmt: skip
    all_of_them: Counter[Key] = Counter()
    on_time: Counter[Key] = Counter()
    for row in db.session.execute(reviews):
        cohort_id, slug, coach_id, sent, promised, published = row
        assert published is not None
        key = (cohort_id, slug, coach_id, rules.turnaround(sent, published))
        all_of_them[key] += 1
        on_time[key] += published <= promised
    return _keyed(cells), {key: (number, on_time[key]) for key, number in all_of_them.items()}


def differences() -> list[str]:
    """Where kept and counted disagree, a sentence for each; empty when all is well."""
    found = []
    for name, has, should in zip(("waiting", "answered"), kept(), counted(), strict=True):
        for key in sorted({*has, *should}, key=str):
            if (was := has.get(key, (0, 0))) != (is_now := should.get(key, (0, 0))):
                found.append(f"{name} {', '.join(map(str, key))}: kept {was}, counted {is_now}")
    return found


def recount() -> list[str]:
    """Make the counters right and return what differed. Only inside a writing transaction; reads every round."""
    if db.engine.dialect.name == "postgresql":  # no verb may add between the counting and the writing
        db.session.execute(text("LOCK TABLE queue_cell, review_tally IN EXCLUSIVE MODE"))
    found = differences()
    if found:
        cells, tallies = counted()
        beyond = (db.session.scalar(select(func.sum(QueueCell.changes))) or 0) + 1
        db.session.execute(delete(QueueCell))
        db.session.execute(delete(ReviewTally))
        _fill(QueueCell, (*CELL, "waiting", "words"), cells, {"changes": beyond})
        _fill(ReviewTally, (*TALLY, "answered", "on_time"), tallies, {})
    return found


def _fill(table: Any, names: tuple[str, ...], counts: Counts, more: dict[str, int]) -> None:
    rows = [dict(zip(names, (*key, *numbers), strict=True)) | more for key, numbers in counts.items()]
    if rows:
        db.session.execute(insert(table), rows)
