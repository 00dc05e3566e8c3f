"""An accepted round of another participant, shown with consent and without names."""

from __future__ import annotations

from flask import abort, render_template

from app.accounts.sessions import get_user
from app.cohorts import queries as cohorts
from app.coursework import exemplars
from app.lib import clock
from app.lib.access import open_to
from app.site.views import bp


@bp.get("/modules/<slug>/examples/<id:exemplar_id>")
@open_to("participant")
def example(slug: str, exemplar_id: int) -> str:
    enrollment = cohorts.enrollment_for(get_user())
    found = cohorts.program(enrollment.cohort).module(slug) or abort(404)
    if found.worksheet is None or not cohorts.dates_of(enrollment.cohort, found).is_open(clock.now()):
        abort(404)
    one = exemplars.shown_one(found.worksheet.key, exemplar_id)
    return render_template("site/example.html", module=found, fields=exemplars.fields_of(one), number=one.id)
