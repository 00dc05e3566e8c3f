"""Saving by itself, and what happens when two tabs, two devices or a lost answer meet."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from app.coursework.models import Draft
from app.lib.database import db
from tests.rooms.coursework.worksheets import COMPLETE_FORM, HOSTILE, JSON, begun, form_of, opened


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


def autosave(browser, url, form):
    response = browser.post(f"{url}/draft", data=form, headers=JSON)
    assert response.mimetype == "application/json"
    return response


# --- what the answer tells the page ---------------------------------------------------------------


def test_the_answer_confirms_and_updates_the_page(ana, clock):
    url = begun(ana)
    clock.move(minutes=32)
    answer = autosave(ana, url, opened(ana, url) | COMPLETE_FORM).json
    assert answer["version"] == 2
    assert answer["saved_at"] == "Saved at 9:32 a.m."  # Denver, where Ana lives
    assert answer["results"]["1.E.5"]["break_even"]["text"] == "23"
    assert answer["results"]["1.E.5"]["break_even"]["how"].startswith("sessions a month; ")
    assert answer["totals"] == {"1.E.1": "1,900"}
    assert answer["progress"]["A"] == [2, 2]
    assert answer["conflicts"] == answer["elsewhere"] == []
    assert answer["next"] == {"anchor": "send", "words": "Check and submit", "step": "send"}
    assert "nothing to look at" in answer["check"] and "3 sections" in answer["check"]
    assert "To do" not in answer["check"] and "Please look" not in answer["check"]


def test_the_digest_is_of_everything_that_was_sent(ana):
    url = begun(ana)
    form = {"version": ["1"], "was": ["{}"], "1.A.1": ["Two\r\nlines ü"], "1.A.2": ["", "gym"]}
    answer = autosave(ana, url, form).json
    text = "1.A.1\x1fTwo\nlines ü\x1e1.A.2\x1f\x1e1.A.2\x1fgym\x1e"
    assert answer["digest"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_value_that_cannot_be_read_is_named_at_its_field(ana):
    url = begun(ana)
    answer = autosave(ana, url, opened(ana, url) | {"1.E.3~price": ["ninety"]}).json
    assert "“ninety” is not a number" in answer["problems"]["1.E.3"][0]
    assert draft().answers["1.E.3"]["price"] == "ninety"


def test_saving_the_same_twice_is_harmless(ana, clock):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM
    first = autosave(ana, url, form)
    clock.move(minutes=1)
    again = autosave(ana, url, form)  # the first answer was lost on the way
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json["version"] == first.json["version"] == draft().version
    assert again.json["was"] == first.json["was"]


def test_another_day_is_named(ana, clock):
    url = begun(ana)
    form = opened(ana, url)
    clock.move(days=2)
    assert autosave(ana, url, form).json["saved_at"] == "Saved Wed, Mar 25, 9:00 a.m. MDT"


# --- two tabs -------------------------------------------------------------------------------------


def test_two_tabs_on_different_fields_both_win(ana):
    url = begun(ana)
    one, two = opened(ana, url), opened(ana, url)
    assert autosave(ana, url, one | {"1.A.1": ["From tab one"]}).status_code == 200
    answer = autosave(ana, url, two | {"1.C.1": ["From tab two"]})
    assert answer.status_code == 200
    assert answer.json["elsewhere"] == ["1.A.1"]
    assert "1.A.1" not in answer.json["was"]  # the tab still shows the old text, and must go on saying so
    assert draft().answers["1.A.1"] == "From tab one"
    assert draft().answers["1.C.1"] == "From tab two"


def test_a_tab_with_an_old_text_does_not_bring_it_back(ana):
    url = begun(ana)
    one, two = opened(ana, url), opened(ana, url)
    autosave(ana, url, one | {"1.A.1": ["New"]})
    for text in ("First", "Second"):
        answer = autosave(ana, url, two | {"1.C.1": [text]}).json
        two["version"] = [str(answer["version"])]
        two["was"] = [_with(two["was"][0], answer["was"])]
    assert draft().answers["1.A.1"] == "New"
    assert draft().answers["1.C.1"] == "Second"


def _with(was: str, more: dict[str, str]) -> str:
    import json

    return json.dumps(json.loads(was) | more)


def test_the_same_field_in_two_tabs_is_a_conflict_and_nobody_wins_silently(ana):
    url = begun(ana)
    one, two = opened(ana, url), opened(ana, url)
    autosave(ana, url, one | {"1.A.1": ["Theirs"]})
    answer = autosave(ana, url, two | {"1.A.1": ["Mine"], "1.C.1": ["Something else"]})
    assert answer.status_code == 409
    assert answer.json["conflicts"] == ["1.A.1"]
    assert draft().answers["1.A.1"] == "Theirs"
    assert draft().answers["1.C.1"] == "Something else"  # what did not clash is safe


def test_an_old_version_without_marks_is_a_conflict(ana):
    url = begun(ana)
    autosave(ana, url, {"version": "1", "1.A.1": "Theirs"})
    assert autosave(ana, url, {"version": "1", "1.A.1": "Mine"}).status_code == 409
    assert autosave(ana, url, {"version": "2", "1.A.1": "Mine"}).status_code == 200


@pytest.fixture
def both(ana):
    """The page that shows both texts of 1.C.1 and of a table."""
    url = begun(ana)
    one, two = opened(ana, url), opened(ana, url)
    row = {"1.E.1~row": ["", "r1"], "1.E.1~r1~item": ["Rent"]}
    ana.post(f"{url}/draft", data=one | row | {"1.C.1": ["Theirs\n\nin two lines"], "1.E.1~r1~amount": ["1"]})
    response = ana.post(
        f"{url}/draft", data=two | row | {"1.C.1": [f"Mine {HOSTILE}"], "1.E.1~r1~amount": ["2"]}
    )
    assert response.status_code == 409
    return url, response.text


def test_the_page_shows_both_texts_escaped(both):
    _, page = both
    assert "Theirs" in page
    assert "Mine &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "Item: Rent | Amount: 1" in page
    assert "Item: Rent | Amount: 2" in page


def test_without_a_choice_it_asks_again(both, ana):
    url, page = both
    response = ana.post(f"{url}/draft", data=_chosen(page))
    assert response.status_code == 409
    assert draft().answers["1.C.1"].startswith("Theirs")
    assert "Mine &lt;script&gt;" in response.text


@pytest.mark.parametrize(
    ("choice", "begins", "amounts"),
    [
        ("mine", "Mine", ["2"]),
        ("theirs", "Theirs", ["1"]),
        ("both", "Theirs\n\nin two lines\n\nMine", ["1", "2"]),
    ],
)
def test_the_choice_is_saved(both, ana, choice, begins, amounts):
    url, page = both
    response = ana.post(f"{url}/draft", data=_chosen(page, **{"keep~1.C.1": choice, "keep~1.E.1": choice}))
    assert response.status_code == 303
    assert draft().answers["1.C.1"].startswith(begins)
    assert [row["amount"] for row in draft().answers["1.E.1"]] == amounts
    assert len({row["id"] for row in draft().answers["1.E.1"]}) == len(amounts)


def test_a_third_change_while_choosing_asks_again(both, ana):
    url, page = both
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.C.1": ["A third text"]})
    response = ana.post(f"{url}/draft", data=_chosen(page, **{"keep~1.C.1": "mine", "keep~1.E.1": "mine"}))
    assert response.status_code == 409
    assert "A third text" in response.text
    assert draft().answers["1.C.1"] == "A third text"
    assert [row["amount"] for row in draft().answers["1.E.1"]] == ["2"]


def _chosen(page: str, **choices: str) -> dict[str, list[str]]:
    forms = page.count("<form")
    form = next(f for f in (form_of(page, index) for index in range(forms)) if "asked" in f)
    return form | {key: [value] for key, value in choices.items()}


# --- when the server says no ----------------------------------------------------------------------


def test_an_expired_session_answers_401_in_words(ana, client):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM
    response = client.post(f"{url}/draft", data=form, headers=JSON)
    assert response.status_code == 401
    assert "your text is kept on this device" in response.json["error"]


def test_a_token_of_another_session_answers_400_in_json(ana):
    url = begun(ana)
    response = ana.post(f"{url}/draft", data={"version": "1", "csrf_token": "old"}, csrf=False, headers=JSON)
    if ana.application.config.get("WTF_CSRF_ENABLED", True):
        assert response.status_code == 400
        assert response.mimetype == "application/json"


def test_more_than_fits_answers_413_in_json(ana):
    url = begun(ana)
    response = ana.post(f"{url}/draft", data={"version": "1", "1.C.1": "x" * 3_000_000}, headers=JSON)
    assert response.status_code == 413
    assert response.mimetype == "application/json"


def test_a_suspended_person_is_told_in_json(ana, write, cast):
    from app.cohorts.models import Enrollment

    url = begun(ana)
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    response = autosave(ana, url, {"version": "1", "1.A.1": "x"})
    assert response.status_code == 422
    assert "is suspended" in response.json["error"]
