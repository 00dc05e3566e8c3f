"""What every view of a worksheet's form does: read it, merge it under the lock, and answer with the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import jsonify, render_template, request

from app.accounts.sessions import get_user
from app.coursework import forms, queries, waiting
from app.coursework.sheet import Page
from app.curriculum.field_types import FileField, TableField
from app.lib import clock
from app.lib.database import begin_write
from app.lib.refusal import Refused
from app.lib.web import wants_json

STATEMENTS = {"statement_own", "statement_no_client"}


def locked(system_id: int, *, to_send: bool = False) -> queries.Sheet:
    """The same sheet again, under the write lock; `to_send` also holds the enrollment, whose waiting rounds count."""
    begin_write()
    if to_send:
        waiting.lock_enrollment_of(system_id)
    queries.lock_system(system_id)
    return queries.sheet_for(get_user(), system_id)


def stored(sheet: queries.Sheet) -> forms.Entries:
    draft = sheet.draft
    return forms.stored(
        sheet.worksheet, sheet.rubric, draft.answers, draft.self_rating, sheet.request_answers, draft.sending
    )


def posted(sheet: queries.Sheet) -> forms.Entries:
    return forms.posted(request.form, sheet.worksheet, sheet.rubric, sheet.request_answers)


def merged(sheet: queries.Sheet) -> forms.Merge:
    """The form of this request put into what is stored now."""
    mine = posted(sheet)
    field_id, _, row_id = request.form.get("remove", "").partition("~")
    if isinstance(sheet.worksheet.field(field_id), TableField) and field_id in mine:
        mine[field_id] = [row for row in mine[field_id] if row["id"] != row_id]
    keep = {key: request.form.get(f"keep~{key}", "") for key in request.form.get("asked", "").split()}
    is_current = forms.read_int(request.form, "version") == sheet.draft.version
    found = forms.merge(stored(sheet), mine, forms.read_marks(request.form), is_current=is_current, keep=keep)
    _add_row(sheet, found, request.form.get("add", ""))
    return found


def _add_row(sheet: queries.Sheet, found: forms.Merge, field_id: str) -> None:
    table = sheet.worksheet.field(field_id)
    if isinstance(table, TableField) and field_id in found.same:
        found.entries[field_id] = forms.add_row(table, found.mine[field_id])
        found.changed.append(field_id)


def page(sheet: queries.Sheet, entries: forms.Entries, said: Refused | None = None) -> Any:
    """The worksheet; with a refusal, 422 and its sentence where it belongs."""
    stated, undo = STATEMENTS & request.form.keys(), request.args.get("undo", "")
    shown = Page(sheet, entries, clock.now(), said, stated, undo)
    return render_template("coursework/worksheet.html", page=shown, sheet=sheet), 422 if said else 200


def refused(system_id: int, refusal: Refused) -> Any:
    """Nothing was saved: the page with what was typed."""
    if wants_json():
        return jsonify(error=refusal.sentence), 422
    sheet = queries.sheet_for(get_user(), system_id)
    return page(sheet, stored(sheet) | posted(sheet), refusal)


def both_texts(system_id: int, found: forms.Merge, saved_at: datetime) -> Any:
    """The page that shows both texts; everything that did not clash is saved already."""
    sheet = queries.sheet_for(get_user(), system_id)
    shown = Page(sheet, found.entries, clock.now())
    carried = {key: forms.names_of(request.form, key) for key in found.conflicts}
    return render_template(
        "coursework/conflict.html", page=shown, sheet=sheet, merged=found, carried=carried, saved_at=saved_at
    ), 409


def check_uploaded(sheet: queries.Sheet) -> None:
    """Raise Refused when a file was chosen and another button pressed: without scripts only its name has come."""
    for one in sheet.worksheet.fields():
        if isinstance(one, FileField) and (name := request.form.get(f"{one.id}~upload", "")):
            sentence = (
                f"“{name[:100]}” is chosen, but not uploaded. Choose it again and press Upload beside it."
            )
            raise Refused(sentence, field=one.id)
