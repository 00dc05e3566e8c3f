"""Files in the fields of a worksheet: attach, take out, put back, fetch. None of the verbs commits."""

from __future__ import annotations

from datetime import datetime

from flask import abort
from sqlalchemy import exists, func, or_, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import CohortCoach, Enrollment
from app.cohorts.rules import READING, may_work
from app.coursework import history, rules
from app.coursework.actions import work_on
from app.coursework.models import Attachment, Submission, SubmissionAttachment, System
from app.coursework.queries import Sheet
from app.coursework.review_queries import coached_by
from app.curriculum.fields import FileFacts, clean, files_of
from app.curriculum.schema import FileField
from app.files import actions as files
from app.files.intake import Incoming
from app.files.models import StoredFile
from app.files.rules import size_words, type_by_ending
from app.lib.database import db
from app.lib.merging import Merge

# --- reading ----------------------------------------------------------------------------------------------------


def attachment_for(user: User, system_id: int, attachment_id: int, now: datetime) -> Attachment:
    """A file for its owner, or for a coach of the cohort once a round holds it; 404 for anybody else."""
    # Its owner may not have it either, once it is hidden in the rounds and out of the draft.
    held = select(SubmissionAttachment).where(SubmissionAttachment.attachment_id == Attachment.id)
    is_hidden = held.where(SubmissionAttachment.withheld).exists()
    is_shown = held.where(~SubmissionAttachment.withheld).exists()
    left = or_(Attachment.removed_at.is_(None), is_shown, ~is_hidden)
    is_own = (Enrollment.user_id == user.id) & Enrollment.status.in_(READING) & left
    in_round = (
        select(Submission.id)
        .join(SubmissionAttachment, SubmissionAttachment.submission_id == Submission.id)
        .join(CohortCoach, coached_by(user, now))
        .where(SubmissionAttachment.attachment_id == Attachment.id, Submission.status != "withdrawn")
        .where(~SubmissionAttachment.withheld)
    )
    rows = (
        select(Attachment)
        .join(System, System.id == Attachment.system_id)
        .join(System.enrollment)
        .where(Attachment.id == attachment_id, Attachment.system_id == system_id)
        .where(or_(is_own, in_round.exists()))
    )
    return db.session.scalar(rows) or abort(404)


def field_of(sheet: Sheet, field_id: str) -> FileField:
    """The field of this worksheet that takes files; 404 when it is none."""
    field = sheet.worksheet.field(field_id)
    return field if isinstance(field, FileField) else abort(404)


def _used(enrollment_id: int) -> int:
    """Bytes of all files of this enrollment; those that were taken out count while they can be put back."""
    rows = (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .join(System, System.id == Attachment.system_id)
        .where(System.enrollment_id == enrollment_id)
    )
    return int(db.session.scalar(rows) or 0)


def check_may_attach(sheet: Sheet, field: FileField, ticked: bool, size: int = 0, more: int = 0) -> None:
    """Raise Refused unless a file may be put here now, after `more` others; all together have this size (bytes)."""
    system = sheet.system
    rules.check_may_write(system.enrollment.status, may_work(system.enrollment.status), system.status)
    rules.check_tick(ticked, field.id)
    rules.check_room(len(files_of(sheet.draft.answers.get(field.id))) + more, field.max_files, field.id)
    rules.check_quota(_used(system.enrollment_id), size, field.id)


# --- verbs ------------------------------------------------------------------------------------------------------


def attach(
    actor: User, sheet: Sheet, field: FileField, incoming: Incoming, digest: str, now: datetime
) -> None:
    """Put a file, whose bytes are stored under this digest, into the field. The same file twice is one."""
    held = files_of(sheet.draft.answers.get(field.id))
    if any((one["name"], one["sha256"]) == (incoming.name, digest) for one in held):
        return
    ticked = clean(field, sheet.draft.answers.get(field.id))[0]["deidentified"] == "yes"
    # The quota is of all systems together, and only this one is locked.
    enrollment_id = sheet.system.enrollment_id
    db.session.execute(select(Enrollment.id).where(Enrollment.id == enrollment_id).with_for_update())
    check_may_attach(sheet, field, ticked, len(incoming.data))
    name, size = incoming.name, len(incoming.data)
    row = Attachment(
        system_id=sheet.system.id,
        field_id=field.id,
        file=files.keep(actor.id, digest, name, incoming.content_type, size, now, incoming.hints),
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _keep(actor, sheet, field, [*held, _facts(row)], now)
    record(actor, f"Attached a file to {field.id} ({_about(row)})", ("system", sheet.system.id), now=now)


def take_out(actor: User, sheet: Sheet, attachment_id: int, now: datetime) -> Attachment:
    """Take a file out of its field. It can be put back for a day; a round that holds it keeps it. Twice is harmless."""
    row, field = _own(sheet, attachment_id)
    held = files_of(sheet.draft.answers.get(field.id))
    left = [one for one in held if one["id"] != row.id]
    if len(left) < len(held):
        row.removed_at = now
        _keep(actor, sheet, field, left, now)
        record(actor, f"Took a file out of {field.id} ({_about(row)})", ("system", sheet.system.id), now=now)
    return row


def put_back(actor: User, sheet: Sheet, attachment_id: int, now: datetime) -> Attachment:
    """Undo `take_out`. Twice is harmless; refused when the field is full meanwhile."""
    row, field = _own(sheet, attachment_id)
    held = files_of(sheet.draft.answers.get(field.id))
    if all(one["id"] != row.id for one in held):
        rules.check_room(len(held), field.max_files, field.id)
        row.removed_at = None
        _keep(actor, sheet, field, [*held, _facts(row)], now)
        record(
            actor, f"Put a file back into {field.id} ({_about(row)})", ("system", sheet.system.id), now=now
        )
    return row


def _own(sheet: Sheet, attachment_id: int) -> tuple[Attachment, FileField]:
    """One of this system's own files and its field; 404 for anything else. Refused where nothing may be written."""
    rows = select(Attachment).where(Attachment.id == attachment_id, Attachment.system_id == sheet.system.id)
    row = db.session.scalar(rows) or abort(404)
    enrollment = sheet.system.enrollment
    rules.check_may_write(enrollment.status, may_work(enrollment.status), sheet.system.status)
    return row, field_of(sheet, row.field_id)


def _keep(actor: User, sheet: Sheet, field: FileField, held: list[FileFacts], now: datetime) -> None:
    draft = sheet.draft
    answer = clean(field, draft.answers.get(field.id))[0] | {"files": held}
    history.keep_due(draft, sheet.worksheet, Merge({}), now)
    draft.answers = {**draft.answers, field.id: answer}
    draft.version += 1
    draft.saved_at = now
    work_on(actor, sheet.system, now)


def _facts(row: Attachment) -> FileFacts:
    """What the answer says of a file: read from its row, never from a form."""
    file = row.file
    facts = FileFacts(
        id=row.id,
        name=file.name,
        type=type_by_ending(file.name) or "",
        size=file.size,
        sha256=file.sha256,
        at=row.created_at.isoformat(),
    )
    facts.update(file.hints)  # type: ignore[typeddict-item]
    return facts


def _about(row: Attachment) -> str:
    return f"{size_words(row.file.size)}, {row.file.sha256[:12]}"


def forget_removed(before: datetime, limit: int) -> list[str]:
    """Forget files taken out before that moment which no round holds. The hashes whose bytes nothing needs any more."""
    held = exists().where(SubmissionAttachment.attachment_id == Attachment.id)
    rows = select(Attachment).where(Attachment.removed_at < before, ~held).limit(limit)
    found = list(db.session.scalars(rows))
    gone = [row.file for row in found]
    for row in found:
        db.session.delete(row)
    db.session.flush()
    return files.forget(gone)
