from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.models import SecondFactor, SignIn, User
from app.lib.database import db
from app.mail.models import Message
from tests.rooms.accounts.phone import CORA, asked, give_password, give_phone, is_in, sign_in_by_password


@pytest.mark.parametrize(
    ("who", "demo", "has_phone", "goes_to"),
    [
        ("ana", False, False, "/dashboard"),
        ("ana", False, True, "/sign-in/code"),
        ("cora", False, False, "/sign-in/second-factor"),
        ("cora", False, True, "/sign-in/code"),
        ("sam", False, False, "/sign-in/second-factor"),
        ("sam", False, True, "/sign-in/code"),
        ("ana", True, True, "/sign-in/code"),
        ("cora", True, False, "/dashboard"),
        ("cora", True, True, "/sign-in/code"),
        ("sam", True, False, "/dashboard"),
    ],
)
def test_who_is_asked_for_what(app, client, cast, clock, who, demo, has_phone, goes_to):
    user_id = getattr(cast, who)
    give_password(user_id)
    if has_phone:
        give_phone(user_id, clock)
    app.config["DEMO"] = demo
    try:
        answer = sign_in_by_password(client, f"{who}@example.com")
        while answer.location and answer.location.startswith("/sign-in"):
            where = answer.location
            answer = client.get(where)
        assert (answer.location if answer.status_code == 303 else where) == goes_to
        assert is_in(client) == (goes_to == "/dashboard")
    finally:
        app.config["DEMO"] = True


def test_a_mailed_link_and_a_new_password_do_not_skip_it(client, phone):
    for page, more in (("/sign-in/link", {}), ("/reset-password", {"password": "a sentence I can keep"})):
        client.post(page, data={"email": CORA})
        text = db.session.scalar(select(Message.text).order_by(Message.id.desc()))
        path = re.search(r"http://localhost:\d+(/\S+)", text).group(1)
        assert client.post(path, data=more).location == "/sign-in/code"
        assert not is_in(client)


def test_who_becomes_a_coach_is_asked_at_the_next_click(sign_in, cast, production, write):
    browser = sign_in(cast.ana)
    assert is_in(browser)
    with write():
        db.session.get(User, cast.ana).is_coach = True
    assert browser.get("/account").location == "/sign-in/code?next=/account"
    assert browser.get("/sign-in/code?next=/account").location == "/sign-in/second-factor?next=/account"


def _doors(app):
    """Every address that is not open to anyone, with some id or word in each gap."""
    for rule in app.url_map.iter_rules():
        roles = getattr(app.view_functions[rule.endpoint], "open_to", ("anyone",))
        if "anyone" not in roles:
            path = re.sub(r"<id:\w+>|<int:\w+>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule))
            yield from (
                (method, re.sub(r"<[^>]+>", "x", path)) for method in sorted(rule.methods & {"GET", "POST"})
            )


@pytest.mark.parametrize("set_up", [True, False])
def test_a_pending_sign_in_opens_nothing(app, client, cast, production, clock, set_up):
    give_password(cast.sam)
    if set_up:
        give_phone(cast.sam, clock)
    sign_in_by_password(client, "sam@example.com")
    doors = list(_doors(app))
    assert len(doors) > 15
    for method, path in doors:
        answer = client.get(path) if method == "GET" else client.post(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in/code"), (method, path)


def test_a_pending_sign_in_is_nobody_on_public_pages_and_401_for_programs(client, phone):
    asked(client)
    assert client.get("/sign-in").location == "/sign-in/code"
    answer = client.get("/account", headers={"Accept": "application/json"})
    assert (answer.status_code, "Sign in again" in answer.json["error"]) == (401, True)


def test_a_pending_sign_in_with_a_phone_cannot_set_up_another_one(client, phone):
    asked(client)
    assert client.get("/sign-in/second-factor").location == "/sign-in/code"
    assert client.post("/sign-in/second-factor", data={"code": phone.code()}).location == "/sign-in/code"
    assert db.session.scalar(select(SecondFactor.secret)) == phone.secret


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/second-factor"])
def test_nobody_is_sent_to_sign_in(client, cast, path):
    assert client.get(path).location == "/sign-in"
    assert client.post(path, data={"code": "123456"}).location == "/sign-in"


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/second-factor"])
def test_who_is_in_without_a_second_factor_goes_on(sign_in, cast, path):
    assert sign_in(cast.ana).get(f"{path}?next=/account").location == "/account"


def test_a_pending_sign_in_is_over_after_half_an_hour(client, phone, clock):
    asked(client)
    clock.move(minutes=31)
    assert client.post("/sign-in/code", data={"code": phone.code()}).location == "/sign-in"


def test_somebody_else_can_sign_in_instead(client, phone):
    asked(client)
    assert "Sign in as somebody else" in client.get("/sign-in/code").text
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/sign-in").status_code == 200
    assert db.session.scalar(select(SignIn.revoked_at)) is not None
