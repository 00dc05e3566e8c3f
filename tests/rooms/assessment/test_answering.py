"""Answering: begun by a button, saved page by page or tap by tap, gone on with in the same browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Throttle
from app.assessment.models import Assessment
from app.assessment.views import answering
from app.curriculum.actions import publish
from app.lib.database import db
from app.lib.tokens import hash_token
from tests.cast import NOW
from tests.client import Client
from tests.factories import assessment
from tests.programs import small_program
from tests.rooms.assessment.sets import FOCUS, SCOPE, SYSTEMS, answers, finishes, rows

JSON = {"Accept": "application/json"}


def test_the_first_page_says_what_it_is(client):
    page = client.get("/assessment").text
    for words in (
        "How do you stand?",
        "6 statements, about 3 minutes, free",
        "No account, no email address.",
        "Think of yesterday.",
        "Sometimes",
        "No validated instrument.",
        "30 days",
        "12 months",
    ):
        assert words in page
    assert not rows(), "a GET began a set"


def test_begin_makes_a_set_and_leads_to_the_first_reason(client):
    response = client.post("/assessment")
    assert (response.status_code, response.location) == (303, SYSTEMS)
    (row,) = rows()
    secret = client.get_cookie("assessment", path="/assessment")
    assert row.token_hash == hash_token(secret.value)
    assert secret.value not in (row.token_hash, str(row.answers))
    assert (secret.http_only, secret.path, secret.same_site) == (True, "/assessment", "Lax")
    assert secret.max_age == 30 * 24 * 3600
    assert (row.user_id, row.answers, row.finished_at) == (None, {}, None)


def test_beginning_twice_goes_on(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "1", "answer-1b": "2"})
    assert client.post("/assessment").location == FOCUS
    assert len(rows()) == 1


def test_a_page_has_every_statement_of_its_reason_and_nothing_chosen(client):
    client.post("/assessment")
    page = client.get(FOCUS).text
    assert "Statement 2a." in page
    assert "Statement 2b." in page
    assert "Reason 2 of 3" in page
    assert "0 of 6" in page
    assert " checked" not in page


def test_without_a_set_a_page_leads_to_the_first_one(client, sign_in, cast):
    assert client.get(SYSTEMS).location == "/assessment"
    assert client.post(SYSTEMS, data={"answer-1a": "1"}).location == "/assessment"
    assert "This browser holds no answers any more" in client.get("/assessment").text
    assert sign_in(cast.ana).get(SYSTEMS).location == "/assessment"
    assert client.post(SYSTEMS, data={"answer-1a": "1"}, headers=JSON).status_code == 410
    assert not rows()


def test_a_reason_nobody_asks_about(client):
    client.post("/assessment")
    assert client.get("/assessment/reasons/no-such").status_code == 404
    assert client.post("/assessment/reasons/no-such").status_code == 404


def test_next_saves_and_leads_on_and_back_leads_back(client):
    client.post("/assessment")
    forward = client.post(SYSTEMS, data={"answer-1a": "1", "answer-1b": "0", "do": "next"})
    assert forward.location == FOCUS
    back = client.post(FOCUS, data={"answer-2a": "2", "do": "back"})
    assert back.location == SYSTEMS
    assert answers() == {"1a": 1, "1b": 0, "2a": 2}
    page = client.get(SYSTEMS).text
    assert 'name="answer-1a" value="1" checked' in page
    assert 'name="was-1b" value="0"' in page
    assert client.post(SYSTEMS, data={"do": "back"}).location == "/assessment"


def test_next_without_an_answer_says_so_at_the_statement_and_keeps_the_rest(client):
    client.post("/assessment")
    response = client.post(SYSTEMS, data={"answer-1b": "2", "do": "next"})
    assert response.status_code == 422
    assert response.text.count("Please choose one of the 3 answers; a rough one is fine.") == 1
    assert 'id="s-1a" aria-describedby="s-1a-error"' in response.text
    assert 'name="answer-1a" value="0" autofocus' in response.text
    assert 'name="answer-1b" value="2" checked' in response.text
    assert answers() == {"1b": 2}


def test_an_answer_off_the_scale_is_refused_and_changes_nothing(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "2", "answer-1b": "2"})
    for odd in ("3", "-1", "²", "1.0", "", "9" * 400):
        response = client.post(SYSTEMS, data={"answer-1a": odd, "answer-1b": "1", "was-1b": "2"})
        assert response.status_code == 422
        assert "Please choose one of the 3 answers" in response.text
        assert answers() == {"1a": 2, "1b": 1}
        assert client.post(SYSTEMS, data={"answer-1a": odd}, headers=JSON).status_code == 422


def test_fields_of_other_pages_are_ignored(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-2a": "1", "answer-xx": "1", "user_id": "1", "finished_at": "x"})
    assert answers() == {}


def test_each_tap_is_saved_and_answered_with_how_far_one_is(client):
    client.post("/assessment")
    first = client.post(SYSTEMS, data={"answer-1a": "1", "was-1a": ""}, headers=JSON)
    assert first.json == {"answered": 1, "total": 6, "whole": False, "elsewhere": ""}
    second = client.post(SYSTEMS, data={"answer-1b": "0", "was-1b": ""}, headers=JSON)
    assert second.json == {"answered": 2, "total": 6, "whole": True, "elsewhere": ""}
    assert answers() == {"1a": 1, "1b": 0}
    assert rows()[0].finished_at is None


def test_the_last_tap_alone_does_not_finish(client):
    client.post("/assessment")
    for page, keys in ((SYSTEMS, "1a 1b"), (FOCUS, "2a 2b"), (SCOPE, "3a 3b")):
        for key in keys.split():
            client.post(page, data={f"answer-{key}": "1"}, headers=JSON)
    assert rows()[0].finished_at is None
    assert "Nothing is left open" in client.get("/assessment").text
    assert client.post("/assessment").location == SCOPE


def test_another_tab_with_old_answers_takes_nothing_back(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "1", "answer-1b": "1"})
    # tab A was drawn now; tab B changes 1a; tab A then changes 1b
    client.post(SYSTEMS, data={"answer-1a": "2", "was-1a": "1", "answer-1b": "1", "was-1b": "1"})
    client.post(SYSTEMS, data={"answer-1a": "1", "was-1a": "1", "answer-1b": "0", "was-1b": "1"})
    assert answers() == {"1a": 2, "1b": 0}


def test_both_tabs_changed_one_answer_and_it_is_said(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "2", "was-1a": "", "answer-1b": "1"})
    late = {"answer-1a": "0", "was-1a": "", "answer-1b": "1", "was-1b": "1"}
    tap = client.post(SYSTEMS, data={"answer-1a": "1", "was-1a": ""}, headers=JSON)
    assert "Another tab had changed" in tap.json["elsewhere"]
    response = client.post(SYSTEMS, data=late)
    assert "Another tab had changed" in client.get(response.location).text
    assert answers() == {"1a": 0, "1b": 1}


def test_later_says_where_one_left_off(client):
    client.post("/assessment")
    response = client.post(SYSTEMS, data={"answer-1a": "1", "do": "later"})
    assert response.location == "/assessment"
    page = client.get("/assessment").text
    assert "1 of 6 answered" in page
    assert "About 3 minutes left." in page
    assert "Go on" in page


def test_another_browser_sees_nothing_of_it(client, app):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "1"})
    other = Client(app)
    assert "answered" not in other.get("/assessment").text.split("What is kept")[0]
    other.set_cookie("assessment", "a-guess", path="/assessment")
    assert other.get(SYSTEMS).location == "/assessment"


def test_the_last_page_finishes_and_leads_to_the_result(client, clock):
    address = finishes(client)
    (row,) = rows()
    assert row.finished_at == NOW
    assert address == f"/assessment/{client.get_cookie('assessment', path='/assessment').value}"
    assert client.get(address).status_code == 200


def test_an_earlier_page_left_open_is_shown_before_the_result(client):
    client.post("/assessment")
    client.post(FOCUS, data={"answer-2a": "1", "answer-2b": "1"})
    response = client.post(SCOPE, data={"answer-3a": "1", "answer-3b": "1"})
    assert response.location == SYSTEMS
    assert rows()[0].finished_at is None


def test_a_slip_is_corrected_for_a_day_and_then_the_set_stands(client, clock):
    address = finishes(client)
    assert "Correct your answers" in client.get(address).text
    clock.move(hours=23)
    assert "Save and see my result" in client.get(FOCUS).text
    corrected = client.post(FOCUS, data={"answer-2a": "0", "was-2a": "1", "answer-2b": "1", "was-2b": "1"})
    assert corrected.location == address
    assert answers()["2a"] == 0
    assert rows()[0].finished_at == NOW
    clock.move(hours=1)
    assert client.get(FOCUS).location == address
    late = client.post(FOCUS, data={"answer-2a": "2", "was-2a": "0"})
    assert late.location == "/assessment"
    assert "stand as they are" in client.get("/assessment").text
    assert client.post(FOCUS, data={"answer-2a": "2"}, headers=JSON).status_code == 409
    assert answers()["2a"] == 0
    assert "Correct your answers" not in client.get(address).text


def test_the_result_is_listed_and_one_can_answer_again(client, clock):
    address = finishes(client)
    page = client.get("/assessment").text
    assert f'href="{address}"' in page
    assert "6 of 12" in page
    assert client.post("/assessment").location == SYSTEMS
    assert len(rows()) == 2
    assert client.get(address).status_code == 200  # the link of the first one still works


def test_clear_erases_what_is_not_finished(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "1"})
    response = client.post("/assessment/clear")
    assert response.location == "/assessment"
    assert not rows()
    assert client.get_cookie("assessment", path="/assessment") is None
    page = client.get("/assessment").text
    assert "Your answers are erased." in page
    assert "Begin" in page
    assert client.post("/assessment/clear").status_code == 303  # twice is harmless


def test_clear_leaves_a_result_alone(client):
    address = finishes(client)
    client.post("/assessment/clear")
    assert client.get(address).status_code == 200


def test_an_unfinished_set_is_over_after_thirty_days(client, clock):
    client.post("/assessment")
    clock.move(days=29)
    client.post(SYSTEMS, data={"answer-1a": "1"})  # the thirty days begin anew
    clock.move(days=29)
    assert client.get(SYSTEMS).status_code == 200
    clock.move(days=1)
    assert client.get(SYSTEMS).location == "/assessment"


def test_the_cookie_lives_on_with_each_save(client):
    client.post("/assessment")
    response = client.post(SYSTEMS, data={"answer-1a": "1"}, headers=JSON)
    assert "assessment=" in response.headers["Set-Cookie"]


# --- the release it answers -----------------------------------------------------------------------------------


def other_release(**changes):
    """A newer release with another instrument; commits."""
    program = small_program()
    text = program.assessment.model_copy(update=changes) if changes else None
    return publish(None, program.model_copy(update={"assessment": text}), NOW).id


def test_a_set_stays_with_the_release_it_was_begun_with(client, write):
    client.post("/assessment")
    with write():
        other_release(title="Another instrument", frame="Think of last year.")
    assert "Another instrument" in client.get("/assessment").text
    assert "Think of yesterday." in client.get(SYSTEMS).text
    address = client.post(SYSTEMS, data={"answer-1a": "1", "answer-1b": "1"}).location
    assert "Think of yesterday." in client.get(address).text


def test_without_an_instrument_there_is_none(client, write):
    with write():
        other_release()
    response = client.get("/assessment")
    assert response.status_code == 404
    assert "There is none at the moment" in response.text
    assert client.post("/assessment").status_code == 404
    assert "/assessment" not in client.get("/").text.split("</main>")[0]
    assert not rows()


def test_a_participant_answers_the_instrument_of_their_cohort(sign_in, cast, write):
    with write():
        other_release(title="Another instrument")
    assert "How do you stand?" in sign_in(cast.ana).get("/assessment").text
    assert "Another instrument" in sign_in(cast.pat).get("/assessment").text


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
