from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import SecondFactor, SignIn
from app.lib.database import db
from tests.client import Client
from tests.rooms.accounts.phone import (
    CORA,
    asked,
    count,
    give_phone,
    is_in,
    recovery_codes,
    scan,
    sign_in_by_password,
    subjects,
)


def test_a_coach_sets_it_up_at_the_first_sign_in(cora, cast, clock, sign_in):
    other = sign_in(cast.cora)
    assert sign_in_by_password(cora, CORA, next="/account").location == "/sign-in/code?next=/account"
    page = cora.get("/sign-in/second-factor?next=/account")
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert "otpauth://totp/Small%20Cohort:cora%40example.com" in page.text
    phone = scan(page.text, clock)
    assert (
        scan(cora.get("/sign-in/second-factor").text, clock).secret == phone.secret
    )  # a reload keeps the picture
    wrong = cora.post("/sign-in/second-factor", data={"code": phone.wrong(), "next": "/account"})
    assert (wrong.status_code, scan(wrong.text, clock).secret) == (422, phone.secret)
    assert not is_in(cora)
    kept = cora.post("/sign-in/second-factor", data={"code": phone.code(), "next": "/account"})
    assert (kept.status_code, len(set(recovery_codes(kept.text)))) == (200, 10)
    assert 'href="/account"' in kept.text and kept.headers["Cache-Control"] == "no-store"
    assert is_in(cora)
    assert db.session.scalar(select(SignIn.revoked_at).where(SignIn.device == "Firefox on Linux")) is not None
    assert not is_in(other)
    assert subjects() == ["Your second factor is on"]


def test_the_code_of_the_set_up_is_used_up(app, cora, clock):
    sign_in_by_password(cora, CORA)
    phone = scan(cora.get("/sign-in/second-factor").text, clock)
    code = phone.code()
    cora.post("/sign-in/second-factor", data={"code": code})
    second = asked(Client(app))
    assert second.post("/sign-in/code", data={"code": code}).status_code == 422


def test_the_set_up_is_done_once_however_many_tabs(app, cora, clock):
    tabs = [cora, Client(app)]
    pages = []
    for tab in tabs:
        sign_in_by_password(tab, CORA)
        pages.append(scan(tab.get("/sign-in/second-factor").text, clock))
    assert tabs[0].post("/sign-in/second-factor", data={"code": pages[0].code()}).status_code == 200
    assert tabs[1].post("/sign-in/second-factor", data={"code": pages[1].code()}).location == "/sign-in"
    assert db.session.scalar(select(SecondFactor.secret)) == pages[0].secret


def test_nobody_chooses_the_secret(cora, clock):
    sign_in_by_password(cora, CORA)
    phone = scan(cora.get("/sign-in/second-factor").text, clock)
    cora.post("/sign-in/second-factor", data={"code": phone.code(), "secret": "A" * 32, "user_id": "1"})
    assert db.session.scalar(select(SecondFactor.secret)) == phone.secret


def test_looking_at_the_set_up_writes_nothing(cora):
    sign_in_by_password(cora, CORA)
    cora.get("/sign-in/second-factor")
    assert count(SecondFactor) == 0


def test_the_operator_takes_it_away_and_it_is_set_up_anew(app, client, phone):
    asked(client)
    client.post("/sign-in/code", data={"code": phone.code()})
    result = app.test_cli_runner().invoke(args=["forget-second-factor", "Cora@Example.com"])
    assert result.exit_code == 0, result.output
    assert not is_in(client)
    sign_in_by_password(client, CORA)
    assert client.get("/sign-in/code").location == "/sign-in/second-factor"
    assert subjects()[-1] == "Your second factor is off"
    unknown = app.test_cli_runner().invoke(args=["forget-second-factor", "nobody@example.com"])
    assert (unknown.exit_code, "Nobody has the address" in unknown.output) == (1, True)


def test_a_code_given_to_an_earlier_phone_is_no_answer(sign_in, cast, production, clock, write):
    browser = sign_in(cast.cora)
    with write():
        db.session.scalar(select(SignIn)).second_factor_at = clock.now - timedelta(minutes=5)
    give_phone(cast.cora, clock)
    assert browser.get("/account").location == "/sign-in/code?next=/account"
