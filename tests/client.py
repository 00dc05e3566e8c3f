"""A test client that is a critic: every HTML page it fetches is checked for what no page may get wrong."""

from __future__ import annotations

import contextvars
import re
from typing import Any

import html5lib
from flask import session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from app.lib.database import db

# As in 'on “these words” :', from a line break in a template.
SPACED = re.compile(r"</\w+>\s+[:;,.](?=[\s<])")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Client(FlaskClient):
    """Follows no redirect by itself. `post` adds the CSRF token, as the form on the page would."""

    def __init__(self, app: Any) -> None:
        super().__init__(app, app.response_class)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        critical = kwargs.pop("critical", True)
        assert not (db.session.new or db.session.dirty or db.session.deleted), (
            "commit the test's own rows first"
        )
        db.session.rollback()  # what the test reads afterwards is what the request left
        # A context of its own, as in life: otherwise `g` and the session would live on from request to request.
        kwargs.setdefault("buffered", True)  # read to the end and closed, as a browser does
        response = contextvars.Context().run(super().open, *args, **kwargs)
        left = self.application.extensions.pop("left_unsaved", None)
        assert not left, f"{response.request.path} left unsaved changes: {left}"
        assert response.status_code < 500, response.get_data(as_text=True)[:2000]
        if critical and response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 308):
            criticize(response.get_data(as_text=True), str(response.request.path))
        return response

    def post(self, *args: Any, **kwargs: Any) -> TestResponse:
        data = kwargs.get("data")
        with_token = kwargs.pop("csrf", True)
        if with_token and "json" not in kwargs and not isinstance(data, bytes | str):
            kwargs["data"] = {**(data or {}), "csrf_token": self.csrf_token()}
        elif with_token and "json" in kwargs:
            kwargs["headers"] = {**kwargs.get("headers", {}), "X-CSRFToken": self.csrf_token()}
        return super().post(*args, **kwargs)

    def csrf_token(self) -> str:
        """A valid token for this browser's session."""
        return contextvars.Context().run(self._make_token)

    def _make_token(self) -> str:
        with self.application.test_request_context():
            with self.session_transaction() as kept:
                session.update(kept)
                token: str = generate_csrf()
                kept.update(session)
            return token


def criticize(html: str, path: str) -> None:
    """Raise AssertionError for what no page of ours may contain, or may be without."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    wrong = [str(error) for error in parser.errors]
    assert not wrong, f"{path}: not valid HTML: {wrong[:3]}"
    spaced = [html[max(0, one.start() - 60) : one.end()] for one in SPACED.finditer(html)]
    assert not spaced, f"{path}: a space before a punctuation mark: {spaced[:3]}"
    headings = tree.findall(".//h1")
    assert len(headings) == 1, f"{path}: {len(headings)} h1 headings, one is right"
    title = tree.findtext(".//title") or ""
    assert title.strip(), f"{path}: no title"
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not twice, f"{path}: ids used twice: {twice}"
    _no_inline(tree, path)
    _forms(tree, path, set(ids))
    for image in tree.iter("img"):
        assert image.get("alt") is not None, f"{path}: an image without alt"


def _no_inline(tree: Any, path: str) -> None:
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        assert node.tag != "style", f"{path}: a style block; the content policy forbids it"
        assert node.tag != "script" or node.get("src") or node.get("type") == "application/json", (
            f"{path}: inline script"
        )
        for name in node.attrib:
            assert name != "style" and not name.startswith("on"), f"{path}: inline {name} on <{node.tag}>"


def _forms(tree: Any, path: str, ids: set[str]) -> None:
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() == "post":
            names = [node.get("name") for node in form.iter("input")]
            assert "csrf_token" in names, f"{path}: the form to {form.get('action')!r} has no CSRF field"
    labelled = {node.get("for") for node in tree.iter("label")}
    inside = {id(child) for label in tree.iter("label") for child in label.iter()}
    for kind in ("input", "textarea", "select"):
        for node in tree.iter(kind):
            if node.get("type") in ("hidden", "submit", "button"):
                continue
            named = node.get("aria-label") or node.get("aria-labelledby") or node.get("id") in labelled
            assert named or id(node) in inside, f"{path}: <{kind} name={node.get('name')!r}> has no label"
