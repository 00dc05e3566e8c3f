"""Modules and lessons, as the cohort's release has them, with what their reader keeps of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from flask import Response, abort, jsonify, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.cohorts import queries as cohorts
from app.cohorts import rules
from app.cohorts.models import Enrollment
from app.coursework import exemplars, forms, frozen, lessons
from app.coursework import queries as coursework
from app.coursework.models import Reflection
from app.curriculum.schema import Lesson, Module
from app.files.serving import published
from app.lib import clock, merging, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import wants_json
from app.site import queries, reading
from app.site.views import bp


@bp.get("/modules")
@open_to("participant")
def modules() -> str:
    enrollment = cohorts.enrollment_for(get_user())
    program = cohorts.program(enrollment.cohort)
    read = lessons.read_at(enrollment)
    rows = [
        (module, chapter, reading.progress(module.lessons, _read_in(module, read)))
        for module, chapter in zip(program.modules, queries.chapters_of(enrollment), strict=True)
    ]
    return render_template(
        "site/modules.html", enrollment=enrollment, program=program, rows=rows, now=clock.now()
    )


@bp.get("/modules/<slug>")
@open_to("participant")
def module(slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    program, now = cohorts.program(enrollment.cohort), clock.now()
    found = program.module(slug) or abort(404)
    chapters = {one.slug: one for one in queries.chapters_of(enrollment)}
    read = _read_in(found, lessons.read_at(enrollment))
    return render_template(
        "site/module.html",
        enrollment=enrollment,
        program=program,
        module=found,
        chapter=chapters[slug],
        builds_on=[chapters[one.slug] for one in program.builds_on(found)],
        pairs_with=[chapters[one.slug] for one in program.pairs_of(found)],
        is_open=chapters[slug].is_open(now),
        may_work=rules.may_work(enrollment.status),
        read=read,
        progress=reading.progress(found.lessons, read),
        examples=exemplars.shown_ids(found.worksheet.key) if found.worksheet else [],
    )


# --- a lesson -----------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A lesson that its reader may open now."""

    enrollment: Enrollment
    module: Module
    lesson: Lesson

    @property
    def slugs(self) -> tuple[str, str]:
        return self.module.slug, self.lesson.slug

    def address(self, anchor: str | None = None) -> str:
        module, lesson = self.slugs
        return url_for("site.lesson", slug=module, lesson_slug=lesson, _anchor=anchor)


@bp.get("/modules/<slug>/<lesson_slug>")
@open_to("participant")
def lesson(slug: str, lesson_slug: str) -> str:
    return _lesson_page(_place(slug, lesson_slug))


def _place(slug: str, lesson_slug: str) -> Place:
    enrollment = cohorts.enrollment_for(get_user())
    found = cohorts.program(enrollment.cohort).module(slug) or abort(404)
    text = found.lesson(lesson_slug) or abort(404)
    if not cohorts.dates_for(enrollment, found).is_open(clock.now()):
        abort(404)
    return Place(enrollment, found, text)


def _lesson_page(place: Place, typed: reading.Typed | None = None) -> str:
    enrollment, found, text = place
    system = coursework.system_of_module(enrollment.id, found.slug)
    base = (
        url_for("coursework.worksheet", system_id=system.id)
        if system
        else url_for("site.module", slug=found.slug)
    )
    kept = lessons.notes_of(enrollment, *place.slugs)
    read = lessons.read_at(enrollment)
    return render_template(
        "site/lesson.html",
        program=cohorts.program(enrollment.cohort),
        module=found,
        lesson=text,
        parts=list(
            reading.parts(text, kept, typed, clock.now(), lambda one: f"{base}#{one}" if system else base)
        ),
        read=_read_in(found, read),
        read_at=read.get(place.slugs),
        before=_neighbor(found, text.number - 1),
        after=_neighbor(found, text.number + 1),
    )


@bp.get("/modules/<slug>/samples/<sample_slug>")
@open_to("participant")
def sample(slug: str, sample_slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    found = cohorts.program(enrollment.cohort).module(slug) or abort(404)
    one = found.sample(sample_slug) or abort(404)
    if found.worksheet is None or not cohorts.dates_for(enrollment, found).is_open(clock.now()):
        abort(404)
    return render_template(
        "site/sample.html", module=found, sample=one, fields=frozen.sample_fields(found.worksheet, one)
    )


@bp.post("/modules/<slug>/<lesson_slug>/read")
@open_to("participant")
def mark_lesson(slug: str, lesson_slug: str) -> Any:
    """Mark the lesson as read; with `read=no`, as unread. The system does not change."""
    place = _place(slug, lesson_slug)
    begin_write()
    if request.form.get("read") == "no":
        lessons.mark_unread(place.enrollment, *place.slugs)
    else:
        lessons.mark_read(place.enrollment, *place.slugs, clock.now())
    db.session.commit()
    return redirect(place.address("read"), 303)


# --- private notes --------------------------------------------------------------------------------------------------


@bp.post("/modules/<slug>/<lesson_slug>/notes/<key>")
@open_to("participant")
def save_note(slug: str, lesson_slug: str, key: str) -> Any:
    """Keep a private note: from its Save button (303 back) or by itself (JSON)."""
    place, now = _place(slug, lesson_slug), clock.now()
    begin_write()
    lessons.lock(place.enrollment)
    note = _note(place, key)
    merged = _merged(note)
    try:
        lessons.save_note(note, merged, now)
    except Refused as refusal:
        db.session.rollback()
        if wants_json():
            return jsonify(error=refusal.sentence), 422
        typed = reading.Typed(key, merged.mine[lessons.TEXT], refusal.sentence)
        return _lesson_page(place, typed), 422
    version, saved_at = note.version, note.saved_at or now
    db.session.commit()
    if wants_json():
        return _saved(merged, version, times.saved_words(saved_at, now))
    if merged.conflicts:
        typed = reading.Typed(key, merged.mine[lessons.TEXT], conflicts=True)
        return _lesson_page(place, typed), 409
    return redirect(place.address(f"note-{key}"), 303)


def _note(place: Place, key: str) -> Reflection:
    """The note to this question, begun or not; 404 for a question nobody asked."""
    kept = lessons.notes_of(place.enrollment, *place.slugs).get(key)
    if kept:
        return kept
    question = next((one.text for one in place.lesson.questions if one.key == key), None) or abort(404)
    return lessons.new_note(place.enrollment, *place.slugs, key, question)


def _merged(note: Reflection) -> merging.Merge:
    """The form of this request put into what is kept now; `keep` is 'theirs' or 'both' when both were shown."""
    decision = request.form.get("keep", "")
    return forms.merge(
        {lessons.TEXT: note.text},
        {lessons.TEXT: forms.clean_text(request.form.get(lessons.TEXT, ""))},
        merging.read_marks(request.form),
        is_current=merging.read_int(request.form, "version") == note.version,
        keep={lessons.TEXT: decision if decision in ("theirs", "both") else "mine"},
    )


def _saved(merged: merging.Merge, version: int, saved: str) -> Any:
    """What the page needs after a save that it made by itself."""
    answer = {
        "version": version,
        "saved_at": saved,
        "was": merging.marks(merged.entries, merged.same),
        "elsewhere": merged.elsewhere,
        "conflicts": merged.conflicts,
        "digest": merging.received(request.form),
    }
    return jsonify(answer), 409 if merged.conflicts else 200


# --- files ----------------------------------------------------------------------------------------------------------


@bp.get("/media/<sha256>/<name>")
@open_to("participant", "coach", "staff")
def media(sha256: str, name: str) -> Response:
    """A picture, a video, its captions, or a file to take along."""
    found = queries.media_for(get_user(), sha256, name, clock.now()) or abort(404)
    is_download = found.kind.what == "download"
    return published(found.sha256, found.name, found.content_type, as_attachment=is_download)


def _read_in(module: Module, read: Collection[tuple[str, str]]) -> set[str]:
    """The slugs of this module's lessons that are marked as read."""
    return {lesson_slug for module_slug, lesson_slug in read if module_slug == module.slug}


def _neighbor(module: Module, number: int) -> object:
    return next((one for one in module.lessons if one.number == number), None)
