"""The participant's pages: the worksheet, its saving, the check before sending, the receipt and the rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import abort, jsonify, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.cohorts.queries import enrollment_for, program
from app.coursework import (
    actions,
    forms,
    looks,
    other_modules,
    queries,
    review_queries,
    review_shown,
    rows,
    rules,
)
from app.coursework.assignments import assignment_of_round, worksheet_in
from app.coursework.autosave import autosave_answer
from app.coursework.frozen import shown
from app.coursework.models import Submission
from app.coursework.receipts import received
from app.coursework.review_shown import RemarkView, ReviewView
from app.coursework.sending import SentWith, sent_with
from app.coursework.talk import Talk
from app.coursework.views import bp, said, sheet_form
from app.curriculum.field_types import Field
from app.curriculum.fields import tidy
from app.curriculum.scalars import parse_date, typed
from app.curriculum.schema import FileField
from app.files.rules import endings, type_names
from app.lib import clock, merging
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say, wants_json

bp.add_app_template_filter(typed, "typed_number")


@bp.app_template_filter()
def file_types(field: FileField) -> str:
    """'PDF, Word or text'."""
    return type_names(field.accept)


@bp.app_template_filter()
def file_endings(field: FileField) -> str:
    """What a browser's file chooser offers: '.pdf,.docx'."""
    return ",".join(endings(field.accept))


@bp.app_template_test("calendar_day")
def is_calendar_day(value: str) -> bool:
    """Whether a browser's date field can show this stored value."""
    return "-" in value and parse_date(value) is not None


@bp.post("/modules/<slug>/start")
@open_to("participant")
def start(slug: str) -> Any:
    """Begin the module's system; from then on this leads to it."""
    user, now = get_user(), clock.now()
    module = program(enrollment_for(user).cohort).module(slug) or abort(404)
    begin_write()
    system = actions.start(user, enrollment_for(user), module, now)
    system_id = system.id
    db.session.commit()
    return redirect(url_for("coursework.worksheet", system_id=system_id), 303)


@bp.get("/systems/<id:system_id>")
@open_to("participant")
def worksheet(system_id: int) -> Any:
    sheet = queries.sheet_for(get_user(), system_id)
    return sheet_form.page(sheet, sheet_form.stored(sheet))


# --- saving -------------------------------------------------------------------------------------------------------


@bp.post("/systems/<id:system_id>/draft")
@open_to("participant")
def save(system_id: int) -> Any:
    """Keep what was typed: from the Save buttons (303 back) or by itself (JSON)."""
    queries.system_for(get_user(), system_id)
    sheet, now = sheet_form.locked(system_id), clock.now()
    merged, before = sheet_form.merged(sheet), sheet.draft.saved_at
    try:
        actions.save(get_user(), sheet.system, sheet.draft, merged, now)
        replied = said.with_worksheet(system_id, now)
    except Refused as refusal:
        db.session.rollback()
        return sheet_form.refused(system_id, refusal)
    sheet_form.looked_at(sheet, merged, now)
    version, saved_at, unplaced = sheet.draft.version, sheet.draft.saved_at, _unplaced(sheet)
    db.session.commit()
    if unplaced:
        return _improved(system_id, unplaced)
    if wants_json():
        answer = autosave_answer(sheet, merged, version, saved_at, now) | {
            "digest": merging.received(request.form)
        }
        return jsonify(answer), 409 if merged.conflicts else 200
    if merged.conflicts:
        return sheet_form.both_texts(system_id, merged, before)
    try:
        sheet_form.check_uploaded(sheet)
    except Refused as refusal:
        fresh = queries.sheet_for(get_user(), system_id)
        return sheet_form.page(fresh, sheet_form.stored(fresh), refusal)
    return redirect(sheet_form.address(system_id, replied or _place()), 303)


def _place() -> str:
    """Where on the page the person was: the field of the button, or the section of the Save button."""
    form = request.form
    return rows.place_of(form) or form.get("save", "") or "main"


@bp.post("/systems/<id:system_id>/seen")
@open_to("participant")
def mark_seen(system_id: int) -> Any:
    """This person has the page before them: by itself after some seconds (JSON), or by the button (303 back)."""
    queries.system_for(get_user(), system_id)
    begin_write()
    looks.record(
        queries.sheet_for(get_user(), system_id), get_user().id, looks.marks_in(request.form), clock.now()
    )
    db.session.commit()
    if wants_json():
        return jsonify(seen=True)
    return redirect(url_for("coursework.worksheet", system_id=system_id), 303)


@bp.post("/systems/<id:system_id>/requests/<id:comment_id>")
@open_to("participant")
def answer_request(system_id: int, comment_id: int) -> Any:
    """Answer one change request: fields `answer` ('changed' or 'disagree') and `text`."""
    queries.system_for(get_user(), system_id)
    sheet, now = sheet_form.locked(system_id), clock.now()
    if comment_id not in sheet.request_answers:
        db.session.rollback()
        abort(404)
    key = forms.request_key(comment_id)
    given = forms.request_answer(request.form.get("answer", ""), request.form.get("text", ""))
    merged = forms.merge(sheet_form.stored(sheet), {key: given}, {}, is_current=True)
    try:
        rules.check_answer(**given)
        actions.save(get_user(), sheet.system, sheet.draft, merged, now)
    except Refused as refusal:
        db.session.rollback()
        if wants_json():
            return jsonify(error=refusal.sentence), 422
        sheet = queries.sheet_for(get_user(), system_id)
        return sheet_form.page(sheet, sheet_form.stored(sheet) | {key: given}, refusal)
    version, saved_at = sheet.draft.version, sheet.draft.saved_at
    db.session.commit()
    if wants_json():
        return jsonify(autosave_answer(sheet, merged, version, saved_at, now))
    return redirect(sheet_form.address(system_id, f"request-{comment_id}"), 303)


Unplaced = list[tuple[Field, str]]
CHANGED = "This worksheet was changed while your page was open."


def _unplaced(sheet: queries.Sheet) -> Unplaced:
    """What this form holds that the worksheet no longer asks: its page was open when the cohort's release moved."""
    release_id = merging.read_int(request.form, "release")
    shown = None if release_id == sheet.release_id else worksheet_in(release_id, sheet.system)
    return forms.unplaced(request.form, shown, sheet.worksheet) if shown else []


def _improved(system_id: int, unplaced: Unplaced) -> Any:
    """Everything else is saved; what has no place any more is shown, so that nobody loses a word."""
    if wants_json():
        names = ", ".join(f"{field.id} {field.label}" for field, _ in unplaced)
        return jsonify(error=f"{CHANGED} Copy what you wrote under {names}, then reload."), 409
    sheet = queries.sheet_for(get_user(), system_id)
    return render_template("coursework/improved.html", sheet=sheet, unplaced=unplaced), 409


# --- submitting -----------------------------------------------------------------------------------------------------


@bp.post("/systems/<id:system_id>/submit")
@open_to("participant")
def submit(system_id: int) -> Any:
    """Save, check, and send a round. Sent twice, it leads to the same receipt."""
    # again only when another tab saved, or the release moved, between the freezing and the lock
    for _ in range(3):
        sheet = queries.sheet_for(get_user(), system_id)
        frozen, release_id = _freeze(sheet, sheet_form.merged(sheet)), sheet.release_id
        sheet, now = sheet_form.locked(system_id, to_send=True), clock.now()
        merged = sheet_form.merged(sheet)
        if _sent_already(sheet, frozen):
            number = merging.read_int(request.form, "round")
            db.session.rollback()
            return _receipt(system_id, number)
        if (answer := _save_before_sending(sheet, merged, now)) is not None:
            return answer
        if sheet.release_id != release_id or _freeze_differs(sheet, frozen, merged):
            db.session.commit()
            continue
        said.mark(get_user(), system_id, now)
        actions.submit(get_user(), sheet, frozen, now, _sent_with(sheet, merged))
        db.session.commit()
        return _receipt(system_id, frozen.number)
    return redirect(sheet_form.address(system_id, "send"), 303)


def _receipt(system_id: int, number: int) -> Any:
    return redirect(url_for("coursework.submission", system_id=system_id, number=number), 303)


def _save_before_sending(sheet: queries.Sheet, merged: merging.Merge, now: datetime) -> Any | None:
    """Save first, so that a refusal costs nothing; the page to answer with when this cannot be sent."""
    system_id, before, form = sheet.system.id, sheet.draft.saved_at, request.form
    try:
        actions.save(get_user(), sheet.system, sheet.draft, merged, now)
    except Refused as refusal:
        db.session.rollback()
        return sheet_form.refused(system_id, refusal)
    if merged.conflicts:
        db.session.commit()
        return sheet_form.both_texts(system_id, merged, before)
    if unplaced := _unplaced(sheet):
        db.session.commit()
        return _improved(system_id, unplaced)
    try:
        sheet_form.check_uploaded(sheet)
        actions.check_ready(
            sheet,
            _answers(sheet, merged),
            is_own="statement_own" in form,
            no_client="statement_no_client" in form,
            now=now,
        )
    except Refused as refusal:
        db.session.commit()
        fresh = queries.sheet_for(get_user(), system_id)
        return sheet_form.page(fresh, sheet_form.stored(fresh), refusal)
    return None


def _freeze(sheet: queries.Sheet, merged: merging.Merge) -> actions.Frozen:
    rating = {
        key.removeprefix(forms.RATING): v for key, v in merged.entries.items() if key.startswith(forms.RATING)
    }
    references = other_modules.references_of(sheet)
    answers = _answers(sheet, merged)
    return actions.freeze(sheet.system.round + 1, sheet.worksheet, sheet.rubric, answers, rating, references)


def _sent_with(sheet: queries.Sheet, merged: merging.Merge) -> SentWith:
    said = sheet.program.statements
    findings = actions.to_look_at_in(sheet, _answers(sheet, merged))
    return sent_with(findings, merged.entries, (said.own, said.privacy))


def _answers(sheet: queries.Sheet, merged: merging.Merge) -> merging.Entries:
    return forms.with_files(sheet.worksheet, merged.entries, sheet.draft.answers)


def _freeze_differs(sheet: queries.Sheet, frozen: actions.Frozen, merged: merging.Merge) -> bool:
    return (frozen.number, frozen.digest) != (
        sheet.system.round + 1,
        rules.digest(tidy(sheet.worksheet, _answers(sheet, merged))),
    )


def _sent_already(sheet: queries.Sheet, frozen: actions.Frozen) -> bool:
    """Whether the round this form is about was sent with these very answers."""
    number = merging.read_int(request.form, "round")
    return any(one.number == number and one.digest == frozen.digest for one in sheet.rounds)


@bp.get("/systems/<id:system_id>/submissions/<id:number>")
@open_to("participant")
def submission(system_id: int, number: int) -> Any:
    """One round: its receipt, its review once published, and the work as it was frozen."""
    found = queries.submission_for(get_user(), system_id, number)
    return round_page(found)


def round_page(found: Submission, refusal: Refused | None = None) -> Any:
    """As it was written on its own release, with the review both sides read and what was said about it."""
    view = review_shown.review_view(found)
    closed = view.closed if view else review_shown.closed_threads(found)
    return render_template(
        "coursework/submission.html",
        **round_facts(found, view),
        closed=closed,
        talk=Talk.of_participant(found, view, closed, clock.now()),
        changes=said.changes_of_round(found, view, assignment_of_round(found)),
        refusal=refusal,
    ), 422 if refusal else 200


def round_facts(found: Submission, view: ReviewView | None) -> dict[str, Any]:
    """What the page of a round shows, to its participant and to a coach who looks at it before it is published."""
    task = assignment_of_round(found)
    own = review_shown.criteria_views(task.criteria, {}, found.self_rating)
    return {
        "submission": found,
        "got": received(found),
        "sent_with": SentWith.of(found.sent_with),
        "now": clock.now(),
        "module": task.module,
        "worksheet": task.worksheet,
        "view": view,
        "criteria": view.criteria if view else own,
        "fields": shown(review_queries.answers_of(found)),
        "remarks": _by_field(view.remarks if view else ()),
        "withheld": review_queries.withheld_sentences(found),
    }


def _by_field(remarks: Iterable[RemarkView]) -> dict[str, list[RemarkView]]:
    found: dict[str, list[RemarkView]] = defaultdict(list)
    for one in remarks:
        found[one.field_id].append(one)
    return found


@bp.post("/systems/<id:system_id>/submissions/<id:number>/take-back")
@open_to("participant")
def take_back(system_id: int, number: int) -> Any:
    """Take a round back: within ten minutes in any case, then while no coach has begun to read it."""
    begin_write()
    queries.lock_system(system_id)
    found = queries.submission_for(get_user(), system_id, number)
    try:
        actions.take_back(get_user(), found, clock.now())
    except Refused as refusal:
        db.session.rollback()
        say(refusal.sentence, "problem")
        return _receipt(system_id, number)
    db.session.commit()
    say(f"Round {number} is taken back. Nothing is lost: your worksheet is as you sent it.")
    return redirect(url_for("coursework.worksheet", system_id=system_id), 303)
