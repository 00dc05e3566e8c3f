"""Who answers: the signed-in person, or the browser that holds the secret of a set nobody has an account for.

The secret lies in a cookie of its own, not in the session: it must outlive the day, and signing in must not lose it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, current_app, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.accounts.throttle import allow
from app.assessment import rules
from app.assessment.models import Assessment
from app.lib.login import current_user

COOKIE, PATH = "assessment", "/assessment"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOO_OFTEN = (
    "That was tried too often from here. Please wait an hour and try again; what you answered is kept."
)


def person() -> User | None:
    return get_user() if current_user.is_authenticated else None


def token() -> str | None:
    """The secret this browser holds."""
    return request.cookies.get(COOKIE)


def allowed(now: datetime, *limits: tuple[str, int, timedelta]) -> bool:
    """Count this try, in the caller's writing transaction, which commits even when the answer is no."""
    answers = [allow(key, limit, per, now) for key, limit, per in limits]  # each is counted
    return all(answers)


def hold(response: Response, secret: str) -> Response:
    """Let this browser go on with the set behind the secret for as long as an unfinished one is kept."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=rules.KEPT_UNFINISHED,
        path=PATH,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def let_go(response: Response) -> Response:
    response.delete_cookie(COOKIE, path=PATH)
    return response


def result_address(row: Assessment) -> str:
    """Where the person that answers finds the result."""
    if row.user_id is not None:
        return url_for("assessment.own_result", assessment_id=row.id)
    return url_for("assessment.result", token=token())
