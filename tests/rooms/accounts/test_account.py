from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from app.accounts import actions, passwords
from app.accounts.models import SignIn, User
from app.audit.models import Entry
from app.lib.database import db
from app.mail.models import Message

NEW = "a sentence I can keep"


def _path() -> str:
    text = db.session.scalar(select(Message.text).order_by(Message.id.desc()))
    db.session.rollback()
    return re.search(r"http://localhost:\d+(/\S+)", text).group(1)


def test_a_forgotten_password_is_replaced_by_mail(client, sign_in, cast):
    other = sign_in(cast.ana)
    client.post("/reset-password", data={"email": "ana@example.com"})
    path = _path()
    assert client.post(path, data={"password": "short"}).status_code == 422
    assert client.post(path, data={"password": NEW}).location == "/dashboard"
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303  # every other device is out
    assert client.post(path, data={"password": NEW}).status_code == 410
    assert (
        db.session.scalar(select(Message.subject).order_by(Message.id.desc())) == "Your password was changed"
    )


def test_a_second_reset_link_dies_with_the_first_one_used(client, cast):
    client.post("/reset-password", data={"email": "ana@example.com"})
    first = _path()
    client.post("/reset-password", data={"email": "ana@example.com"})
    second = _path()
    client.post(second, data={"password": NEW})
    assert client.get(first).status_code == 410


def test_a_sign_in_link_sets_no_password(client, cast):
    client.post("/sign-in/link", data={"email": "ana@example.com"})
    assert client.get(_path().replace("/sign-in/link/", "/reset-password/")).status_code == 410


def test_the_password_is_changed_with_the_old_one(sign_in, cast, write):
    with write():
        db.session.get(User, cast.ana).password_hash = passwords.hash_password("the old one here")
    browser, other = sign_in(cast.ana), sign_in(cast.ben)
    wrong = browser.post("/account/password", data={"current": "not it", "password": NEW})
    assert (wrong.status_code, "That is not your current password." in wrong.text) == (422, True)
    assert (
        browser.post("/account/password", data={"current": "the old one here", "password": NEW}).status_code
        == 303
    )
    assert passwords.verify(db.session.get(User, cast.ana).password_hash, NEW)
    assert browser.get("/account").status_code == 200  # this device stays
    assert other.get("/account").status_code == 200  # other people's too


def test_name_and_time_zone(sign_in, cast):
    browser = sign_in(cast.ana)
    given = {"name": "Ana Q. Morales", "time_zone": "Europe/Berlin"}
    assert browser.post("/account/profile", data=given).status_code == 303
    page = browser.get("/account").text
    assert "Ana Q. Morales" in page and "CET" in page
    assert (
        browser.post("/account/profile", data={"name": "\u200b", "time_zone": "Europe/Berlin"}).status_code
        == 422
    )
    assert browser.post("/account/profile", data={"name": "Ana", "time_zone": "Mars/Base"}).status_code == 422


def test_no_form_field_reaches_a_column_it_does_not_own(sign_in, cast):
    more = {"is_staff": "1", "is_coach": "1", "email": "x@y.z", "password_hash": "x", "id": "1"}
    sign_in(cast.ana).post("/account/profile", data={"name": "Ana", "time_zone": "America/Denver", **more})
    ana = db.session.get(User, cast.ana)
    assert (ana.is_staff, ana.is_coach, ana.email, ana.password_hash) == (
        False,
        False,
        "ana@example.com",
        None,
    )


def test_a_device_is_ended_from_another_one(app, sign_in, cast, clock, write):
    browser = sign_in(cast.ana)
    with write():
        row = SignIn(token_hash="x" * 64, user_id=cast.ana, device="Safari on iPhone", created_at=clock.now)
        row.last_used_at, row.expires_at = clock.now, clock.now + timedelta(days=1)
        db.session.add(row)
        db.session.flush()
        device = row.id
    assert "Safari on iPhone" in browser.get("/account").text
    assert browser.post(f"/account/devices/{device}/end").status_code == 303
    assert browser.post(f"/account/devices/{device}/end").status_code == 303  # twice is harmless
    assert db.session.get(SignIn, device).revoked_at is not None
    assert "Safari on iPhone" not in browser.get("/account").text


def test_somebody_elses_device_is_not_there(sign_in, cast):
    ben = sign_in(cast.ben)
    device = db.session.scalar(select(SignIn.id).where(SignIn.user_id == cast.ben))
    db.session.rollback()
    assert sign_in(cast.ana).post(f"/account/devices/{device}/end").status_code == 404
    assert ben.get("/account").status_code == 200


def test_hostile_names_are_shown_as_text(sign_in, cast):
    browser = sign_in(cast.ana)
    browser.post(
        "/account/profile", data={"name": "<script>alert(1)</script>", "time_zone": "America/Denver"}
    )
    page = browser.get("/account").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page


def test_what_happened_is_in_the_audit(sign_in, cast):
    sign_in(cast.ana).post("/account/password", data={"password": NEW})
    sentence = db.session.scalar(
        select(Entry.sentence).where(Entry.actor_id == cast.ana).order_by(Entry.id.desc())
    )
    assert sentence == "Chose a new password"


def test_the_first_staff_account_is_made_on_the_command_line(app, client):
    result = app.test_cli_runner().invoke(args=["create-staff", "Boss@Example.com"])
    assert result.exit_code == 0, result.output
    path = re.search(r"http://localhost:\d+(/\S+)", result.output).group(1)
    assert client.post(path, data={"password": NEW}).status_code == 303
    assert db.session.scalar(select(User.is_staff).where(User.email == "boss@example.com"))


def test_making_somebody_staff_is_in_the_audit_once(app, cast, sign_in):
    browser = sign_in(cast.ana)
    for _ in range(2):
        assert app.test_cli_runner().invoke(args=["create-staff", "ana@example.com"]).exit_code == 0
    made = select(Entry.actor_name).where(Entry.sentence == "Made Ana Morales staff")
    assert db.session.scalars(made).all() == ["The system"]
    db.session.rollback()
    assert browser.get("/account").status_code == 303  # signed in for a month, as a participant


def test_staff_need_an_address_that_can_be_written_to(app):
    result = app.test_cli_runner().invoke(args=["create-staff", "boss"])
    assert result.exit_code == 1 and "no address to write to" in result.output


def test_two_forms_at_once_open_one_account(monkeypatch, write, cast, clock):
    """On PostgreSQL both may look before either has written; here the first look sees nobody."""
    monkeypatch.setattr(actions, "user_by_email", lambda email: None)
    with write():
        found = actions.find_or_create("Ana@example.com", "Ana", "America/Denver", clock.now)
        assert (found.id, found.name) == (cast.ana, "Ana Morales")


def test_last_used_follows_what_people_send_and_not_what_they_read(sign_in, cast, clock):
    browser = sign_in(cast.ana)

    def last_used():
        found = db.session.scalar(select(SignIn.last_used_at).where(SignIn.user_id == cast.ana))
        db.session.rollback()
        return found

    begun = last_used()
    clock.move(hours=1)
    browser.get("/account")
    assert last_used() == begun
    browser.post("/account/profile", data={"name": "Ana", "time_zone": "America/Denver"})
    assert last_used() == clock.now
    noted = clock.now
    clock.move(minutes=4)
    browser.post("/account/profile", data={"name": "Ana", "time_zone": "America/Denver"})
    assert last_used() == noted  # at most every five minutes
