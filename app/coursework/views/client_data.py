"""“Contains client data”: say what, hide it at once; then show it again, or purge it for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.accounts.sessions import get_user, require_recent_second_factor
from app.coursework import withheld, withheld_page
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission
from app.coursework.views.coach import bp
from app.curriculum.queries import program_of
from app.files.jobs import remove_now
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say

FRESH = timedelta(minutes=15)  # how old a code may be before something is deleted for good


@bp.app_template_filter()
def report_words(release_id: int) -> str:
    """What the button says in the program of this release: 'Contains client data'."""
    return program_of(release_id).statements.report


@bp.get("/submissions/<id:submission_id>/client-data")
@open_to("coach", "staff")
def client_data(submission_id: int) -> Any:
    """What hiding does, and what of the round is meant; nothing of what was written stands on this page."""
    found = withheld_page.round_for(get_user(), submission_id, clock.now())
    return _confirm(found, request.args.get("what", ""))


def _confirm(found: Submission, chosen: str, refused: Refused | None = None) -> Any:
    page = render_template(
        "coursework/client_data.html",
        submission=found,
        person=found.system.enrollment.user,
        task=assignment_of_round(found),
        choices=withheld_page.choices_of(found),
        chosen=chosen,
        refused=refused,
    )
    return (page, 422) if refused else page


@bp.post("/submissions/<id:submission_id>/client-data")
@open_to("coach", "staff")
def hide_client_data(submission_id: int) -> Any:
    """Hide at once what the field `what` names."""
    now, chosen = clock.now(), request.form.get("what", "")
    begin_write()
    found = withheld_page.round_for(get_user(), submission_id, now)
    target = withheld_page.read_target(chosen)
    try:
        if target is None:
            raise Refused("Choose what holds the data.", field="what")
        row = withheld.hide(get_user(), found, target, now)
    except Refused as refused:
        db.session.rollback()
        found = withheld_page.round_for(get_user(), submission_id, now)
        return _confirm(found, chosen, refused)
    withholding_id, name = row.id, found.system.enrollment.user.first_name
    db.session.commit()
    say(f"It is hidden from everybody, and {name} is told by mail how to go on.")
    return redirect(url_for("reviews.withholding", withholding_id=withholding_id), 303)


@bp.get("/client-data/<id:withholding_id>")
@open_to("coach", "staff")
def withholding(withholding_id: int) -> Any:
    """One thing that was hidden: by whom, when, and what can be done about it."""
    row = withheld_page.withholding_for(get_user(), withholding_id, clock.now())
    return render_template("coursework/withheld.html", page=withheld_page.page_of(row, get_user()))


@bp.post("/client-data/<id:withholding_id>/show-again")
@open_to("coach", "staff")
def show_again(withholding_id: int) -> Any:
    now = clock.now()
    begin_write()
    row = withheld_page.withholding_for(get_user(), withholding_id, now)
    try:
        withheld.show_again(get_user(), row, now)
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return redirect(url_for("reviews.withholding", withholding_id=withholding_id), 303)
    db.session.commit()
    say("It is shown again, exactly as it was, and its author is told.")
    return redirect(url_for("reviews.withholding", withholding_id=withholding_id), 303)


@bp.get("/client-data/<id:withholding_id>/purge")
@open_to("coach", "staff")
@require_recent_second_factor(FRESH)
def confirm_purge(withholding_id: int) -> Any:
    return _purge_page(withholding_id)


def _purge_page(withholding_id: int, refused: Refused | None = None) -> Any:
    row = withheld_page.withholding_for(get_user(), withholding_id, clock.now())
    page = withheld_page.page_of(row, get_user())
    if not page.may_purge:
        abort(404)
    typed = request.form.get("name", "")
    html = render_template("coursework/purge.html", page=page, refused=refused, typed=typed)
    return (html, 422) if refused else html


@bp.post("/client-data/<id:withholding_id>/purge")
@open_to("coach", "staff")
@require_recent_second_factor(FRESH)
def purge(withholding_id: int) -> Any:
    """Delete it for good; the form holds the person's name, typed."""
    now = clock.now()
    begin_write()
    row = withheld_page.withholding_for(get_user(), withholding_id, now)
    if not withheld_page.page_of(row, get_user()).may_purge:
        db.session.rollback()
        abort(404)
    try:
        gone = withheld.purge(get_user(), row, request.form.get("name", ""), now)
    except Refused as refused:
        db.session.rollback()
        return _purge_page(withholding_id, refused)
    db.session.commit()
    remove_now(gone, now)
    say("It is deleted for good. The record says that it was, and not what it said.")
    return redirect(url_for("reviews.withholding", withholding_id=withholding_id), 303)
