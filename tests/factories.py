"""Rows that tests need and no verb makes in one step. Each adds to the session and flushes; use them in `write()`:

with write():
    round_1 = submitted_system(cast.ana_enrollment)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event

from app.accounts.models import User
from app.assessment.models import Assessment
from app.cohorts.actions import activate, assign_coach, enroll
from app.cohorts.models import Cohort, Enrollment
from app.coursework import counts, rules
from app.coursework.models import Attachment, Draft, Submission, SubmissionAttachment, System
from app.coursework.review_models import Comment, Review
from app.curriculum.fields import files_of
from app.curriculum.queries import current_release_id, program_of
from app.curriculum.schema import structure_hash
from app.files import storage
from app.files.actions import keep
from app.files.hints import Hints
from app.lib.database import db
from app.lib.markdown import user_html
from app.lib.tokens import hash_token
from tests.cast import NOW
from tests.programs import COMPLETE

GOOD_MARKS = {"client_path": "meets", "rules": "exceeds"}


def submitted_system(
    enrollment_id: int,
    *,
    answers: Mapping[str, Any] = COMPLETE,
    self_rating: Mapping[str, str] | None = None,
    module_slug: str = "systems",
    now: datetime = NOW,
    promised_at: datetime | None = None,
    words: int = 240,
) -> Submission:
    """Round 1 of this person's system, waiting for review; promised for two days after `now`."""
    enrollment = db.session.get_one(Enrollment, enrollment_id)
    module = program_of(enrollment.cohort.release_id).module(module_slug)
    key = module.worksheet.key if module and module.worksheet else module_slug
    system = System(
        enrollment=enrollment, module_slug=module_slug, assignment_key=key, status="submitted", created_at=now
    )
    db.session.add(system)
    db.session.flush()
    db.session.add(Draft(system_id=system.id, answers=dict(answers), self_rating={}, saved_at=now))
    return next_round(
        system, answers=answers, self_rating=self_rating, now=now, promised_at=promised_at, words=words
    )


def next_round(
    system: System,
    *,
    answers: Mapping[str, Any] = COMPLETE,
    self_rating: Mapping[str, str] | None = None,
    now: datetime = NOW,
    promised_at: datetime | None = None,
    words: int = 240,
    asked: int = 0,
    is_quiet: bool = False,
) -> Submission:
    """The next frozen round of a system, waiting for review."""
    cohort = system.enrollment.cohort
    release_id = system.release_id or cohort.release_id
    module = program_of(release_id).module(system.module_slug)
    assert module is not None and module.worksheet is not None
    long_texts = [field.id for field in module.worksheet.fields() if field.type == "long_text"]
    system.round += 1
    system.status = "submitted"
    submission = Submission(
        system=system,
        cohort_id=cohort.id,
        number=system.round,
        release_id=release_id,
        structure_hash=structure_hash(module.worksheet, module.rubric),
        answers=dict(answers),
        rendered={key: str(user_html(answers[key])) for key in long_texts if key in answers},
        digest=rules.digest(answers),
        self_rating=dict(self_rating or {"client_path": "meets", "rules": "meets"}),
        words=words,
        module_slug=system.module_slug,
        step=rules.step(system.round),
        is_quiet=is_quiet,
        asked=asked,
        submitted_at=now,
        promised_at=promised_at or now + timedelta(days=2),
    )
    db.session.add(submission)
    db.session.flush()
    for answer in submission.answers.values():
        for file in files_of(answer):
            db.session.add(SubmissionAttachment(submission_id=submission.id, attachment_id=file["id"]))
    counts.entered(submission)
    return submission


def attached(
    system: System, field_id: str, name: str = "note.txt", data: bytes = b"Words", now: datetime = NOW,
    people: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """A file in this field of the draft, which names these people; returns what an answer says of it."""
    digest, kind = storage.put(data), name.rpartition(".")[2]
    file = keep(system.enrollment.user_id, digest, name, "text/plain", len(data), now, Hints(tuple(people)))
    row = Attachment(system_id=system.id, field_id=field_id, file=file, created_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {
        "id": row.id, "name": name, "type": kind, "size": len(data), "sha256": digest, "at": now.isoformat(),
        **file.hints,
    }  # fmt: skip
    draft = db.session.get_one(Draft, system.id)
    answer = draft.answers.get(field_id) or {"text": ""}
    files = [*answer.get("files", []), facts]
    draft.answers = {**draft.answers, field_id: {**answer, "deidentified": "yes", "files": files}}
    return facts


def published_review(
    submission: Submission,
    coach_id: int,
    *,
    verdict: str = "changes requested",
    marks: Mapping[str, str] | None = None,
    comments: Sequence[tuple[str, str, str]] = (("1.C.1", "required", "Write the exception as a rule."),),
    strength: str = "The path is complete.",
    now: datetime = NOW,
) -> Review:
    """The answer to a round as if this coach had published it; `comments` are (field id, kind, text)."""
    review = Review(
        submission=submission,
        coach=db.session.get_one(User, coach_id),
        status="published",
        verdict=verdict,
        marks=dict(marks or ({**GOOD_MARKS, "rules": "not_yet"} if verdict != "accepted" else GOOD_MARKS)),
        settled={},
        strength=strength,
        created_at=now,
        saved_at=now,
        published_at=now,
    )
    for position, (field_id, kind, text) in enumerate(comments, start=1):
        review.comments.append(Comment(field_id=field_id, kind=kind, text=text, position=position))
    db.session.add(review)
    counts.left(submission)
    counts.answered(review)
    submission.status = "decided"
    submission.system.status = verdict
    if verdict == "accepted":
        submission.system.accepted_at, submission.system.accepted_round = now, submission.number
    db.session.flush()
    return review


def accepted_system(enrollment_id: int, coach_id: int, *, now: datetime = NOW, **round_1: Any) -> System:
    """A system accepted in its first round."""
    submission = submitted_system(enrollment_id, now=now, **round_1)
    published_review(submission, coach_id, verdict="accepted", comments=(), now=now)
    return submission.system


def answer_request(
    comment: Comment, answer: str = "changed", text: str = "Done.", now: datetime = NOW
) -> None:
    """The participant's answer to a change request: 'changed' or 'disagree'."""
    comment.answer, comment.answer_text, comment.answered_at = answer, text, now


def second_coach(cohort_id: int, name: str = "Theo Marsh", now: datetime = NOW) -> User:
    """Another coach of the cohort."""
    email = f"{name.split()[0].lower()}@example.com"
    coach = User(email=email, name=name, time_zone="America/New_York", created_at=now, confirmed_at=now)
    db.session.add(coach)
    db.session.flush()
    assign_coach(None, db.session.get_one(Cohort, cohort_id), coach, now)
    return coach


ONES = dict.fromkeys(("1a", "1b", "2a", "2b", "3a", "3b"), 1)


def assessment(
    *,
    user_id: int | None = None,
    token: str | None = None,
    finished_at: datetime | None = NOW,
    saved_at: datetime | None = None,
    answers: Mapping[str, int] = ONES,
    release_id: int | None = None,
) -> Assessment:
    """A set of answers to the newest release or the given one: in this account, or behind this link."""
    release = release_id or current_release_id()
    assert release is not None
    text = program_of(release).assessment
    assert text is not None
    saved = saved_at or finished_at or NOW
    row = Assessment(
        release_id=release,
        structure_hash=text.structure_hash(),
        user_id=user_id,
        token_hash=hash_token(token) if token else None,
        answers=dict(answers),
        started_at=saved - timedelta(minutes=8),
        saved_at=saved,
        finished_at=finished_at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def participant(cohort_id: int, number: int, now: datetime = NOW) -> Enrollment:
    """One more person at work in the cohort."""
    user = User(
        email=f"person{number}@example.com",
        name=f"Person {number}",
        time_zone="America/Denver",
        created_at=now,
        confirmed_at=now,
    )
    db.session.add(user)
    db.session.flush()
    enrollment = enroll(None, user, db.session.get_one(Cohort, cohort_id), f"Practice {number}", now)
    activate(None, enrollment, now)
    return enrollment


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The queries sent meanwhile: `with counted_queries() as sent: ...`."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
