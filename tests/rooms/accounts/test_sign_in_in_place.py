"""Signing in by a page that stays where it is: the same verbs, answered in JSON."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.lib.database import db
from tests.rooms.accounts.phone import CORA, is_in
from tests.rooms.accounts.phone import PASSWORD as HERS

JSON = {"Accept": "application/json"}
PASSWORD = "a long enough password"


@pytest.fixture
def ana(cast, write):
    with write():
        db.session.get_one(User, cast.ana).password_hash = hash_password(PASSWORD)
    return "ana@example.com"


def test_the_password_opens_a_session_and_tells_the_new_token(client, ana):
    response = client.post("/sign-in", data={"email": ana, "password": PASSWORD}, headers=JSON)
    assert (response.status_code, response.json["next"]) == (200, "")
    token = response.json["csrf_token"]
    assert is_in(client)
    signed_out = client.post("/sign-out", data={"csrf_token": token}, csrf=False)
    assert signed_out.status_code == 303  # the token is good


@pytest.mark.parametrize(
    ("password", "said"), [("wrong", "do not go together"), ("", "Please enter your password")]
)
def test_a_wrong_password_is_said_in_the_same_words(client, ana, password, said):
    response = client.post("/sign-in", data={"email": ana, "password": password}, headers=JSON)
    assert response.status_code == 422
    assert said in response.json["error"]
    assert said in client.post("/sign-in", data={"email": ana, "password": password}).text
    assert client.get("/account").status_code == 303


def test_it_is_throttled_as_the_page_is(client, ana):
    answers = [
        client.post("/sign-in", data={"email": ana, "password": "wrong"}, headers=JSON).status_code
        for _ in range(11)
    ]
    assert (answers[9], answers[10]) == (422, 429)
    refused = client.post("/sign-in", data={"email": ana, "password": PASSWORD}, headers=JSON)
    assert "tried too often" in refused.json["error"]


def test_a_link_is_mailed_and_the_same_is_said_for_an_address_nobody_has(client, ana):
    said = []
    for email in (ana, "nobody@example.com"):
        response = client.post("/sign-in/link", data={"email": email, "next": "/dashboard"}, headers=JSON)
        assert response.status_code == 200
        said.append(response.json["said"].replace(email, "X"))
    assert said[0] == said[1]
    assert "Open it in a new tab" in said[0]


def test_a_link_is_throttled_too(client, ana):
    codes = [client.post("/sign-in/link", data={"email": ana}, headers=JSON).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_an_address_that_is_none_is_refused_in_words(client):
    response = client.post("/sign-in/link", data={"email": "no address"}, headers=JSON)
    assert response.status_code == 422
    assert "email address" in response.json["error"]


def test_a_code_without_a_sign_in_is_refused_in_words(client):
    response = client.post("/sign-in/code", data={"code": "123456"}, headers=JSON)
    assert response.status_code == 409
    assert "Begin once more" in response.json["error"]


def test_the_second_factor_is_asked_and_a_wrong_code_is_said(client, phone):
    answer = client.post("/sign-in", data={"email": CORA, "password": HERS}, headers=JSON).json
    assert answer["next"] == "code"
    assert not is_in(client)
    wrong = client.post(
        "/sign-in/code", data={"code": "000000", "csrf_token": answer["csrf_token"]}, csrf=False, headers=JSON
    )
    assert wrong.status_code == 422
    assert wrong.json["error"]
    right = client.post(
        "/sign-in/code",
        data={"code": phone.code(), "csrf_token": wrong.json["csrf_token"]},
        csrf=False,
        headers=JSON,
    )
    assert (right.status_code, right.json["next"]) == (200, "")
    assert is_in(client)
