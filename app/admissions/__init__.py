"""The way in: applications, offers, seats."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.accounts.carried import carry
    from app.admissions import (  # noqa: F401  (importing jobs registers them)
        cancelling_jobs,
        draft_jobs,
        jobs,
        lead_jobs,
        left_checkout,
        views,
    )
    from app.lib.merging import OWN

    carry("admissions.save_draft", (*OWN, "asked", "save"))
    app.register_blueprint(views.bp)
    app.register_blueprint(views.leads.bp)
    app.register_blueprint(views.employers.bp)
    app.register_blueprint(views.claims.bp)
