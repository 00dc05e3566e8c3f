"""Accepted systems bound into a practice manual."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.coursework.withheld import also_purge
    from app.files.jobs import also_needed
    from app.manual import actions, jobs, views  # noqa: F401 - importing it registers the jobs
    from app.manual.samples import digests

    app.register_blueprint(views.bp)
    also_needed("the files of the sample practice", digests)
    also_purge("bound manuals", actions.forget_bindings)
