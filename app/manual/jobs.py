"""Manuals and samples as files: noticed from below's rows, made outside any transaction, stored, then written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import current_app

from app.cohorts.models import Enrollment
from app.curriculum.queries import newest_release
from app.files import actions as files
from app.files import storage
from app.files.models import StoredFile
from app.lib import pdf
from app.lib.database import begin_write, db
from app.lib.jobs import job, nudge
from app.manual import actions, export, queries, samples
from app.manual.actions import Made
from app.manual.book import Book
from app.manual.export import PDF, TYPES, WORD, Export
from app.manual.models import Binding

BATCH = 20
SAMPLES = 16  # files of the sample practice in one go: some seconds, then others may have the worker


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
    """Bind one manual as PDF and for Word; a failure is kept with its reason and shown to its owner."""
    binding = db.session.get(Binding, binding_id)
    enrollment = db.session.get(Enrollment, binding.enrollment_id) if binding else None
    if binding is None or enrollment is None:
        return
    book, owner_id = queries.book_of(enrollment), enrollment.user_id
    db.session.rollback()  # typesetting takes seconds: no transaction stays open meanwhile
    paper, paper_error = _attempt(lambda: export.manual(book, PDF))
    word, word_error = _attempt(lambda: export.manual(book, WORD))
    begin_write()
    found = db.session.get(Binding, binding_id, with_for_update={"of": Binding})
    if found and found.status == "waiting":  # another worker may have been faster
        found.file = _kept(paper, PDF, owner_id, book, now)
        found.pages = paper.pages if paper else None
        found.word_file = _kept(word, WORD, owner_id, book, now)
        actions.finish(found, book.mark, f"{paper_error} {word_error}".strip(), now)
    db.session.commit()


@job("make-samples", minutes=1)
def make_samples(now: datetime) -> None:
    """The files of the sample practice that the newest release lacks. Safe to run twice."""
    release = newest_release()
    if release is None:
        return
    book, made = samples.book_of(*release), samples.made(release[0])
    db.session.rollback()
    kinds = [PDF, WORD] if pdf.is_possible() else [WORD]
    lacking = [
        (chapter, document, kind)
        for chapter in book.bound
        for document in chapter.documents
        for kind in kinds
        if (chapter.slug, document.slug, kind) not in made
    ]
    for chapter, document, kind in lacking[:SAMPLES]:
        file, _error = _attempt(lambda: export.document(book, chapter, document, kind))  # noqa: B023 - called at once
        begin_write()
        actions.keep_sample(release[0], chapter.slug, document.slug, kind, file, now)
        if lacking[SAMPLES:]:
            nudge("make-samples")
        db.session.commit()


def _attempt(make: Callable[[], Export]) -> tuple[Made | None, str]:
    """What was made, stored; or nothing, and why."""
    try:
        file = make()
        return Made(storage.put(file.data), len(file.data), file.pages), ""
    except Exception as error:
        current_app.logger.exception("a file could not be made")
        return None, str(error)


def _kept(made: Made | None, kind: str, owner_id: int, book: Book, now: datetime) -> StoredFile | None:
    if made is None:
        return None
    name = export.name_of(book, "Practice manual", kind)
    return files.keep(owner_id, made.digest, name, TYPES[kind], made.size, now)
