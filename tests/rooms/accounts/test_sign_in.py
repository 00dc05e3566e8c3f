from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from app.accounts import messages, passwords
from app.accounts.models import MailedLink, SignIn, Throttle, User
from app.lib.database import db
from app.mail.models import Message
from tests.client import Client

PASSWORD = "correct horse battery"


@pytest.fixture
def ana(write, cast):
    with write():
        db.session.get(User, cast.ana).password_hash = passwords.hash_password(PASSWORD)
    return cast.ana


def _sign_in(client, password=PASSWORD, email="ana@example.com", **more):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def _link() -> str:
    text = db.session.scalar(select(Message.text).order_by(Message.id.desc()))
    db.session.rollback()
    return re.search(r"http://localhost:\d+(/\S+)", text).group(1)


def test_a_password_signs_in(client, ana):
    answer = _sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/dashboard")
    assert client.get("/account").status_code == 200


def test_one_lands_where_one_wanted_to_go(client, ana):
    assert client.get("/account").location == "/sign-in?next=/account"
    assert _sign_in(client, next="/account").location == "/account"
    assert _sign_in(client, next="//evil.example/").location == "/dashboard"


@pytest.mark.parametrize(
    ("email", "password"), [("ana@example.com", "wrong"), ("nobody@example.com", PASSWORD)]
)
def test_known_and_unknown_addresses_get_the_same_words(client, ana, email, password):
    answer = _sign_in(client, password, email)
    assert answer.status_code == 422
    assert "That email and password do not go together." in answer.text
    assert email in answer.text  # what was typed is kept


def test_unknown_addresses_cost_a_hash_too(client, ana, monkeypatch):
    seen = []
    monkeypatch.setattr(passwords, "verify", lambda kept, given: seen.append(kept) or False)
    _sign_in(client, email="nobody@example.com")
    _sign_in(client)
    assert len(seen) == 2


def test_guessing_is_throttled_in_the_database_and_time_heals(client, ana, clock):
    codes = [_sign_in(client, "wrong").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert _sign_in(client).status_code == 429  # the right one as well
    assert db.session.scalar(select(func.count()).select_from(Throttle)) == 2
    clock.move(minutes=16)
    assert _sign_in(client).status_code == 303


def test_a_suspended_account_gets_the_same_words(client, ana, write, clock):
    with write():
        db.session.get(User, ana).suspended_at = clock.now
    assert "do not go together" in _sign_in(client).text


def test_signing_out_really_ends_the_session(app, client, ana):
    _sign_in(client)
    stolen = client.get_cookie("session").value
    assert client.post("/sign-out").status_code == 303
    thief = Client(app)
    thief.set_cookie("session", stolen)
    assert thief.get("/account").status_code == 303


def test_suspension_ends_a_session_at_once(sign_in, cast, write, clock):
    browser = sign_in(cast.ana)
    assert browser.get("/account").status_code == 200
    with write():
        db.session.get(User, cast.ana).suspended_at = clock.now
    assert browser.get("/account").status_code == 303


def test_a_session_ends_by_itself_and_sooner_for_those_who_see_others_work(client, ana, cast, clock, write):
    _sign_in(client)
    clock.move(days=29)
    assert client.get("/account").status_code == 200
    clock.move(days=2)
    assert client.get("/account").status_code == 303
    with write():
        db.session.get(User, cast.ana).is_coach = True
    _sign_in(client)
    clock.move(hours=13)
    assert client.get("/account").status_code == 303


def test_a_mailed_link_signs_in_once(client, cast):
    answer = client.post("/sign-in/link", data={"email": " Ana@Example.com "})
    assert "Look in your mail" in answer.text
    path = _link()
    assert client.get(path).status_code == 200  # a mail scanner opens it
    assert client.get(path).status_code == 200
    assert client.post(path).location == "/dashboard"
    assert client.get("/account").status_code == 200
    assert client.post(path).status_code == 410
    assert db.session.get(User, cast.ana).confirmed_at is not None


def test_a_link_keeps_where_one_wanted_to_go(client, cast):
    client.post("/sign-in/link", data={"email": "ana@example.com", "next": "/payments"})
    assert client.post(_link()).location == "/payments"


def test_a_link_is_over_after_a_quarter_of_an_hour(client, cast, clock):
    client.post("/sign-in/link", data={"email": "ana@example.com"})
    clock.move(minutes=16)
    assert client.get(_link()).status_code == 410
    assert client.post(_link()).status_code == 410


def test_only_the_hash_of_a_link_is_kept(client, cast):
    client.post("/sign-in/link", data={"email": "ana@example.com"})
    secret = _link().rsplit("/", 1)[1]
    assert db.session.scalar(select(MailedLink.token_hash)) != secret


def test_signing_in_rightly_is_never_too_often(client, ana):
    """Many people work behind one address, and some sign in ten times before lunch."""
    assert [_sign_in(client).status_code for _ in range(70) if client.post("/sign-out")] == [303] * 70
    codes = [_sign_in(client, "wrong").status_code for _ in range(11) if client.post("/sign-out")]
    assert codes == [422] * 10 + [429]


def test_an_unknown_address_gets_no_mail_and_the_same_page_after_the_same_work(client, cast, monkeypatch):
    rehearsed = []
    monkeypatch.setattr(messages, "rehearse", rehearsed.append)
    unknown = client.post("/sign-in/link", data={"email": "nobody@example.com"}).text
    known = client.post("/sign-in/link", data={"email": "ana@example.com"}).text
    assert unknown.replace("nobody", "ana") == known
    assert rehearsed == ["accounts/sign_in_link"]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_links_are_not_mailed_without_end(client, cast):
    codes = [client.post("/sign-in/link", data={"email": "ana@example.com"}).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_link_that_was_used_does_not_count(client, ana):
    for _ in range(12):
        assert client.post("/sign-in/link", data={"email": "ana@example.com"}).status_code == 200
        assert client.post(_link()).status_code == 303
        client.post("/sign-out")


@pytest.mark.parametrize(
    "email", ["", "no-at-sign", "a@b", "x" * 300 + "@example.com", "ana@example.com\r\nBcc: x@y.z"]
)
def test_bad_addresses_get_a_sentence(client, cast, email):
    assert client.post("/sign-in/link", data={"email": email}).status_code == 422


def test_a_form_without_token_is_refused_kindly(client, ana):
    answer = client.post("/sign-in", data={"email": "ana@example.com", "password": PASSWORD}, csrf=False)
    assert answer.status_code == 400
    assert "reload the page" in answer.text


def test_looking_at_the_page_writes_nothing(client, cast):
    client.get("/sign-in")
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
