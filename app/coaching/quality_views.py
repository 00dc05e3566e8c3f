"""How promises are kept and where coaches agree."""

from __future__ import annotations

from flask import render_template, request

from app.accounts.sessions import get_user
from app.coaching.quality_queries import quality_of
from app.coaching.views import bp
from app.lib import clock
from app.lib.access import open_to


@bp.get("/coaching/quality")
@open_to("coach", "staff")
def quality() -> str:
    """All of it, or of one cohort by its slug in `cohort`."""
    now, user = clock.now(), get_user()
    found = quality_of(user, now, request.args.get("cohort", ""))
    return render_template("coaching/quality.html", quality=found, is_coach=user.is_coach, now=now)
