"""What is over is erased, and what all answers come to is counted: from the rows, at any time, twice if it happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select

from app.assessment import rules
from app.assessment.messages import RESULT_LINK
from app.assessment.models import Assessment, AssessmentSample
from app.curriculum.queries import program_of
from app.lib.database import begin_write, db
from app.lib.jobs import job
from app.mail.models import Message

MAIL_FORGOTTEN = timedelta(days=1)  # after the mail with the link was written: it went out, or could not


@job("erase-assessments", minutes=30)
def erase_assessments(now: datetime) -> int:
    """Erase unfinished sets, results behind a link whose time is over, and the addresses links were mailed to.

    Returns how many sets were erased.
    """
    begin_write()
    unfinished = delete(Assessment).where(
        Assessment.finished_at.is_(None), Assessment.saved_at <= now - rules.KEPT_UNFINISHED
    )
    over = delete(Assessment).where(Assessment.user_id.is_(None), Assessment.finished_at <= now - rules.KEPT)
    erased = sum(_rows(query) for query in (unfinished, over))
    _rows(
        delete(Message).where(
            Message.kind == RESULT_LINK,
            Message.status != "waiting",
            Message.created_at <= now - MAIL_FORGOTTEN,
        )
    )
    db.session.commit()
    return erased


def _rows(query: Any) -> int:
    done = db.session.execute(query.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount


@dataclass
class Count:
    """People who answered one structure, and the points they gave."""

    people: set[tuple[str, int]] = field(default_factory=set)
    sums: dict[str, int] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)


@job("count-assessments", minutes=30)
def count_assessments(now: datetime) -> None:
    """Count the finished sets of each structure, each person once, with the answers they gave first."""
    columns = (Assessment.structure_hash, Assessment.release_id, Assessment.user_id, Assessment.id)
    finished = select(*columns, Assessment.answers, Assessment.finished_at)
    finished = finished.where(Assessment.finished_at.is_not(None)).order_by(
        Assessment.finished_at, Assessment.id
    )
    counts = _counted(db.session.execute(finished))
    begin_write()
    kept = {one.structure_hash: one for one in db.session.scalars(select(AssessmentSample))}
    for structure, count in counts.items():
        row = kept.pop(structure, None) or AssessmentSample(structure_hash=structure)
        row.people, row.sums = len(count.people), count.sums
        row.first_on, row.last_on = min(count.days), max(count.days)
        db.session.add(row)
    for gone in kept.values():
        db.session.delete(gone)
    db.session.commit()


def _counted(rows: Iterable[Any]) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for row in rows:
        text, count = program_of(row.release_id).assessment, found.setdefault(row.structure_hash, Count())
        person = ("user", row.user_id) if row.user_id else ("visitor", row.id)
        if text is None or person in count.people:
            continue
        count.people.add(person)
        count.days.append(row.finished_at.date())
        for slug, points in rules.scores(text, row.answers).items():
            count.sums[slug] = count.sums.get(slug, 0) + points
    return found
