"""The preview on an author's own machine: no database, no account, and nobody but this machine is answered."""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask, abort, redirect, request
from werkzeug.serving import BaseWSGIServer, make_server

from app.coursework.views.participant import is_calendar_day
from app.curriculum.queries import imprint_of
from app.curriculum.scalars import typed
from app.lib import web
from app.lib.access import check_every_view
from app.lib.imprint import Imprint
from app.lib.login import LoginManager
from app.site.preview import preview_of
from app.site.views.preview import blueprint
from config import ROOT

HOST = "127.0.0.1"
HOME = "/preview"


def preview_app(folder: Path) -> Flask:
    """A small application of its own that knows the folder and the templates, and nothing else."""
    app = Flask("app", static_folder=str(ROOT / "static"), template_folder="templates")
    app.config.update(
        CURRICULUM_DIR=folder,
        SECRET_KEY=secrets.token_urlsafe(48),
        TRUSTED_HOSTS=[HOST, "localhost"],
        BASE_URL=f"http://{HOST}",
        DEMO=False,
    )
    app.before_request(_only_this_machine)
    web.init_app(app)
    LoginManager(app).request_loader(lambda _request: None)  # everybody is nobody
    app.add_template_filter(typed, "typed_number")
    app.add_template_test(is_calendar_day, "calendar_day")
    app.jinja_env.globals["imprint"] = lambda: _imprint(folder)
    app.register_blueprint(blueprint("anyone"), url_prefix=HOME)
    check_every_view(app)
    return app


def _imprint(folder: Path) -> Imprint:
    """What the folder calls the site; while it has mistakes, nothing in particular."""
    program = preview_of(folder).program
    return imprint_of(program) if program else Imprint()


def server(folder: Path, port: int) -> BaseWSGIServer:
    """Listens on the loopback address alone; port 0 takes any that is free. OSError: the port is taken."""
    return make_server(HOST, port, preview_app(folder), threaded=True)


def _only_this_machine() -> Any:
    """Whoever comes from elsewhere, or under another name, gets nothing. The other pages' addresses lead home."""
    _ = request.host  # raises SecurityError for a name that is not this machine's
    if not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 - an address nobody has
        abort(403)
    return redirect(HOME) if request.path in ("/", "/dashboard") else None
