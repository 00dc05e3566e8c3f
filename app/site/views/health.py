"""Is the process alive; may it get traffic; and, in the demo, all parts of the look on one page."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, jsonify, render_template
from sqlalchemy import text

from app.lib.access import open_to
from app.lib.database import db
from app.site.views import bp


@bp.get("/healthz")
@open_to("anyone")
def alive() -> Any:
    return jsonify(status="alive")


@bp.get("/readyz")
@open_to("anyone")
def ready() -> Any:
    """200 when the database answers and a release is published; 503 with the reason otherwise."""
    try:
        releases = db.session.scalar(text("SELECT count(*) FROM release"))
    except Exception:
        current_app.logger.exception("not ready")
        return jsonify(status="not ready", reason="the database does not answer"), 503
    if not releases:
        return jsonify(status="not ready", reason="no curriculum is published"), 503
    return jsonify(status="ready")


@bp.get("/dev/styles")
@open_to("anyone")
def styles() -> str:
    if not current_app.config["DEMO"]:
        abort(404)
    return render_template("styles.html")
