"""The staff's first page: the cohorts, their seats and what waits."""

from __future__ import annotations

from flask import render_template

from app.admissions import queries as admissions
from app.lib import clock
from app.lib.access import open_to
from app.site.views import bp


@bp.get("/staff")
@open_to("staff")
def staff() -> str:
    return render_template("site/staff.html", rows=admissions.cohort_overview(), now=clock.now())
