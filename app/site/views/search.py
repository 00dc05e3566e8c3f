"""Search over lessons, terms and one's own work."""

from __future__ import annotations

from flask import render_template, request

from app.accounts.sessions import get_user
from app.cohorts import queries as cohorts
from app.lib import clock
from app.lib.access import open_to
from app.site import search
from app.site.views import bp


@bp.get("/search")
@open_to("participant")
def find() -> str:
    enrollment = cohorts.enrollment_for(get_user())
    kind = request.args.get("kind", "")
    found = search.find(
        enrollment, request.args.get("q", ""), kind if kind in search.KINDS else "", clock.now()
    )
    return render_template("site/search.html", found=found, most=search.MOST)
