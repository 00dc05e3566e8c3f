"""Price, order, checkout, payment: the only room that talks to Stripe."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.payments import commands, discount_views, report_views, staff_views, views

    assert discount_views  # its pages are on the blueprint
    app.register_blueprint(views.bp)
    app.register_blueprint(staff_views.bp)
    app.register_blueprint(report_views.bp)
    app.cli.add_command(commands.reconcile)
