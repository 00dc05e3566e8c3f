"""Releases beside the cohorts that read them: what another one would change, for whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.cohorts.models import Cohort
from app.cohorts.queries import program
from app.coursework import moves
from app.coursework.move_rules import MOVABLE, Plan
from app.coursework.moves import MovedDate
from app.curriculum.differences import Difference, differences
from app.curriculum.schema import Program
from app.lib.database import db


@dataclass(frozen=True)
class Outlook:
    """What reading another program would come to for one cohort."""

    cohort: Cohort
    differences: tuple[Difference, ...]
    plan: Plan
    dates: tuple[MovedDate, ...]

    @property
    def keeps(self) -> int:
        """People who keep a worksheet they answered, each module for itself."""
        return sum(one.keeps.total for one in self.plan.effects)


def movable_cohorts() -> list[Cohort]:
    """The cohorts that could read another release, the first to start first."""
    rows = select(Cohort).where(Cohort.status.in_(sorted(MOVABLE))).order_by(Cohort.starts_on, Cohort.id)
    return list(db.session.scalars(rows))


def outlooks(cohorts: Sequence[Cohort], new: Program, now: datetime) -> list[Outlook]:
    """For each cohort to which this program says anything new. Two queries however many there are."""
    compared = {release_id: differences(old, new) for release_id, old in _programs(cohorts).items()}
    touched = [one for one in cohorts if compared[one.release_id]]
    if not touched:
        return []
    plans = moves.plans(touched, new)
    return [
        Outlook(
            one,
            tuple(compared[one.release_id]),
            plans[one.id],
            tuple(moves.moved_dates(one, new, now)),
        )
        for one in touched
    ]


def _programs(cohorts: Sequence[Cohort]) -> dict[int, Program]:
    return {one.release_id: program(one) for one in cohorts}
