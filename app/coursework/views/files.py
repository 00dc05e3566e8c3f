"""Files in a worksheet: upload, download, take out, put back.

What changes files also saves what was typed: without scripts these are buttons of the worksheet's own form.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, jsonify, redirect, render_template, request

from app.accounts.sessions import get_user
from app.coursework import actions, attachments, queries
from app.coursework.autosave import autosave_answer
from app.coursework.frozen import shown_files
from app.coursework.models import Attachment
from app.coursework.views import bp, sheet_form
from app.curriculum.schema import FileField
from app.files import storage
from app.files.intake import Incoming, take
from app.files.rules import LARGEST
from app.files.serving import attachment
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.web import csrf, wants_json

WORKSHEET = 2 * 1024 * 1024  # bytes of the rest of the form, as for any other request

Stored = list[tuple[Incoming, str]]  # with the digest its bytes are kept under


@bp.post("/systems/<id:system_id>/files/<field_id>")
@open_to("participant")
@csrf.exempt  # checked in here, after it is known whose form may be this large
def upload(system_id: int, field_id: str) -> Any:
    """Take the files named `<field id>~upload`, and whatever else of the worksheet comes with them."""
    sheet = queries.sheet_for(get_user(), system_id)
    field = attachments.field_of(sheet, field_id)
    # One more than there is room for: too many or too large gets its sentence instead of an error page.
    request.max_content_length = (field.max_files + 1) * LARGEST + WORKSHEET
    csrf.protect()
    taken, refusals = _take(sheet, field)

    def attach(sheet: queries.Sheet, now: datetime) -> None:
        for incoming, digest in taken:
            try:
                attachments.attach(get_user(), sheet, field, incoming, digest, now)
            except Refused as refusal:
                refusals.append(refusal.sentence)

    return _change(system_id, field_id, attach, refusals)


def _take(sheet: queries.Sheet, field: FileField) -> tuple[Stored, list[str]]:
    """Look at the files and store their bytes, before anything is locked; what is refused is said."""
    taken: Stored = []
    refusals: list[str] = []
    ticked = sheet_form.merged(sheet).entries[field.id]["deidentified"] == "yes"
    uploads = [one for one in request.files.getlist(f"{field.id}~upload") if one.filename]
    for one in uploads:
        size, more = sum(len(incoming.data) for incoming, _ in taken), len(taken)
        try:
            attachments.check_may_attach(sheet, field, ticked, size, more)
            incoming = take(one.filename or "", one.read(), field.accept)
            attachments.check_may_attach(sheet, field, ticked, size + len(incoming.data), more)
            taken.append((incoming, storage.put(incoming.data)))
        except Refused as refusal:
            refusals.append(refusal.sentence)
        except OSError:  # the disk is full, or gone
            current_app.logger.exception("a file could not be stored")
            refusals.append(
                "We have no room to store files right now. What you typed is saved; try again later."
            )
    if not uploads:
        refusals.append("Choose a file first.")
    return taken, list(dict.fromkeys(refusals))


@bp.post("/systems/<id:system_id>/files/<id:attachment_id>/remove")
@open_to("participant")
def remove_file(system_id: int, attachment_id: int) -> Any:
    return _move(system_id, attachment_id, attachments.take_out)


@bp.post("/systems/<id:system_id>/files/<id:attachment_id>/put-back")
@open_to("participant")
def put_back_file(system_id: int, attachment_id: int) -> Any:
    return _move(system_id, attachment_id, attachments.put_back)


def _move(system_id: int, attachment_id: int, verb: Callable[..., Attachment]) -> Any:
    queries.system_for(get_user(), system_id)
    found = attachments.attachment_for(get_user(), system_id, attachment_id, clock.now())
    undo = found.id if verb is attachments.take_out else 0

    def move(sheet: queries.Sheet, now: datetime) -> None:
        verb(get_user(), sheet, attachment_id, now)

    return _change(system_id, found.field_id, move, [], undo)


def _change(
    system_id: int,
    field_id: str,
    verb: Callable[[queries.Sheet, datetime], None],
    refusals: list[str],
    undo: int = 0,
) -> Any:
    """Save what was typed, then do this, in one transaction; answer with the list of files, or with the page."""
    sheet, now = sheet_form.locked(system_id), clock.now()
    merged, before = sheet_form.merged(sheet), sheet.draft.saved_at
    try:
        actions.save(get_user(), sheet.system, sheet.draft, merged, now)
    except Refused as refusal:
        db.session.rollback()
        return sheet_form.refused(system_id, refusal)
    try:
        verb(sheet, now)
    except Refused as refusal:
        refusals.append(refusal.sentence)
    version, saved_at = sheet.draft.version, sheet.draft.saved_at
    db.session.commit()
    said = Refused(" ".join(refusals), field=field_id) if refusals else None
    if wants_json():
        answer = autosave_answer(sheet, merged, version, saved_at, now)
        return jsonify(answer | _files(system_id, field_id, said, undo)), 422 if said else 200
    if merged.conflicts:
        return sheet_form.both_texts(system_id, merged, before)
    if said:
        fresh = queries.sheet_for(get_user(), system_id)
        return sheet_form.page(fresh, sheet_form.stored(fresh), said)
    undone = f"{field_id}~{undo}" if undo else None
    return redirect(sheet_form.address(system_id, field_id, undo=undone), 303)


def _files(system_id: int, field_id: str, said: Refused | None, undo: int) -> dict[str, Any]:
    """The list of files anew, for a page that runs scripts."""
    fresh = queries.sheet_for(get_user(), system_id)
    html = render_template(
        "coursework/fields/file_list.html",
        field=attachments.field_of(fresh, field_id),
        files=shown_files(fresh.draft.answers.get(field_id)),
        system_id=system_id,
        undo=undo,
    )
    return {"field": field_id, "files": html, "error": said.sentence if said else ""}


@bp.get("/systems/<id:system_id>/files/<id:attachment_id>")
@open_to("participant", "coach")
def download(system_id: int, attachment_id: int) -> Any:
    """The file, as a download: for who put it there, and for the coaches of the cohort once a round holds it."""
    return attachment(attachments.attachment_for(get_user(), system_id, attachment_id, clock.now()).file)
