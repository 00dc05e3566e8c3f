"""Modules and lessons, as the cohort's release has them."""

from __future__ import annotations

from flask import abort, render_template, url_for

from app.accounts.sessions import get_user
from app.cohorts import queries as cohorts
from app.cohorts import rules
from app.coursework import frozen
from app.coursework import queries as coursework
from app.curriculum.markdown import with_build_links
from app.curriculum.schema import Module
from app.lib import clock
from app.lib.access import open_to
from app.site import queries
from app.site.views import bp


@bp.get("/modules")
@open_to("participant")
def modules() -> str:
    enrollment = cohorts.enrollment_for(get_user())
    program = cohorts.program(enrollment.cohort)
    chapters = queries.chapters_of(enrollment)
    pairs = list(zip(program.modules, chapters, strict=True))
    return render_template(
        "site/modules.html", enrollment=enrollment, program=program, pairs=pairs, now=clock.now()
    )


@bp.get("/modules/<slug>")
@open_to("participant")
def module(slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    program, now = cohorts.program(enrollment.cohort), clock.now()
    found = program.module(slug) or abort(404)
    chapters = {one.slug: one for one in queries.chapters_of(enrollment)}
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
    )


@bp.get("/modules/<slug>/<lesson_slug>")
@open_to("participant")
def lesson(slug: str, lesson_slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    program = cohorts.program(enrollment.cohort)
    found = program.module(slug) or abort(404)
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
        program=program,
        module=found,
        lesson=text,
        html=with_build_links(text.html, lambda field_id: f"{base}#{field_id}" if system else base),
        before=_neighbor(found, text.number - 1),
        after=_neighbor(found, text.number + 1),
    )


@bp.get("/modules/<slug>/samples/<sample_slug>")
@open_to("participant")
def sample(slug: str, sample_slug: str) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    found = cohorts.program(enrollment.cohort).module(slug) or abort(404)
    one = found.sample(sample_slug) or abort(404)
    if found.worksheet is None or not cohorts.dates_of(enrollment.cohort, found).is_open(clock.now()):
        abort(404)
    return render_template(
        "site/sample.html", module=found, sample=one, fields=frozen.sample_fields(found.worksheet, one)
    )


def _neighbor(module: Module, number: int) -> object:
    return next((one for one in module.lessons if one.number == number), None)
