"""Client data found in a round: hide it from everybody at once, show it again, or purge it for good.

What is hidden is taken out of the rounds and lies in its `Withholding` alone: a page, a mail or an export that reads a
round cannot show it, whoever writes it. Showing it again puts back exactly what was there. A round is changed by this
and by nothing else, and says so; its digest stays as the receipt of what was sent. In which columns such words stand
says `withheld_holders`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.rules import why_over
from app.coursework import carried_links, counts, leases, withheld_messages
from app.coursework import withheld_rules as rules
from app.coursework.assignments import assignment_of, assignment_of_round
from app.coursework.models import Attachment, Draft, Submission, SubmissionAttachment, System, Withholding
from app.coursework.review_models import Comment
from app.coursework.review_queries import whose
from app.coursework.rules import days, next_status, next_submission_status, promise
from app.coursework.withheld_holders import Scope, comments, is_meant, stale_drafts, take_out, without
from app.coursework.withheld_rules import Mark, Target
from app.files import actions as files
from app.files.models import StoredFile
from app.lib.database import Base, db
from app.lib.refusal import Refused

# Rooms above that keep something made of rounds: called at a purge, with the scope; they return the hashes of files
# whose bytes nobody needs any more.
Forget = Callable[[Scope], list[str]]
_also: dict[str, Forget] = {}


def also_purge(what: str, forget: Forget) -> None:
    """A room above has something to forget at a purge."""
    _also[what] = forget


def _tables() -> dict[str, type[Any]]:
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]


# --- hiding -----------------------------------------------------------------------------------------------------


def hide(actor: User, submission: Submission, target: Target, now: datetime) -> Withholding:
    """Take it out of every round there is, so that nobody sees it. Twice is harmless. Raises Refused.

    A round that waits leaves the queue; an accepted system is opened again, so that its author can take it out.
    """
    leases.lock(submission)
    _check_target(submission, target)
    system = submission.system
    for row in _live(system):
        if target_of(row).takes_out(target) and row.through >= submission.number:
            _hide_since(actor, row, now)
            return row
    row = Withholding(
        system_id=system.id, submission=submission, what=target.what, field_id=target.field_id,
        attachment_id=target.attachment_id, comment_id=target.comment_id, through=system.round, kept=[],
        hidden_by_id=actor.id, hidden_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.kept = take_out(scope_of(row))
    stale_drafts(scope_of(row))
    if target.what != "comment":
        _withhold_files(scope_of(row), withheld=True)
        row.kept = [*row.kept, *_leave_queue(system)]
        row.system_was = _reopen(system)
    system.withheld = rules.with_mark(system.withheld, Mark(row.id, target, row.through, now))
    db.session.flush()
    said = f"Hid {target.words} of {whose(submission)}: it may hold data about a client"
    record(actor, said, ("submission", submission.id), now=now)
    withheld_messages.renew_waiting(system, row.through, now)
    if target.what == "round":
        withheld_messages.drop_waiting(system, row.through)
    withheld_messages.hidden(row, target, now)
    for other in carried_links.others(submission):
        if same := carried_links.target_in(submission, target, other):
            hide(actor, other, same, now)
    return row


def _hide_since(actor: User, row: Withholding, now: datetime) -> None:
    """Hidden already: what came to hold it since, a reply to a comment say, is hidden with it."""
    since = take_out(scope_of(row))
    if not since:
        return
    row.kept = [*(row.kept or ()), *since]
    stale_drafts(scope_of(row))
    said = f"Hid what was said since about {whose(row.submission)}: it may hold data about a client"
    record(actor, said, ("submission", row.submission_id), now=now)
    withheld_messages.renew_waiting(row.submission.system, row.through, now)


def target_of(row: Withholding) -> Target:
    return Target(row.what, row.field_id, row.attachment_id, row.comment_id)


def scope_of(row: Withholding) -> Scope:
    target, system = target_of(row), row.submission.system
    if target.what != "round":
        return Scope(system, target, row.through, frozenset({target.field_id}))
    sheets = (assignment_of_round(row.submission).worksheet, assignment_of(system).worksheet)
    return Scope(system, target, row.through, frozenset(f.id for sheet in sheets for f in sheet.fields()))


def _check_target(submission: Submission, target: Target) -> None:
    if target.what == "round":
        return
    field = assignment_of_round(submission).worksheet.field(target.field_id)
    is_there = field is not None
    if target.what == "file":
        held = select(SubmissionAttachment).where(
            SubmissionAttachment.submission_id == submission.id,
            SubmissionAttachment.attachment_id == target.attachment_id,
        )
        is_there = is_there and db.session.scalar(held) is not None
    if target.what == "comment":
        comment = db.session.get(Comment, target.comment_id)
        is_there = comment is not None and comment.review.submission_id == submission.id
    if not is_there:
        raise Refused("Choose what holds the data.", field="what")


def _live(system: System) -> list[Withholding]:
    rows = select(Withholding).where(Withholding.system_id == system.id, Withholding.status == "hidden")
    return list(db.session.scalars(rows.order_by(Withholding.id)))


def _leave_queue(system: System) -> list[list[Any]]:
    """Rounds that wait are nobody's to read any more; their promise stops."""
    kept = []
    waiting = select(Submission).where(Submission.system_id == system.id, Submission.status.in_(leases.OPEN))
    for one in db.session.scalars(waiting):
        one.status = next_submission_status(one.status, "hide")
        counts.left(one)
        one.lease_coach_id = one.lease_token = one.lease_until = None
        kept.append(["submission", "status", one.id, "waiting"])
    return kept


def _reopen(system: System) -> str:
    """The status the system had, where its author could not send again otherwise."""
    was = system.status
    if was not in ("submitted", "in review", "accepted"):
        return ""
    system.status = next_status(was, "hide")
    return was


def _withhold_files(scope: Scope, *, withheld: bool) -> None:
    held = [row for row in _held_files(scope) if row.withheld != withheld]
    for row in held:
        row.withheld = withheld


def _held_files(scope: Scope) -> Iterable[SubmissionAttachment]:
    rows = (
        select(SubmissionAttachment)
        .join(Submission, Submission.id == SubmissionAttachment.submission_id)
        .join(Attachment, Attachment.id == SubmissionAttachment.attachment_id)
        .where(scope.rounds, _meant_files(scope))
    )
    return db.session.scalars(rows).all()


def _meant_files(scope: Scope) -> ColumnElement[bool]:
    if scope.target.what == "file":
        return Attachment.id == scope.target.attachment_id
    return Attachment.field_id.in_(scope.field_ids)


# --- it was a mistake -------------------------------------------------------------------------------------------


def show_again(actor: User, row: Withholding, now: datetime) -> None:
    """Put back what was hidden: it was no client's data. Twice is harmless; refused after a purge."""
    submission = row.submission
    leases.lock(submission)
    db.session.refresh(row, with_for_update={"of": Withholding})
    if row.status == "shown again":
        return
    live = [one for one in _live(submission.system) if one.id != row.id and one.through >= row.through]
    others = [target_of(one) for one in live]
    rules.check_shown_again(row.status, target_of(row), others)
    tables, system = _tables(), submission.system
    for table, column, key, was in row.kept or []:
        found = db.session.get(tables[table], key)
        if found is None:
            continue
        if (table, column) == ("submission", "status"):
            _wait_again(found, now)
        else:
            setattr(found, column, rules.put_back(getattr(found, column), was))
    if row.what != "comment":
        _withhold_files(scope_of(row), withheld=False)
    if row.system_was and system.round == row.through:
        _as_before(system, row.system_was)
    row.kept, row.status, row.ended_by_id, row.ended_at = None, "shown again", actor.id, now
    for one in _live(system):  # a comment on this field, say: what was put back of it is its own to show
        one.kept = [*(one.kept or ()), *take_out(scope_of(one))]
    system.withheld = rules.without_mark(system.withheld, row.id)
    stale_drafts(scope_of(row))
    db.session.flush()
    said = f"Showed {target_of(row).words} of {whose(submission)} again: it was hidden by mistake"
    record(actor, said, ("submission", submission.id), now=now)
    withheld_messages.shown_again(row, target_of(row), now)
    for other in carried_links.rows_of(row, target_of(row)):
        show_again(actor, other, now)


def _wait_again(submission: Submission, now: datetime) -> None:
    """Back into the queue with a new promise, unless a newer round was sent, the system excused or the place ended."""
    system = submission.system
    if submission.status != "withdrawn" or submission.number != system.round or system.status != "drafting":
        return
    if _is_over(system):
        return
    submission.status = next_submission_status(submission.status, "show again")
    counts.entered(submission)
    cohort, task = system.enrollment.cohort, assignment_of_round(submission)
    holidays = days(cohort.holidays)
    submission.promised_at = promise(now, task.module.review_days, cohort.time_zone, holidays)


def _is_over(system: System) -> bool:
    return bool(why_over(system.enrollment.status, system.enrollment.cohort.status))


def _as_before(system: System, was: str) -> None:
    """The status before it was hidden, unless its author has gone on from there."""
    if was == "accepted" and system.status == "reopened":
        system.status = next_status(system.status, "accept again")
    elif was != "accepted" and system.status == "drafting" and not _is_over(system):
        system.status = next_status(system.status, "wait again")


# --- for good -----------------------------------------------------------------------------------------------------


def purge(actor: User, row: Withholding, typed_name: str, now: datetime) -> list[str]:
    """Forget it, in every round, draft, kept text, file and mail. Twice is harmless. Raises Refused.

    Returns the hashes of the files whose bytes nobody needs any more: to be removed after the commit. The draft is
    purged too, unless a newer round was sent since: then it is the work after it was taken out.
    """
    submission = row.submission
    leases.lock(submission)
    db.session.refresh(row, with_for_update={"of": Withholding})
    if row.status == "purged":
        return []
    system, elsewhere = submission.system, carried_links.rows_of(row, target_of(row))
    rules.check_purge(row.status, system.enrollment.user.name, typed_name)
    scope = scope_of(row)
    take_out(scope)  # what came to hold it since it was hidden
    stale_drafts(scope)
    gone = _purge_own(scope, now) + _purge_files(scope)
    for forget in _also.values():
        gone += forget(scope)
    for one in _live(system):
        if scope.target.covers(target_of(one)) and one.through <= row.through:
            one.kept, one.status, one.ended_by_id, one.ended_at = None, "purged", actor.id, now
            system.withheld = rules.as_purged(system.withheld, one.id, now)
        else:
            one.kept = without(one.kept or [], scope)
    withheld_messages.purge_sent(system, row.through, scope.target)
    _settle_what_nobody_can_read(scope, now)
    db.session.flush()
    said = f"Purged {target_of(row).words} of {whose(submission)}: it held data about a client"
    record(actor, said, ("submission", submission.id), now=now)
    withheld_messages.purged(row, target_of(row), now)
    for other in elsewhere:
        gone += purge(actor, other, typed_name, now)
    return gone


def _purge_own(scope: Scope, now: datetime) -> list[str]:
    """What only its author sees: the draft, unless it went on into a newer round, and the texts kept of it."""
    draft = db.session.get(Draft, scope.system.id)
    before = dict(draft.answers) if draft else {}
    take_out(scope, own=True)
    if draft is None:
        return []
    if scope.system.round > scope.through:
        draft.answers = before
    elif draft.answers != before:
        draft.version += 1
        draft.saved_at = now
    return []


def _purge_files(scope: Scope) -> list[str]:
    """Files of these rounds and, with the draft, of the draft; a newer round keeps what it holds."""
    if scope.target.what == "comment":
        return []
    for held in _held_files(scope):
        db.session.delete(held)
    db.session.flush()
    still = select(SubmissionAttachment.attachment_id)
    rows = select(Attachment).where(
        Attachment.system_id == scope.system.id, _meant_files(scope), Attachment.id.not_in(still)
    )
    draft = db.session.get(Draft, scope.system.id)
    in_draft = {
        file["id"]
        for answer in (draft.answers.values() if draft else ())
        if isinstance(answer, dict)
        for file in answer.get("files", ())
    }
    found = [one for one in db.session.scalars(rows) if one.id not in in_draft]
    stored: list[StoredFile] = [one.file for one in found]
    for one in found:
        db.session.delete(one)
    db.session.flush()
    return files.forget(stored)


def _settle_what_nobody_can_read(scope: Scope, now: datetime) -> None:
    """A request whose words are gone asks nobody anything any more."""
    for comment in db.session.scalars(comments(scope)):
        if comment.kind != "praise" and comment.settled_at is None and is_meant(comment, scope):
            comment.settled_at = now
