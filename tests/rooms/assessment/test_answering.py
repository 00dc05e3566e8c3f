"""Answering: begun by a button, saved page by page or tap by tap, gone on with in the same browser."""

from __future__ import annotations

import pytest

from app.curriculum.actions import publish
from app.lib.tokens import hash_token
from tests.cast import NOW
from tests.client import Client
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


@pytest.mark.parametrize("secret", ["", "x" * 4000, "\x80\xff", "%00", "a b; c=d", "<script>", "null"])
def test_whatever_a_cookie_holds_it_opens_nothing(client, secret):
    client.set_cookie("assessment", secret, path="/assessment")
    assert client.get(SYSTEMS).location == "/assessment"
    assert "answered" not in client.get("/assessment").text.split("What is kept")[0]
    assert client.post(SYSTEMS, data={"answer-1a": "1"}).location == "/assessment"


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
    """A newer release, with another instrument or without one."""
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
