"""The floor: the least a signed-in page of Flask can do. A session cookie, the user behind it, one query, one template.

No forms, no roles, no headers, no menu: what the real pages cost above it is what they do. Measured beside them, in
the same process and the same minute, it says how fast this machine is just now.
"""

from __future__ import annotations

from flask import Flask, abort, render_template_string, session
from sqlalchemy import Engine, text

from app.lib.tokens import hash_token

USER = text(
    'SELECT u.id, u.name FROM sign_in JOIN "user" u ON u.id = sign_in.user_id '
    "WHERE token_hash = :hash AND revoked_at IS NULL"
)
ROWS = text(
    "SELECT id, number, words, status FROM submission WHERE cohort_id = 1 "
    "AND status IN ('waiting', 'in review') ORDER BY promised_at, id LIMIT 25"
)
PAGE = """<!doctype html><title>Waiting</title><h1>What waits for {{ user.name }}</h1>
<ol>{% for row in rows %}<li><b>Round {{ row.number }}</b> <span>{{ row.words }} words</span> <i>{{ row.status }}</i>
<a href="/rounds/{{ row.id }}">Start the review of round {{ row.id }}</a></li>{% endfor %}</ol>"""


def create_floor(engine: Engine) -> Flask:
    """The floor's app, on a database filled by `volume.fill`."""
    app = Flask(__name__)
    app.secret_key = "floor" * 10

    @app.get("/")
    def page() -> str:
        with engine.connect() as connection:
            user = connection.execute(USER, {"hash": hash_token(session["sign_in"])}).one_or_none()
            if user is None:
                abort(404)
            return render_template_string(PAGE, user=user, rows=connection.execute(ROWS).all())

    return app
