"""Nets one and two of access: no view without a role, no object without an owner."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Blueprint

from app import create_app
from app.lib.access import UndeclaredView, check_every_view, open_to
from config import ROOT
from tests.settings import settings_for

VIEWS = sorted({*(ROOT / "app").glob("*/views.py"), *(ROOT / "app").glob("*/views/*.py")})

# Objects that a view may load by their id alone, and why. Everything else comes through `<noun>_for(user, id)`.
BY_ID = {
    ("admissions/views/checkout.py", "_seat_the_payer", "Order"): "the id is from `session_for(user, …)`",
    ("admissions/views/claims.py", "_settle", "Order"): "the id is of the order behind the secret link",
    (
        "coursework/views/coach.py",
        "_leased",
        "User",
    ): "the id is the holder of a lease on a round the coach may see",
    ("mail/views.py", "message", "Message"): "the development mailbox shows everybody's mail; the demo only",
    ("mail/views.py", "body", "Message"): "the same",
}
LOADERS = {"get", "get_one", "get_or_404", "one_or_404", "first_or_404"}


@pytest.fixture
def another_room(monkeypatch, tmp_path):
    """`start(view)` starts an application to which somebody has added this view."""

    def start(view):
        room = Blueprint("shed", __name__)
        room.get("/shed")(view)
        monkeypatch.setattr("app.audit.init_app", lambda app: app.register_blueprint(room), raising=False)
        return create_app(settings_for(f"sqlite:///{tmp_path}/x.db", tmp_path))

    return start


def test_a_view_without_a_role_stops_the_start_and_is_named(another_room):
    def tools():
        return "open to whom?"

    with pytest.raises(UndeclaredView, match=r"shed\.tools: add @open_to.*test_access_net\.tools"):
        another_room(tools)


def test_a_role_nobody_registered_stops_the_start_and_is_named(another_room):
    @open_to("gardener")
    def tools():
        return "open to gardeners"

    with pytest.raises(UndeclaredView, match=r"shed\.tools: nobody registered the role 'gardener'"):
        another_room(tools)


def test_a_view_with_a_role_starts(another_room):
    @open_to("anyone")
    def tools():
        return "open"

    assert another_room(tools).test_client().get("/shed").status_code == 200


def test_every_view_of_ours_passes_the_net(app):
    check_every_view(app)


def test_the_development_pages_exist_in_the_demo_only(tmp_path):
    settings = settings_for(f"sqlite:///{tmp_path}/x.db", tmp_path, DEMO=False)
    app = create_app(settings)
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("mail.")]
    for address in ("/dev/mail", "/dev/mail/1", "/dev/mail/1/html", "/dev/styles"):
        assert app.test_client().get(address).status_code == 404


def loads_by_id(path: Path) -> set[tuple[str, str, str]]:
    """(file, function, model) for each `session.get(Model, …)` and the like in a file of views."""
    found = set()
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LOADERS
                and ast.unparse(node.func.value).endswith(("session", "query", "db"))
                and node.args
            ):
                name = path.relative_to(ROOT / "app").as_posix()
                found.add((name, function.name, ast.unparse(node.args[0])))
    return found


def test_views_load_nothing_by_its_id_alone():
    found = set().union(*(loads_by_id(path) for path in VIEWS))
    flask_session = {one for one in found if one[2].startswith(("'", '"')) or one[2].isupper()}
    new = found - flask_session - set(BY_ID)
    assert not new, f"load it with <noun>_for(user, id), or say in BY_ID why its id is enough: {sorted(new)}"
    assert not set(BY_ID) - found, f"not there any more; remove from BY_ID: {sorted(set(BY_ID) - found)}"


def test_views_do_not_query_what_somebody_owns():
    """A `select(Model)` in a view is a query without its owner; queries live in queries.py."""
    owned = {"System", "Draft", "Submission", "Review", "Comment", "Order", "Payment", "Application", "Offer",
             "Enrollment", "Assessment", "Binding", "StoredFile", "SignIn", "MailedLink"}  # fmt: skip
    for path in VIEWS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("select", "db.select"):
                models = {ast.unparse(one).split(".")[0] for one in node.args}
                assert not models & owned, f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
