from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import RecoveryCode, SecondFactor, SignIn
from app.audit.models import Entry
from app.lib.database import db
from tests.client import Client
from tests.rooms.accounts.phone import (
    PASSWORD,
    asked,
    count,
    give_password,
    give_phone,
    is_in,
    recovery_codes,
    scan,
    sign_in_by_password,
    subjects,
)

PAGE = "/account/second-factor"


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


@pytest.fixture
def on(ana, clock):
    """Ana's browser, her phone and her recovery codes, the code of this moment still unused."""
    phone = scan(ana.get(PAGE).text, clock)
    codes = recovery_codes(ana.post(PAGE, data={"code": phone.code()}).text)
    clock.move(minutes=1)
    return ana, phone, codes


def test_a_participant_switches_it_on(app, ana, cast, clock):
    give_password(cast.ana)
    other = Client(app)
    sign_in_by_password(other, "ana@example.com")
    assert f'href="{PAGE}"' in ana.get("/account").text
    phone = scan(ana.get(PAGE).text, clock)
    before = ana.get_cookie("session").value
    page = ana.post(PAGE, data={"code": phone.code(), "current": PASSWORD})
    assert (page.status_code, len(set(recovery_codes(page.text)))) == (200, 10)
    assert is_in(ana)  # this device stays
    assert not is_in(other)  # every other one is out
    ana.set_cookie("session", before)
    assert not is_in(ana)  # and a copy of the old cookie
    assert subjects() == ["Your second factor is on"]
    assert sign_in_by_password(other, "ana@example.com").location == "/sign-in/code"
    entries = list(db.session.scalars(select(Entry.sentence).where(Entry.actor_id == cast.ana)))
    assert "Switched the second factor on" in entries


@pytest.mark.parametrize("typed", ["", "not it"])
def test_switching_it_on_takes_the_password_of_who_has_one(ana, cast, clock, typed):
    give_password(cast.ana)
    phone = scan(ana.get(PAGE).text, clock)
    answer = ana.post(PAGE, data={"code": phone.code(), "current": typed})
    assert (answer.status_code, "That is not your password." in answer.text) == (422, True)
    assert count(SecondFactor) == 0


def test_switching_it_on_takes_a_right_code(ana, clock):
    phone = scan(ana.get(PAGE).text, clock)
    for typed in ("", phone.wrong(), phone.code(4)):
        assert ana.post(PAGE, data={"code": typed}).status_code == 422
    assert (count(SecondFactor), subjects()) == (0, [])


def test_switching_it_on_twice_changes_nothing(on, clock):
    ana, phone, _ = on
    answer = ana.post(PAGE, data={"code": phone.code()})
    assert (answer.status_code, "Your second factor is on already." in answer.text) == (422, True)
    assert db.session.scalar(select(SecondFactor.secret)) == phone.secret


def test_looking_at_the_pages_writes_nothing(on):
    ana, phone, _ = on
    entries = count(Entry)
    assert "<b>10</b> of your ten codes" in ana.get(PAGE).text
    assert ana.get(f"{PAGE}/move").status_code == 200
    assert (count(SecondFactor), count(RecoveryCode), count(Entry)) == (1, 10, entries)
    assert db.session.scalar(select(SecondFactor.secret)) == phone.secret


def test_new_recovery_codes_take_a_code_and_end_the_old_ones(app, on, clock):
    ana, phone, old = on
    assert ana.post(f"{PAGE}/codes", data={"new-code": phone.wrong()}).status_code == 422
    assert ana.post(f"{PAGE}/codes", data={}).status_code == 422
    new = recovery_codes(ana.post(f"{PAGE}/codes", data={"new-code": phone.code()}).text)
    assert (len(new), set(new) & set(old), count(RecoveryCode)) == (10, set(), 10)
    assert subjects()[-1] == "You have new recovery codes"
    assert ana.post(f"{PAGE}/off", data={"off-code": old[0]}).status_code == 422
    assert ana.post(f"{PAGE}/off", data={"off-code": new[0]}).status_code == 303


def test_the_same_code_does_not_do_two_things(on):
    ana, phone, _ = on
    assert ana.post(f"{PAGE}/codes", data={"new-code": phone.code()}).status_code == 200
    answer = ana.post(f"{PAGE}/off", data={"off-code": phone.code()})
    assert (answer.status_code, "That code was used already." in answer.text) == (422, True)


def test_switching_it_off_takes_a_code_and_signs_out_everywhere_else(app, on, cast, clock):
    ana, phone, codes = on
    give_password(cast.ana)
    other = Client(app)
    sign_in_by_password(other, "ana@example.com")
    other.post("/sign-in/code", data={"recovery_code": codes[0]})
    assert is_in(other)
    assert ana.post(f"{PAGE}/off", data={"off-code": phone.wrong()}).status_code == 422
    assert ana.post(f"{PAGE}/off", data={"off-code": phone.code()}).location == "/account"
    assert (is_in(ana), is_in(other)) == (True, False)
    assert (count(SecondFactor), count(RecoveryCode)) == (0, 0)
    assert subjects()[-1] == "Your second factor is off"
    assert sign_in_by_password(other, "ana@example.com").location == "/dashboard"
    assert ana.post(f"{PAGE}/off", data={"off-code": phone.code()}).location == PAGE  # twice is harmless
    clock.move(minutes=1)
    assert scan(ana.get(PAGE).text, clock).secret != phone.secret  # a lost phone's key never comes back


def test_wrong_codes_on_the_account_page_are_throttled(on):
    ana, phone, _ = on
    answers = [ana.post(f"{PAGE}/off", data={"off-code": phone.wrong()}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert (
        ana.post(f"{PAGE}/codes", data={"new-code": phone.code()}).status_code == 429
    )  # one count for all pages


def test_a_coach_cannot_switch_it_off_outside_the_demo(client, phone, cast):
    asked(client).post("/sign-in/code", data={"code": phone.code()})
    page = client.get(PAGE).text
    assert "it stays on" in page and f'action="{PAGE}/off"' not in page
    answer = client.post(f"{PAGE}/off", data={"off-code": phone.code(1)})
    assert (answer.status_code, count(SecondFactor)) == (422, 1)


def test_a_coach_may_switch_it_off_in_the_demo(app, client, cast, clock):
    give_password(cast.cora)
    phone = give_phone(cast.cora, clock)
    asked(client).post("/sign-in/code", data={"code": phone.code()})
    assert client.post(f"{PAGE}/off", data={"off-code": phone.code(1)}).location == "/account"


def test_it_moves_to_another_phone(app, on, cast, clock):
    ana, old, codes = on
    new = scan(ana.get(f"{PAGE}/move").text, clock)
    assert new.secret != old.secret
    assert (
        ana.post(f"{PAGE}/move", data={"code": old.code()}).status_code == 422
    )  # the new phone must show it works
    page = ana.post(f"{PAGE}/move", data={"code": new.code()})
    assert (page.status_code, len(recovery_codes(page.text))) == (200, 10)
    assert (is_in(ana), subjects()[-1]) == (True, "Your second factor moved to another phone")
    clock.move(minutes=1)
    for typed in (old.code(), codes[0]):
        assert ana.post(f"{PAGE}/codes", data={"new-code": typed}).status_code == 422
    assert ana.post(f"{PAGE}/codes", data={"new-code": new.code()}).status_code == 200


def test_moving_asks_for_the_code_again_when_the_last_one_is_old(on, clock):
    ana, phone, _ = on
    move = f"{PAGE}/move"
    clock.move(minutes=10)
    again = ana.get(move).location
    assert again == f"/sign-in/code?next={move}"
    assert "we ask again" in ana.get(again).text
    assert ana.get("/account").status_code == 200  # everything else stays open
    expires = db.session.scalar(select(SignIn.expires_at).where(SignIn.revoked_at.is_(None)))
    assert ana.post("/sign-in/code", data={"code": phone.code(), "next": move}).location == move
    assert ana.get(move).status_code == 200
    assert db.session.scalar(select(SignIn.expires_at).where(SignIn.revoked_at.is_(None))) == expires


def test_a_form_opened_in_time_may_be_sent_for_as_long_again(on, clock):
    ana, _, _ = on
    move = f"{PAGE}/move"
    new = scan(ana.get(move).text, clock)
    clock.move(minutes=20)
    late = ana.post(move, data={"code": new.code()}, headers={"Referer": f"http://localhost{move}"})
    assert (late.status_code, late.location) == (303, f"/sign-in/code?next={move}")
    program = ana.post(move, data={"code": new.code()}, headers={"Accept": "application/json"})
    assert program.status_code == 401
    clock.move(minutes=-2)
    assert ana.post(move, data={"code": new.code()}).status_code == 200


def test_without_a_second_factor_nothing_is_asked_again(ana, sign_in, cast):
    assert ana.get(f"{PAGE}/move").location == PAGE
    for page, field in (("move", "code"), ("codes", "new-code"), ("off", "off-code")):
        assert ana.post(f"{PAGE}/{page}", data={field: "123456"}).location == PAGE
    assert count(SecondFactor) == 0


def test_the_account_page_says_which_device_gave_no_code(app, on, cast):
    ana, _, _ = on
    give_password(cast.ana)
    sign_in_by_password(Client(app), "ana@example.com")
    page = ana.get("/account").text
    assert page.count("No code given yet") == 1 and "On since" in page


def test_the_account_page_costs_the_same_with_and_without_it(app, ana, clock, cast):
    from sqlalchemy import event

    ana.get("/account")  # each process reads the name of the site once
    counted = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    ana.get("/account")
    off = [one for one in counted if one.startswith("SELECT")]
    phone = scan(ana.get(PAGE).text, clock)
    ana.post(PAGE, data={"code": phone.code()})
    counted.clear()
    ana.get("/account")
    assert len([one for one in counted if one.startswith("SELECT")]) == len(off) <= 5
