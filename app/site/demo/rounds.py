"""How work in the demo came to be where it is: drafts, rounds, reviews, answers, by the verbs people use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework import actions as coursework
from app.coursework import leases, lessons, review_actions, rules
from app.coursework import queries as coursework_queries
from app.coursework.models import Submission, System
from app.coursework.review_models import Comment
from app.coursework.review_rules import ReviewText
from app.curriculum.schema import Module
from app.lib.database import db
from app.lib.merging import Merge
from app.site.demo import work


def begin(enrollment: Enrollment, module: Module, at: datetime) -> System:
    return coursework.start(enrollment.user, enrollment, module, at)


def send(user: User, system: System, module: Module, answers: work.Answers, at: datetime) -> Submission:
    """Fill the draft and submit it as the next round."""
    sheet = coursework_queries.sheet_for(user, system.id)
    if system.status == "changes requested":
        system.status = rules.next_status(system.status, "save")
    sheet.draft.answers, sheet.draft.self_rating = answers, work.rating(module)
    sheet.draft.version, sheet.draft.saved_at = sheet.draft.version + 1, at
    assert module.worksheet is not None
    frozen = coursework.freeze(
        system.round + 1, module.worksheet, module.rubric, answers, work.rating(module)
    )
    return coursework.submit(user, sheet, frozen, at, work.sent_with(sheet.program))


def review(coach: User, submission: Submission, text: ReviewText, verdict: str, at: datetime) -> None:
    review = leases.open_review(coach, submission, at)
    review_actions.save(coach, review, text, at)
    token = submission.lease_token
    assert token is not None
    review_actions.publish(coach, review, verdict, version=review.version, token=token, now=at)
    db.session.flush()


def reads(enrollment: Enrollment, module: Module, at: datetime) -> None:
    """Half of the module's lessons are marked as read, and the first question that one of them asks is answered."""
    for days, lesson in enumerate(module.lessons[: len(module.lessons) // 2]):
        lessons.mark_read(enrollment, module.slug, lesson.slug, at + timedelta(days=days))
    for lesson in module.lessons:
        for question in lesson.questions:
            note = lessons.new_note(enrollment, module.slug, lesson.slug, question.key, question.text)
            lessons.save_note(note, Merge({lessons.TEXT: work.PRIVATE_NOTE}, changed=[lessons.TEXT]), at)
            return


def answer_requests(system: System, at: datetime) -> None:
    """The participant answers what was asked: changed, and one disagreement with its reason."""
    for comment in _comments(system):
        if comment.kind == "required":
            comment.answer, comment.answer_text = "changed", ""
        elif comment.kind == "suggested":
            comment.answer = "disagree"
            comment.answer_text = "I have two weeks of real show rate; I will compare at day 30."
        comment.answered_at = at


def _comments(system: System) -> Iterable[Comment]:
    for one in coursework_queries.history_of(system.id)[1]:
        comment = db.session.get(Comment, one.id)
        if comment:
            yield comment
