"""METI's view of the curriculum: its releases, which cohort reads which, and moving one from this to that."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.cohorts.queries import cohort_by_slug
from app.coursework import moves
from app.curriculum.differences import differences
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.site import releases, told
from app.site.views import bp


@bp.get("/staff/curriculum")
@open_to("staff")
def curriculum() -> str:
    """The releases, and what the newest would change for cohorts that read an older one."""
    now, before = clock.now(), _number(request.args.get("before", ""))
    rows, cohorts = releases.releases(before), releases.all_cohorts()
    behind = []
    if rows and before is None:
        movable = [one for one in reversed(cohorts) if releases.is_movable(one)]
        newest = releases.program_or_404(rows[0].id)
        behind = releases.outlooks(releases.touched(movable, newest), newest, now)
    return render_template(
        "site/curriculum.html",
        rows=rows[: releases.PAGE],
        on=rows[releases.PAGE - 1].id if len(rows) > releases.PAGE else None,
        cohorts=cohorts,
        behind=behind,
        before=before,
        now=now,
    )


@bp.get("/staff/curriculum/<id:release_id>")
@open_to("staff")
def release(release_id: int) -> str:
    """One release: what it changed against the one before it (or another, `from`), and who reads it."""
    found, previous = releases.release_and_before(release_id)
    other = _number(request.args.get("from", "")) or (previous.id if previous else None)
    program = releases.program_or_404(release_id)
    compared = differences(releases.program_or_404(other), program) if other else []
    cohorts = releases.all_cohorts()
    return render_template(
        "site/release.html",
        release=found,
        other=other,
        compared=compared,
        groups=told.grouped(compared, request.args.get("module")),
        only=request.args.get("module"),
        readers=[one for one in cohorts if one.release_id == release_id],
        others=[one for one in cohorts if one.release_id != release_id and releases.is_movable(one)],
    )


@bp.get("/staff/curriculum/move/<slug>")
@open_to("staff")
def confirm_move(slug: str) -> str:
    """What moving this cohort to the release `to` comes to, to be read before it is done."""
    return _confirm(slug, _number(request.args.get("to", "")) or abort(404))


def _confirm(slug: str, release_id: int, refused: Refused | None = None) -> str:
    cohort, program = cohort_by_slug(slug), releases.program_or_404(release_id)
    (outlook,) = releases.outlooks([cohort], program, clock.now())
    return render_template(
        "site/move.html",
        cohort=cohort,
        release_id=release_id,
        outlook=outlook,
        groups=told.grouped(outlook.differences),
        history=releases.moves_of(cohort),
        is_movable=releases.is_movable(cohort),
        refused=refused,
    )


@bp.post("/staff/curriculum/move/<slug>")
@open_to("staff")
def move_cohort(slug: str) -> Any:
    release_id = _number(request.form.get("to", "")) or abort(404)
    program = releases.program_or_404(release_id)
    moves.plans([cohort_by_slug(slug)], program)  # reads the releases, before anything is locked
    begin_write()
    cohort = cohort_by_slug(slug)
    before, title = cohort.release_id, cohort.title
    try:
        done = moves.move(get_user(), cohort, release_id, request.form.get("mark", ""), clock.now())
    except Refused as refused:
        db.session.rollback()
        return _confirm(slug, release_id, refused), 409
    db.session.commit()
    if done is None:
        say(f"The {title} reads release {release_id} already.", "note")
    else:
        say(
            f"The {title} reads release {release_id} now. To undo it, move it back to release {before} the same way."
        )
    return redirect(url_for("site.curriculum"), 303)


def _number(text: str) -> int | None:
    """The id of a release from an address or a form; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) else None
