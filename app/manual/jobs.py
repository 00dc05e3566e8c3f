"""Binding: noticed from below's rows, rendered outside any transaction, stored, and only then written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import current_app, render_template

from app.cohorts.models import Enrollment
from app.files import actions as files
from app.files import storage
from app.lib.database import begin_write, db
from app.lib.jobs import job
from app.manual import actions, pdf, queries
from app.manual.models import Binding

BATCH = 20


@job("bind-manuals", minutes=1)
def bind_manuals(now: datetime) -> None:
    """Ask for what newly accepted work needs, then bind what waits. Safe to run twice."""
    for enrollment_id in queries.unbound_enrollments(BATCH):
        begin_write()
        enrollment = db.session.get(Enrollment, enrollment_id)
        if enrollment:
            actions.ask_for_binding(None, enrollment, now)
        db.session.commit()
    for binding_id in queries.waiting_bindings(BATCH):
        bind_one(binding_id, now)


def bind_one(binding_id: int, now: datetime) -> None:
    """Bind one manual; a failure is kept with its reason and shown to its owner."""
    binding = db.session.get(Binding, binding_id)
    enrollment = db.session.get(Enrollment, binding.enrollment_id) if binding else None
    if binding is None or enrollment is None:
        return
    book = queries.book_of(enrollment)
    html = render_template("manual/book.html", book=book, zone=enrollment.cohort.time_zone)
    db.session.rollback()  # typesetting takes seconds: no transaction stays open meanwhile
    try:
        data, pages = pdf.bind(html, Path(current_app.static_folder or "static"))
        digest = storage.put(data)
    except Exception as error:
        current_app.logger.exception("binding %s failed", binding_id)
        reason = str(error)
        begin_write()
        _locked(binding_id, lambda found: actions.fail(found, reason))
        return
    begin_write()

    def finish(found: Binding) -> None:
        owner = db.session.get(Enrollment, found.enrollment_id)
        assert owner is not None
        name = f"Practice manual, {book.practice}.pdf"
        actions.finish(
            found, files.keep(owner.user_id, digest, name, "application/pdf", len(data), now), pages, now
        )

    _locked(binding_id, finish)


def _locked(binding_id: int, change: Callable[[Binding], None]) -> None:
    found = db.session.get(Binding, binding_id, with_for_update={"of": Binding})
    if found and found.status == "waiting":  # another worker may have been faster
        change(found)
    db.session.commit()
