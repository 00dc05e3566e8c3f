"""Whose a set of answers is, and how many of them anybody may begin and save."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Throttle
from app.assessment.models import Assessment
from app.assessment.views import answering
from app.lib.database import db
from tests.cast import NOW
from tests.client import Client
from tests.factories import assessment
from tests.rooms.assessment.sets import FOCUS, SCOPE, SYSTEMS, answers, rows

JSON = {"Accept": "application/json"}


# --- limits -----------------------------------------------------------------------------------------------------


def test_too_many_are_begun_from_one_address(client, app, monkeypatch):
    monkeypatch.setattr(answering, "BEGUN", 2)
    for _ in range(2):
        assert Client(app).post("/assessment").status_code == 303
    refused = client.post("/assessment")
    assert refused.status_code == 429
    assert "That was tried too often from here." in refused.text
    assert len(rows()) == 2
    assert db.session.scalar(select(Throttle.count).where(Throttle.key.startswith("assessment-from:"))) == 3


def test_too_many_saves_of_one_set_and_what_was_chosen_is_still_there(client, monkeypatch):
    client.post("/assessment")
    monkeypatch.setattr(answering, "SAVED", 1)
    client.post(SYSTEMS, data={"answer-1a": "1"})
    refused = client.post(SYSTEMS, data={"answer-1a": "2", "answer-1b": "2"})
    assert refused.status_code == 429
    assert 'name="answer-1b" value="2" checked' in refused.text
    assert client.post(SYSTEMS, data={"answer-1b": "2"}, headers=JSON).status_code == 429
    assert answers() == {"1a": 1}


# --- with an account --------------------------------------------------------------------------------------------


def test_who_is_signed_in_answers_for_the_account_and_on_any_device(sign_in, cast):
    phone, laptop = sign_in(cast.pat), sign_in(cast.pat)
    phone.post("/assessment")
    phone.post(SYSTEMS, data={"answer-1a": "1", "answer-1b": "1"})
    (row,) = rows()
    assert (row.user_id, row.token_hash) == (cast.pat, None)
    assert phone.get_cookie("assessment", path="/assessment") is None
    assert "2 of 6 answered" in laptop.get("/assessment").text
    assert laptop.post("/assessment").location == FOCUS


def test_a_set_begun_before_signing_in_goes_on_in_the_account(client, sign_in, cast):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "1", "answer-1b": "2"})
    secret = client.get_cookie("assessment", path="/assessment").value
    signed_in = sign_in(cast.pat)
    signed_in.set_cookie("assessment", secret, path="/assessment")
    assert "2 of 6 answered" in signed_in.get("/assessment").text
    assert rows()[0].user_id is None  # reading moves nothing
    response = signed_in.post(FOCUS, data={"answer-2a": "1", "answer-2b": "1"})
    assert response.location == SCOPE
    (row,) = rows()
    assert (row.user_id, row.token_hash) == (cast.pat, None)
    assert signed_in.get_cookie("assessment", path="/assessment") is None
    assert client.get(SYSTEMS).location == "/assessment"  # the browser without the account has it no more


def test_nobody_reads_or_changes_anothers_set(sign_in, cast, write):
    with write():
        assessment(user_id=cast.ana, finished_at=None, answers={"1a": 2})
    for other in (cast.ben, cast.sam, cast.cora):
        browser = sign_in(other)
        assert browser.get(SYSTEMS).location == "/assessment"
        browser.post(SYSTEMS, data={"answer-1a": "0"})
        browser.post("/assessment/clear")
    assert answers() == {"1a": 2}


def test_a_set_belongs_to_an_account_or_lies_behind_a_link_never_both(write):
    for held in ({}, {"user_id": 1, "token": "both"}):
        with pytest.raises(IntegrityError), write():
            assessment(**held)
        db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Assessment)) == 0


def test_the_years_of_an_unfinished_set_of_an_account_end_too(sign_in, cast, write, clock):
    with write():
        assessment(user_id=cast.pat, finished_at=None, saved_at=NOW - timedelta(days=30), answers={"1a": 1})
    assert "answered" not in sign_in(cast.pat).get("/assessment").text.split("What is kept")[0]
