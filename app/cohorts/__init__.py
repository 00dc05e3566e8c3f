"""One dated run of the program: schedule, calls, coaches, enrollments."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.cohorts import onboarding_jobs, queries  # noqa: F401 - importing jobs registers them
    from app.lib.access import register_role
    from app.lib.login import current_user

    register_role("participant", lambda: queries.current_enrollment(current_user) is not None)
