"""Modules and lessons, as the cohort's release has them."""

from __future__ import annotations

from flask import Response, abort, render_template, url_for

from app.accounts.sessions import get_user
from app.cohorts import queries as cohorts
from app.cohorts import rules
from app.coursework import queries as coursework
from app.curriculum.markdown import with_build_links
from app.curriculum.schema import Module
from app.files.serving import published
from app.lib import clock
from app.lib.access import open_to
from app.lib.login import current_user
from app.site import queries
from app.site.views import bp


@bp.get("/modules")
@open_to("participant")
def modules() -> str:
    enrollment = cohorts.enrollment_for(get_user())
    program = cohorts.program(enrollment.cohort)
    chapters = queries.chapters_of(enrollment)
    pairs = list(zip(program.modules, chapters, strict=True))
    return render_template("site/modules.html", enrollment=enrollment, pairs=pairs, now=clock.now())


@bp.get("/modules/<slug>")
@open_to("participant")
def module(slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    found, now = _module(slug), clock.now()
    chapter = next(one for one in queries.chapters_of(enrollment) if one.slug == slug)
    return render_template(
        "site/module.html",
        enrollment=enrollment,
        module=found,
        chapter=chapter,
        is_open=chapter.is_open(now),
        may_work=rules.may_work(enrollment.status),
        hedges=cohorts.program(enrollment.cohort).hedges,
    )


@bp.get("/modules/<slug>/<lesson_slug>")
@open_to("participant")
def lesson(slug: str, lesson_slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    found = _module(slug)
    text = found.lesson(lesson_slug) or abort(404)
    dates = cohorts.dates_of(enrollment.cohort, found)
    if not dates.is_open(clock.now()):
        abort(404)
    system = coursework.system_of_module(enrollment.id, slug)
    base = (
        url_for("coursework.worksheet", system_id=system.id) if system else url_for("site.module", slug=slug)
    )
    return render_template(
        "site/lesson.html",
        module=found,
        lesson=text,
        html=with_build_links(text.html, lambda field_id: f"{base}#{field_id}" if system else base),
        before=_neighbor(found, text.number - 1),
        after=_neighbor(found, text.number + 1),
        hedge=cohorts.program(enrollment.cohort).hedges[0],
    )


@bp.get("/media/<sha256>/<name>")
@open_to("participant", "coach", "staff")
def media(sha256: str, name: str) -> Response:
    """A picture, a video, its captions, or a file to take along."""
    found = queries.media_for(get_user(), sha256, name, clock.now()) or abort(404)
    is_download = found.kind.what == "download"
    return published(found.sha256, found.name, found.content_type, as_attachment=is_download)


def _module(slug: str) -> Module:
    enrollment = cohorts.enrollment_for(current_user)
    return cohorts.program(enrollment.cohort).module(slug) or abort(404)


def _neighbor(module: Module, number: int) -> object:
    return next((one for one in module.lessons if one.number == number), None)
