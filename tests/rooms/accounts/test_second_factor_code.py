from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import RecoveryCode, SignIn
from app.audit.models import Entry
from app.lib.database import db
from app.mail.models import Message
from tests.client import Client
from tests.rooms.accounts.phone import (
    CORA,
    asked,
    count,
    is_in,
    recovery_codes,
    scan,
    sign_in_by_password,
    subjects,
)


def test_the_code_opens_everything_under_a_new_cookie(app, client, phone):
    asked(client)
    before = client.get_cookie("session").value
    assert (
        client.post("/sign-in/code", data={"code": phone.code(), "next": "/account"}).location == "/account"
    )
    assert is_in(client)
    thief = Client(app)
    thief.set_cookie("session", before)
    assert not is_in(thief)
    sentence = db.session.scalar(select(Entry.sentence).order_by(Entry.id.desc()))
    assert sentence.endswith("with the second factor")


def test_one_lands_where_one_wanted_to_go(client, phone):
    where = sign_in_by_password(client, CORA, next="/account").location
    assert where == "/sign-in/code?next=/account"
    assert '<input type="hidden" name="next" value="/account">' in client.get(where).text
    answer = client.post("/sign-in/code", data={"code": phone.code(), "next": "//evil.example"})
    assert answer.location == "/dashboard"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(client, phone, steps):
    asked(client)
    code = phone.code(steps)
    assert client.post("/sign-in/code", data={"code": f" {code[:3]} {code[3:]} "}).location == "/dashboard"


@pytest.mark.parametrize("steps", [-2, 2])
def test_but_not_more(client, phone, steps):
    asked(client)
    assert client.post("/sign-in/code", data={"code": phone.code(steps)}).status_code == 422
    assert not is_in(client)


def test_the_same_code_is_never_taken_twice(app, client, phone, clock):
    asked(client)
    code = phone.code()
    client.post("/sign-in/code", data={"code": code})
    second = asked(Client(app))
    answer = second.post("/sign-in/code", data={"code": code})
    assert (answer.status_code, "That code was used already." in answer.text) == (422, True)
    earlier = second.post("/sign-in/code", data={"code": phone.code(-1)})  # an older one is worthless as well
    assert (earlier.status_code, is_in(second)) == (422, False)
    clock.move(seconds=30)
    assert second.post("/sign-in/code", data={"code": phone.code()}).location == "/dashboard"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "12345",
        "1234567",
        "١٢٣٤٥٦",
        "'; DROP TABLE user --",
        "<script>alert(1)</script>",
        "x" * 500,
    ],
)
@pytest.mark.parametrize("field", ["code", "recovery_code"])
def test_anything_else_gets_a_sentence(client, phone, typed, field):
    asked(client)
    answer = client.post("/sign-in/code", data={field: typed})
    assert answer.status_code == 422
    assert 'class="control__error"' in answer.text and "<script>alert(1)" not in answer.text
    assert not is_in(client)


def test_looking_at_the_page_writes_nothing(client, phone):
    asked(client)
    before = count(SignIn), count(Entry), count(Message)
    client.get("/sign-in/code")
    assert (count(SignIn), count(Entry), count(Message)) == before


def test_guessing_is_throttled_for_the_account_and_the_owner_is_told(app, client, phone, clock):
    asked(client)
    codes = [client.post("/sign-in/code", data={"code": phone.wrong()}).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]
    assert (
        client.post("/sign-in/code", data={"code": phone.code()}).status_code == 429
    )  # the right one as well
    elsewhere = asked(Client(app))
    assert (
        elsewhere.post("/sign-in/code", data={"code": phone.code()}).status_code == 429
    )  # and on another device
    assert subjects() == ["Wrong codes for your account"]  # once, however often
    clock.move(minutes=16)
    assert client.post("/sign-in/code", data={"code": phone.code()}).location == "/dashboard"


def test_thirty_wrong_codes_end_the_day(client, phone, clock):
    clock.now = clock.now.replace(hour=0, minute=0)
    for _ in range(6):
        asked(client)
        codes = [client.post("/sign-in/code", data={"code": phone.wrong()}).status_code for _ in range(5)]
        assert codes == [422] * 5
        clock.move(minutes=16)
    asked(client)
    assert client.post("/sign-in/code", data={"code": phone.code()}).status_code == 429
    clock.move(days=1)
    asked(client)
    assert client.post("/sign-in/code", data={"code": phone.code()}).location == "/dashboard"


def test_right_codes_are_not_counted(client, phone, clock):
    for _ in range(7):
        clock.move(seconds=30)
        asked(client)
        assert client.post("/sign-in/code", data={"code": phone.code()}).location == "/dashboard"


def test_a_recovery_code_stands_in_for_the_phone_once(app, cora, cast, clock):
    sign_in_by_password(cora, CORA)
    phone = scan(cora.get("/sign-in/second-factor").text, clock)
    codes = recovery_codes(cora.post("/sign-in/second-factor", data={"code": phone.code()}).text)
    second, typed = asked(Client(app)), codes[3].upper().replace("-", " ")
    assert second.post("/sign-in/code", data={"recovery_code": typed}).location == "/dashboard"
    assert is_in(second)
    assert subjects()[-1] == "A recovery code was used"
    assert "Unused codes left: 9." in db.session.scalar(select(Message.text).order_by(Message.id.desc()))
    third = asked(Client(app))
    assert third.post("/sign-in/code", data={"recovery_code": codes[3]}).status_code == 422
    assert third.post("/sign-in/code", data={"recovery_code": codes[4]}).location == "/dashboard"
    assert count(RecoveryCode) == 10
    assert not set(codes) & set(db.session.scalars(select(RecoveryCode.code_hash)))
    sentences = set(db.session.scalars(select(Entry.sentence).where(Entry.actor_id == cast.cora)))
    assert {"Switched the second factor on", "Used a recovery code (9 left)"} <= sentences


def test_somebody_elses_recovery_code_is_worth_nothing(client, phone, cast, sign_in, clock):
    ana = sign_in(cast.ana)
    hers = scan(ana.get("/account/second-factor").text, clock)
    codes = recovery_codes(ana.post("/account/second-factor", data={"code": hers.code()}).text)
    asked(client)
    assert client.post("/sign-in/code", data={"recovery_code": codes[0]}).status_code == 422
    assert client.post("/sign-in/code", data={"code": hers.code()}).status_code == 422


def test_guessing_app_codes_does_not_shut_out_who_has_a_recovery_code(app, cora, clock):
    sign_in_by_password(cora, CORA)
    phone = scan(cora.get("/sign-in/second-factor").text, clock)
    codes = recovery_codes(cora.post("/sign-in/second-factor", data={"code": phone.code()}).text)
    guesser = asked(Client(app))
    for _ in range(6):
        guesser.post("/sign-in/code", data={"code": phone.wrong()})
    owner = asked(Client(app))
    assert owner.post("/sign-in/code", data={"recovery_code": codes[0]}).location == "/dashboard"


def test_guessing_recovery_codes_is_throttled_too(client, phone):
    asked(client)
    tries = [client.post("/sign-in/code", data={"recovery_code": "aaaa-aaaa"}).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
