"""What every view of a worksheet's form does: read it, merge it under the lock, and answer with the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import jsonify, render_template, request, url_for

from app.accounts.sessions import get_user
from app.coursework import entry_words, forms, looks, queries, rows, waiting
from app.coursework.sheet import Page
from app.curriculum.field_types import FileField, TableField
from app.lib import clock, merging
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


def stored(sheet: queries.Sheet) -> merging.Entries:
    draft = sheet.draft
    return forms.stored(
        sheet.worksheet, sheet.rubric, draft.answers, draft.self_rating, sheet.request_answers, draft.sending
    )


def posted(sheet: queries.Sheet) -> merging.Entries:
    return forms.posted(request.form, sheet.worksheet, sheet.rubric, sheet.request_answers)


def merged(sheet: queries.Sheet) -> merging.Merge:
    """The form of this request, after its button for rows, put into what is stored now."""
    mine = posted(sheet)
    table = sheet.worksheet.field(rows.place_of(request.form))
    if isinstance(table, TableField) and table.id in mine:
        mine[table.id] = rows.changed_by(request.form, table, mine[table.id])
    keep = {key: request.form.get(f"keep~{key}", "") for key in request.form.get("asked", "").split()}
    is_current = merging.read_int(request.form, "version") == sheet.draft.version
    found = forms.merge(
        stored(sheet), mine, merging.read_marks(request.form), is_current=is_current, keep=keep
    )
    if isinstance(table, TableField):
        _keep_blank_rows(found, table.id)
    return found


def _keep_blank_rows(found: merging.Merge, table_id: str) -> None:
    """Blank rows do not count in a merge; those that a button added, moved or took away do."""
    if table_id in found.same and found.entries[table_id] != found.mine[table_id]:
        found.entries[table_id] = found.mine[table_id]
        found.changed.append(table_id)


def address(system_id: int, place: str = "", **more: Any) -> str:
    """The worksheet again, at that place, and with one section at a time where the form was so."""
    section = request.form.get("section") or None
    return url_for(
        "coursework.worksheet", system_id=system_id, section=section, _anchor=place or None, **more
    )


def page(sheet: queries.Sheet, entries: merging.Entries, said: Refused | None = None) -> Any:
    """The worksheet; with a refusal, 422 and its sentence where it belongs."""
    stated, undo = STATEMENTS & request.form.keys(), request.args.get("undo", "")
    shown = Page(sheet, entries, clock.now(), said, stated, undo, request.values.get("section", ""))
    return render_template("coursework/worksheet.html", page=shown, sheet=sheet), 422 if said else 200


def looked_at(sheet: queries.Sheet, found: merging.Merge, now: datetime) -> None:
    """Who saves has seen what their page shows: what it showed when it was opened, and what was typed on it since."""
    if "was" in request.form:
        marks = looks.marks_in(request.form) | merging.marks(found.entries, found.same)
        looks.record(sheet, get_user().id, marks, now)


def refused(system_id: int, refusal: Refused) -> Any:
    """Nothing was saved: the page with what was typed."""
    if wants_json():
        return jsonify(error=refusal.sentence), 422
    sheet = queries.sheet_for(get_user(), system_id)
    return page(sheet, stored(sheet) | posted(sheet), refusal)


def both_texts(system_id: int, found: merging.Merge, saved_at: datetime) -> Any:
    """The page that shows both texts; everything that did not clash is saved already."""
    sheet = queries.sheet_for(get_user(), system_id)
    shown = Page(sheet, found.entries, clock.now())
    section = request.form.get("section", "")
    clashes = [
        merging.Clash(
            key=key,
            number=entry_words.number(sheet, key),
            label=entry_words.label(sheet, key),
            mine=entry_words.described(sheet, key, found.mine[key]),
            theirs=entry_words.described(sheet, key, found.entries[key]),
            can_keep_both=entry_words.can_keep_both(sheet, key),
            names=forms.names_of(request.form, key, found.mine[key]),
        )
        for key in found.conflicts
    ]
    hidden = {"version": sheet.draft.version, "was": shown.was, "seen": shown.seen}
    return render_template(
        "components/conflict.html",
        name=f"System {sheet.module.number}",
        place=f"Module {sheet.module.number} · {sheet.worksheet.title}",
        action=url_for("coursework.save", system_id=system_id),
        hidden=hidden | ({"section": section} if section else {}),
        clashes=clashes,
        saved_at=saved_at,
    ), 409


def check_uploaded(sheet: queries.Sheet) -> None:
    """Raise Refused when a file was chosen and another button pressed: without scripts only its name has come."""
    for one in sheet.worksheet.fields():
        if isinstance(one, FileField) and (name := request.form.get(f"{one.id}~upload", "")):
            sentence = (
                f"“{name[:100]}” is chosen, but not uploaded. Choose it again and press Upload beside it."
            )
            raise Refused(sentence, field=one.id)
