"""A form sent after the session had ended, without scripts: what was typed comes along through signing in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import SignIn
from app.coursework.models import Draft
from app.coursework.review_models import Review
from app.lib.database import db
from tests.factories import submitted_system
from tests.rooms.accounts.phone import CORA, PASSWORD, give_password
from tests.rooms.coursework.test_review import opened as review_opened
from tests.rooms.coursework.worksheets import HOSTILE, JSON, begun, form_of, opened

ANA = "ana@example.com"
LONG = "Every client hears the rule before the first session.\nTwice."


@pytest.fixture
def ana(sign_in, cast):
    give_password(cast.ana)
    return sign_in(cast.ana)


def ended(write) -> None:
    """Every session has ended, as after a long evening."""
    with write():
        db.session.execute(update(SignIn).values(expires_at=SignIn.created_at))


def send(browser, url, write, **answers):
    """Save a page that was opened in time, after its session has ended."""
    form = opened(browser, url) | answers
    ended(write)
    return browser.post(f"{url}/draft", data=form)


def signs_in(browser, page, email=ANA, password=PASSWORD):
    form = form_of(page, 0)
    return browser.post("/sign-in", data=form | {"email": [email], "password": [password]})


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


def test_what_was_typed_comes_along_and_is_saved_by_its_button(ana, write):
    url = begun(ana)
    page = send(ana, url, write, **{"1.A.1": ["Harbor Moves"], "1.C.1": [LONG]})
    assert page.status_code == 401
    assert "what you typed comes along" in page.text
    shown = signs_in(ana, page.text)
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    assert "Not saved yet" in shown.text
    assert "Every client hears the rule" in shown.text
    assert "1.A.1" not in draft().answers
    form = form_of(shown.text, _form_to(shown.text, f"{url}/draft"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)[1]
    saved = ana.post(f"{url}/draft", data=form | {"csrf_token": [token]}, csrf=False)  # its own token is good
    assert saved.status_code == 303
    assert draft().answers["1.A.1"] == "Harbor Moves"
    assert draft().answers["1.C.1"] == LONG


def _form_to(html: str, path: str) -> int:
    actions = re.findall(r'<form[^>]*action="([^"]*)"', html)
    return actions.index(path)


def test_it_is_merged_with_what_was_saved_meanwhile(ana, write, sign_in, cast):
    url = begun(ana)
    page = send(ana, url, write, **{"1.A.1": ["Mine"]})
    phone = sign_in(cast.ana)
    phone.post(f"{url}/draft", data=opened(phone, url) | {"1.A.1": ["Theirs"]})
    shown = signs_in(ana, page.text).text
    answer = ana.post(f"{url}/draft", data=form_of(shown, _form_to(shown, f"{url}/draft")))
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text


def test_a_wrong_password_loses_nothing(ana, write):
    url = begun(ana)
    page = send(ana, url, write, **{"1.A.1": ["Harbor Moves"]})
    wrong = signs_in(ana, page.text, password="wrong")
    assert wrong.status_code == 422
    assert "Harbor Moves" in signs_in(ana, wrong.text).text


def test_it_goes_to_nobody_else(ana, write, cast):
    give_password(cast.ben)
    page = send(ana, begun(ana), write, **{"1.A.1": ["Harbor Moves"]})
    other = signs_in(ana, page.text, email="ben@example.com")
    assert (other.status_code, other.location) == (303, "/dashboard")
    told = ana.get("/dashboard").text
    assert "belongs to another account" in told
    assert "Harbor Moves" not in told


def test_after_an_hour_it_is_gone(ana, write, clock):
    page = send(ana, begun(ana), write, **{"1.A.1": ["Harbor Moves"]})
    clock.move(minutes=61)
    assert signs_in(ana, page.text).location == "/dashboard"


@pytest.mark.parametrize("sealed", ["x", "e30.x", HOSTILE, "W10.AAAA"])
def test_what_we_did_not_seal_is_not_shown(ana, client, sealed):
    answer = client.post("/sign-in", data={"email": ANA, "password": PASSWORD, "carried": sealed})
    assert (answer.status_code, answer.location) == (303, "/dashboard")


def test_hostile_words_are_words(ana, write):
    url = begun(ana)
    page = send(ana, url, write, **{"1.A.1": [HOSTILE], "<img src=x>": ["x y z"]})
    shown = signs_in(ana, page.text)
    assert "<script>alert" not in shown.text
    assert "<img" not in shown.text


def test_more_than_fits_is_not_carried(ana, write):
    url = begun(ana)
    response = send(ana, url, write, **{"1.C.1": ["x" * 500_000]})
    assert (response.status_code, response.location.split("?")[0]) == (303, "/sign-in")


def test_other_forms_are_not_carried(ana, write):
    ended(write)
    response = ana.post("/account/profile", data={"name": "Ana"})
    assert response.status_code in (303, 404)


def test_a_program_gets_its_401(ana, write):
    url = begun(ana)
    ended(write)
    assert ana.post(f"{url}/draft", data={"1.A.1": "x"}, headers=JSON).status_code == 401


def test_nothing_is_stored_meanwhile(ana, write):
    url = begun(ana)
    before = db.session.scalar(select(func.count(SignIn.id)))
    send(ana, url, write, **{"1.A.1": ["Harbor Moves"]})
    assert db.session.scalar(select(func.count(SignIn.id))) == before
    assert draft().answers == {}


def test_a_coach_with_a_second_factor(client, phone, cast, write, sign_in, clock):
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    cora = sign_in(cast.cora)
    with write():
        row = db.session.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
        row.second_factor_at = clock.now
        row.expires_at = clock.now + timedelta(hours=12)
    address = review_opened(cora, submission_id)
    ended(write)
    page = cora.post(address, data={"version": "1", "strength": "The path is drawn."})
    assert page.status_code == 401
    asked = signs_in(cora, page.text, email=CORA)
    assert "Type your code" in asked.text
    wrong = cora.post("/sign-in/code", data=form_of(asked.text, 0) | {"code": [phone.wrong()]})
    assert wrong.status_code == 422
    shown = cora.post("/sign-in/code", data=form_of(wrong.text, 0) | {"code": [phone.code()]})
    assert "The path is drawn." in shown.text
    cora.post(address, data=form_of(shown.text, _form_to(shown.text, address)))
    assert db.session.scalar(select(Review.strength)) == "The path is drawn."
