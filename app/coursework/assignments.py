"""The assignment of a system: which worksheet and which rubric it is written on. Decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flask import abort

from app.coursework.models import Submission, System
from app.coursework.review_models import Comment
from app.curriculum.queries import program_of
from app.curriculum.schema import Criterion, Module, Rubric, Worksheet


@dataclass(frozen=True)
class Assignment:
    """A worksheet and its rubric as the release `release_id` has them. `module` is the text around them."""

    release_id: int
    module: Module
    worksheet: Worksheet
    rubric: Rubric | None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.rubric.criteria if self.rubric else ()

    @cached_property
    def order(self) -> dict[str, int]:
        return {field.id: place for place, field in enumerate(self.worksheet.fields())}

    def in_order(self, comments: Iterable[Comment]) -> list[Comment]:
        """By field as on the page, then as written."""
        return sorted(comments, key=lambda one: (self.order.get(one.field_id, 999), one.position, one.id))


def assignment_of(system: System) -> Assignment:
    """What this system is written on now: its cohort's assignment, or the older one it was pinned to.

    The text around it (lessons, dates, documents) is always the cohort's. No query once the process has read the
    releases. 404 when the cohort's release has no such module, which moving a cohort never lets happen.
    """
    cohort_release = system.enrollment.cohort.release_id
    release_id = system.release_id or cohort_release
    module = program_of(cohort_release).module_of(system.assignment_key)
    source = program_of(release_id).module_of(system.assignment_key)
    if module is None or source is None or source.worksheet is None:
        abort(404)
    return Assignment(release_id, module, source.worksheet, source.rubric)


def assignment_of_round(submission: Submission) -> Assignment:
    """What a round was written on, for ever: all of it as its own release has it."""
    module = program_of(submission.release_id).module_of(submission.system.assignment_key)
    if module is None or module.worksheet is None:
        abort(404)
    return Assignment(submission.release_id, module, module.worksheet, module.rubric)


def worksheet_in(release_id: int, system: System) -> Worksheet | None:
    """The worksheet of this assignment as another release has it, which a page opened earlier may still show."""
    try:
        module = program_of(release_id).module_of(system.assignment_key)
    except LookupError:
        return None
    return module.worksheet if module else None
