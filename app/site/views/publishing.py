"""Publishing from the page: the folder as it is now becomes a release. No cohort reads it before it is moved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app, redirect, render_template, request, url_for

from app.accounts.sessions import get_user, require_recent_second_factor
from app.curriculum import actions
from app.curriculum.differences import differences
from app.curriculum.scalars import Kind, clean
from app.curriculum.schema import Program
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.site import preview, releases, told
from app.site.views import bp

TEN_MINUTES = timedelta(minutes=10)
NOTE_LIMIT = 300
CHANGED = "The folder changed since this page was opened. Here is how it stands now."


@bp.get("/staff/curriculum/publish")
@open_to("staff")
@require_recent_second_factor(TEN_MINUTES)
def confirm_publish() -> Any:
    """What publishing would make, to be read before it is done. With mistakes in the folder: their list."""
    program = _program()
    return _page(program) if program else redirect(url_for("preview.index"))


@bp.post("/staff/curriculum/publish")
@open_to("staff")
@require_recent_second_factor(TEN_MINUTES)
def publish() -> Any:
    program, note = _program(), clean(Kind("short_text"), request.form.get("note", ""))
    if program is None:
        return redirect(url_for("preview.index"), 303)
    if len(note) > NOTE_LIMIT:
        said = f"This is {len(note):,} characters long; there is room for {NOTE_LIMIT}."
        return _page(program, note, Refused(said, "note")), 422
    if request.form.get("content", "") != program.content_hash():
        return _page(program, note, Refused(CHANGED)), 409
    begin_write()
    release, is_new = actions.publish_once(get_user(), program, clock.now(), note)
    release_id = release.id
    db.session.commit()
    if is_new:
        say(
            f"Release {release_id} is published. No cohort reads it yet: move one here, or open the next on it."
        )
    else:
        say(f"This is release {release_id} already; nothing was published.", "note")
    return redirect(url_for("site.release", release_id=release_id), 303)


def _program() -> Program | None:
    return preview.preview_of(Path(current_app.config["CURRICULUM_DIR"])).program


def _page(program: Program, note: str = "", refused: Refused | None = None) -> str:
    newest = next(iter(releases.releases()), None)
    old = releases.program_or_404(newest.id) if newest else None
    content = program.content_hash()
    return render_template(
        "site/publish.html",
        newest=newest,
        is_new=newest is None or newest.hash != content,
        groups=told.grouped(differences(old, program)) if old else [],
        content=content,
        note=note,
        refused=refused,
    )
