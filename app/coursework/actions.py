"""Verbs of the participant: start, save, answer, submit, take back. None of them commits.

Saving writes no audit entry: a worksheet saves itself every few seconds, and the draft's own version counts that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.actions import hold_release
from app.cohorts.models import Enrollment
from app.cohorts.queries import dates_for, program
from app.cohorts.rules import may_work
from app.coursework import counts, forms, history, messages, queries, rules, sending, waiting
from app.coursework.assignments import assignment_of
from app.coursework.frozen import Reference
from app.coursework.models import Draft, Submission, SubmissionAttachment, System
from app.coursework.precheck import Finding, to_do, to_look_at
from app.coursework.review_models import Comment
from app.curriculum import fields
from app.curriculum.schema import Module, Rubric, Worksheet, structure_hash
from app.lib import merging, times
from app.lib.database import db
from app.lib.refusal import Refused


def start(actor: User, enrollment: Enrollment, module: Module, now: datetime) -> System:
    """Begin the system of a module, or return the one there is. Refused before the module opens.

    `module` names it; what it is comes from the release the cohort reads once nobody can move it any more.
    """
    db.session.execute(select(Enrollment.id).where(Enrollment.id == enrollment.id).with_for_update())
    if found := queries.system_of_module(enrollment.id, module.slug):
        return found
    rules.check_may_write(enrollment.status, may_work(enrollment.status), "not started")
    hold_release(enrollment.cohort)
    module = program(enrollment.cohort).module(module.slug) or module.model_copy(update={"worksheet": None})
    if module.worksheet is None:
        raise Refused(f"“{module.title}” has no worksheet yet. Its lessons are open to read.")
    dates = dates_for(enrollment, module)
    rules.check_open(dates.is_open(now), module.title, times.moment(dates.opens_at, actor.time_zone))
    system = System(
        enrollment=enrollment,
        module_slug=module.slug,
        assignment_key=module.worksheet.key,
        status=rules.next_status("not started", "start"),
        created_at=now,
    )
    db.session.add(system)
    db.session.flush()
    db.session.add(Draft(system_id=system.id, answers={}, self_rating={}, saved_at=now))
    record(actor, f"Began System {module.number}, {module.system}", ("system", system.id), now=now)
    return system


def save(actor: User, system: System, draft: Draft, merged: merging.Merge, now: datetime) -> None:
    """Keep what was changed. A save that changes nothing leaves version and time as they are."""
    rules.check_may_write(system.enrollment.status, may_work(system.enrollment.status), system.status)
    if merged.changed or merged.given_up:
        history.keep_due(draft, assignment_of(system).worksheet, merged, now)
    if not merged.changed:
        return
    values = {key: merged.entries[key] for key in merged.changed}
    rating = {key.removeprefix(forms.RATING): v for key, v in values.items() if key.startswith(forms.RATING)}
    beside = {key: text for key, text in values.items() if sending.is_name(key)}
    own = (forms.RATING, forms.REQUEST)
    answers = {key: v for key, v in values.items() if key not in beside and not key.startswith(own)}
    draft.self_rating = {**draft.self_rating, **rating}
    worksheet = assignment_of(system).worksheet
    draft.sending = sending.kept(draft.sending, beside)
    draft.answers = {**draft.answers, **forms.with_files(worksheet, answers, draft.answers)}
    draft.version += 1
    draft.saved_at = now
    for key, value in values.items():
        if key.startswith(forms.REQUEST):
            _answer(int(key.removeprefix(forms.REQUEST)), value, now)
    work_on(actor, system, now)


def work_on(actor: User, system: System, now: datetime) -> None:
    """The draft was changed: where that begins a new round, say so."""
    before, system.status = system.status, rules.next_status(system.status, "save")
    if before in ("changes requested", "reopened"):
        record(actor, f"Began to work on round {system.round + 1}", ("system", system.id), now=now)


def _answer(comment_id: int, value: Mapping[str, str], now: datetime) -> None:
    # The id was among the open requests of this very system when the form was read.
    changes = {"answer": value["answer"] or None, "answer_text": value["text"], "answered_at": now}
    db.session.execute(update(Comment).where(Comment.id == comment_id).values(**changes))


# --- submitting ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frozen:
    """One round as it will be kept, made before the write transaction begins."""

    number: int
    answers: dict[str, Any]
    rendered: dict[str, str]
    shown: dict[str, Any]  # field id → what stood with it of another module
    digest: str
    self_rating: dict[str, str]
    words: int
    structure_hash: str


def freeze(
    number: int,
    worksheet: Worksheet,
    rubric: Rubric | None,
    answers: Mapping[str, Any],
    rating: Mapping[str, str],
    references: Mapping[str, Reference] = MappingProxyType({}),
) -> Frozen:
    """Tidy the answers, render the long texts and take the digest: the slow work, done without a lock."""
    kept = fields.tidy(worksheet, answers)
    keys = [one.key for one in (rubric.criteria if rubric else ())]
    return Frozen(
        number=number,
        answers=kept,
        rendered=fields.rendered(worksheet, kept),
        shown={field_id: one.kept() for field_id, one in references.items()},
        digest=rules.digest(kept),
        self_rating={key: rating[key] for key in keys if rating.get(key)},
        words=history.words_of(worksheet, kept),
        structure_hash=structure_hash(worksheet, rubric),
    )


def check_ready(
    sheet: queries.Sheet,
    entries: Mapping[str, Any],
    *,
    is_own: bool,
    no_client: bool,
    now: datetime,
    on_behalf: bool = False,
) -> None:
    """Raise Refused, with the first reason, unless this work may be sent now. Enrollment and system are locked.

    `on_behalf`: a coach or staff sends it, who can give no self-rating, no note and no statement in the participant's
    name.
    """
    rules.check_may_write(sheet.system.enrollment.status, sheet.may_work, sheet.system.status)
    rules.next_status(sheet.system.status if sheet.system.status != "not started" else "drafting", "submit")
    opens = times.moment(sheet.dates.opens_at, sheet.system.enrollment.user.time_zone)
    rules.check_open(sheet.dates.is_open(now), sheet.module.title, opens)
    rules.check_complete(len(to_do(sheet.worksheet, entries)))
    if not on_behalf:
        sending.check_looked_at(to_look_at_in(sheet, entries), entries)
    required = [one for one in sheet.open_requests if one.kind == "required"]
    rules.check_changes_answered(
        sum(not rules.is_answer(**entries.get(forms.request_key(one.id), {})) for one in required)
    )
    if not on_behalf:
        _check_own_words(sheet, entries, is_own, no_client)
    sending.check_waiting(waiting.waiting_of(sheet.system.enrollment))


def _check_own_words(sheet: queries.Sheet, entries: Mapping[str, Any], is_own: bool, no_client: bool) -> None:
    """What only the participant can say of their work."""
    criteria = [(one.key, one.title) for one in (sheet.rubric.criteria if sheet.rubric else ())]
    rules.check_rating(criteria, {key: entries.get(forms.rating_key(key), "") for key, _ in criteria})
    sending.check_plan(entries[sending.WHEN], entries[sending.WILL])
    rules.check_statement(is_own, no_client)


def to_look_at_in(sheet: queries.Sheet, answers: Mapping[str, Any]) -> list[Finding]:
    """What is for the person to judge in this work, with what is their own passed over."""
    results = fields.calculated(sheet.worksheet, answers)
    return to_look_at(sheet.worksheet, answers, results, sheet.scanned_with)


def submit(
    actor: User,
    sheet: queries.Sheet,
    frozen: Frozen,
    now: datetime,
    sent_with: sending.SentWith = sending.SentWith(),
    because: str = "",
) -> Submission:
    """Keep a round, promise an answer, and post the receipt. Everything was checked on these same rows.

    `because`: why somebody else than the participant sends it.
    """
    system = sheet.system
    cohort = system.enrollment.cohort
    history.keep_draft(sheet.draft, sheet.worksheet, "submit", now)
    system.status = rules.next_status(system.status, "submit")
    system.round = frozen.number
    submission = Submission(
        system=system,
        cohort_id=cohort.id,
        number=frozen.number,
        release_id=sheet.release_id,
        structure_hash=frozen.structure_hash,
        answers=frozen.answers,
        rendered=frozen.rendered,
        shown=frozen.shown,
        digest=frozen.digest,
        self_rating=frozen.self_rating,
        sent_with=sent_with.as_json(),
        words=frozen.words,
        module_slug=system.module_slug,
        step=rules.step(frozen.number),
        is_quiet=queries.is_quiet(system.enrollment, now),
        asked=sum(1 for one in sheet.open_requests if one.kind == "required"),
        submitted_at=now,
        submitted_by_id=actor.id if because else None,
        submitted_by=actor.name if because else "",
        submitted_because=because,
        promised_at=rules.promise(
            now, sheet.module.review_days, cohort.time_zone, rules.days(cohort.holidays)
        ),
    )
    db.session.add(submission)
    db.session.flush()
    _hold_files(submission)
    counts.entered(submission)
    title = f"Submitted System {sheet.module.number}, round {frozen.number}"
    if because:
        title += f", on behalf of {system.enrollment.user.name}"
    record(
        actor, f"{title} ({frozen.words} words, {frozen.digest[:12]})", ("submission", submission.id), now=now
    )
    messages.receipt(submission, sheet.module, now)
    return submission


def _hold_files(submission: Submission) -> None:
    """From now on these files stay, whatever is taken out of the draft, and the coaches may have them."""
    for answer in submission.answers.values():
        for file in fields.files_of(answer):
            db.session.add(SubmissionAttachment(submission_id=submission.id, attachment_id=file["id"]))


def take_back(actor: User, submission: Submission, now: datetime) -> None:
    """Take a round back: within the first minutes whoever has opened it, then while nobody has begun.

    Twice is harmless. What a coach has written so far stays theirs, and they are told.
    """
    if submission.status == "withdrawn":
        return
    system = submission.system
    enrollment = system.enrollment
    verb = sending.way_back(submission.submitted_at, now)
    after = rules.next_submission_status(submission.status, verb)
    # Somebody suspended could not send it again.
    rules.check_may_write(enrollment.status, may_work(enrollment.status), system.status)
    system.status = rules.next_status(system.status, verb)
    if submission.status == "in review":
        messages.pulled_back(submission, assignment_of(system).module, waiting.readers_of(submission.id), now)
    submission.status = after
    submission.lease_coach_id = submission.lease_token = submission.lease_until = None
    counts.left(submission)
    what = f"Took back round {submission.number} of {system.assignment_key}"
    record(actor, what, ("submission", submission.id), now=now)
