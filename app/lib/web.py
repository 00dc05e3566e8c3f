"""What every answer carries and every template may use: headers, asset addresses, filters, error pages."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, jsonify, render_template, request, url_for
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from jinja2 import Template
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter

from app.lib import times, words
from app.lib.database import db
from app.lib.imprint import imprint
from app.lib.login import current_user
from app.lib.money import money
from app.lib.refusal import Refused

csrf = CSRFProtect()

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class BoundedId(IntegerConverter):
    """An integer id that fits a database column: `<id:system_id>`. Larger numbers are 404, not an overflow."""

    regex = "[0-9]{1,10}"  # not every digit of every script: one thing has one address

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=2**31 - 1)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = BoundedId
    app.before_request(_name_request)  # before the CSRF check: what that refuses has a name too
    csrf.init_app(app)
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Exception, _broken)
    for function in (times.moment, times.day, times.day_year, times.long_date, times.clock_time, money):
        app.template_filter()(function)
    app.template_filter()(words.in_words)
    app.template_filter()(words.begin_sentence)
    app.template_filter()(words.mid_sentence)
    times.show_in(lambda: getattr(current_user, "time_zone", None) or imprint().time_zone)
    app.jinja_env.globals.update(asset=asset, imprint=imprint)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"demo": app.config["DEMO"]})


def asset(path: str) -> str:
    """The address of a static file with its content in the query, so it may be cached for a year."""
    return url_for(
        "static", filename=path, v=_digest(Path(current_app.static_folder or ""), path, current_app.debug)
    )


@lru_cache(maxsize=512)
def _digest(folder: Path, path: str, _debug: bool) -> str:
    file = folder / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "missing"


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _name_request() -> None:
    g.request_id = secrets.token_hex(6)
    if "\0" in request.path:  # no page has such an address, and PostgreSQL refuses to look it up
        abort(404)


def _policy() -> str:
    pay = " https://checkout.stripe.com https://billing.stripe.com"
    stand_in = current_app.config.get("STRIPE_API_BASE", "")
    if stand_in:
        pay += f" {stand_in}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; "
        f"connect-src 'self'; form-action 'self'{pay}; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "object-src 'none'; manifest-src 'self'"
    )


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy())
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    if current_app.config["BASE_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static" and response.status_code < 400:
        if request.args.get("v"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif response.cache_control.immutable:
        pass  # its address names its content: the view has said who may keep it
    elif current_user.is_authenticated or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _refused(error: Refused) -> tuple[Any, int]:
    """A refusal that no view caught: say it on a page of its own, and keep nothing of what was begun."""
    db.session.rollback()
    return _error_page(409, "That did not work", error.sentence)


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):  # a host that is not ours: a page could not even draw its links
        return Response("This site does not answer under that name.\n", 400, mimetype="text/plain")
    if isinstance(error, CSRFError):
        sentence = (
            "This page was open for so long, or in so many tabs, that we could not be sure the form came from you. "
            "Go back, reload the page and send it again; what you typed is still in the form."
        )
        return _error_page(400, "Please send that once more", sentence)
    if error.code == 413:
        return _error_page(413, error.name, "That is too large to send in one go. Nothing was stored.")
    return _error_page(error.code, error.name, error.description or "")


def _broken(error: Exception) -> Any:
    db.session.rollback()
    if current_app.testing and current_app.config.get("PROPAGATE", True):
        raise error
    current_app.logger.error("request %s failed", g.get("request_id", "?"), exc_info=error)
    return _error_page(
        500, "Something broke on our side", "Nothing you sent was half saved. Please try again."
    )


def _error_page(code: int, title: str, sentence: str) -> tuple[Any, int]:
    if wants_json():
        return jsonify(error=sentence, code=code), code
    names: list[str | Template] = [f"errors/{code}.html", "errors/any.html"]
    page = render_template(
        names, code=code, title=title, sentence=sentence, request_id=g.get("request_id", "")
    )
    return page, code


def say(sentence: str, kind: str = "done") -> None:
    """Show a sentence on the next page: kind 'done', 'note' or 'problem'."""
    flash(sentence, kind)
