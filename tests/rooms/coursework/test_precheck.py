"""The check before sending: a point to look at is mended, or answered by a note that goes with the round."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.coursework.models import Draft, Submission
from app.coursework.sending import SentWith
from app.lib.database import db
from tests.house.hostile import danger
from tests.rooms.coursework.test_review import opened as taken_up
from tests.rooms.coursework.worksheets import (
    COMPLETE_FORM,
    HOSTILE,
    JSON,
    SENDING,
    begun,
    form_of,
    noted,
    opened,
    sent,
)

CALL = {"1.C.1": ["### Purpose\nOne rule.\n\n### Steps\nAsk Mrs. Jacobs at 555-555-0142."]}


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Any:
    return sign_in(cast.ana)


def saved(browser: Any, url: str, **changes: Any) -> Any:
    """Save the form of the page with these changes; the form of the page after it."""
    response = browser.post(f"{url}/draft", data=opened(browser, url) | changes)
    assert response.status_code == 303
    return opened(browser, url)


def rounds() -> list[Submission]:
    db.session.rollback()
    return list(db.session.scalars(select(Submission)))


def test_a_point_is_explained_and_leads_to_its_field(ana: Any) -> None:
    url = begun(ana)
    saved(ana, url, **CALL)
    page = ana.get(url).text
    assert "1.C.1 Cancellation rule: names a person." in page
    assert "<q>Mrs. Jacobs</q>" in page and "<q>555-555-0142</q>" in page
    assert "holds a telephone or fax number" in page
    assert "may let anybody recognize another person" in page


def test_it_is_not_sent_before_every_point_is_mended_or_noted(ana: Any) -> None:
    url = begun(ana)
    refused = sent(ana, url, **CALL)
    assert refused.status_code == 422
    assert "Two points ask for a look before this can be sent." in refused.text
    form = form_of(refused.text)
    notes = noted(form)
    assert len(notes) == 2
    name, other = notes
    half = ana.post(f"{url}/submit", data=form | SENDING | {name: ["An invented name."]})
    assert half.status_code == 422 and "One point asks for a look" in half.text
    assert form_of(half.text)[name] == ["An invented name."]
    last = ana.post(f"{url}/submit", data=form_of(half.text) | SENDING | {other: ["Our own desk."]})
    assert last.status_code == 303
    kept = SentWith.of(rounds()[0].sent_with)
    assert [(one.field_id, one.passages, one.note) for one in kept.notes] == [
        ("1.C.1", ("Mrs. Jacobs",), "An invented name."),
        ("1.C.1", ("555-555-0142",), "Our own desk."),
    ]


def test_mending_it_is_enough(ana: Any) -> None:
    url = begun(ana)
    assert sent(ana, url, **CALL).status_code == 422
    assert sent(ana, url).status_code == 303
    assert SentWith.of(rounds()[0].sent_with).notes == ()


def test_a_note_survives_saves_and_is_asked_again_when_the_passage_changes(ana: Any) -> None:
    url = begun(ana)
    form = saved(ana, url, **COMPLETE_FORM | {"1.A.1": ["Office of Mrs. Jacobs"]})
    [name] = noted(form)
    saved(ana, url, **{name: ["A town’s name."]})
    again = saved(ana, url, **{"1.A.1": ["The old office of Mrs. Jacobs"], "1.A.2": ["", "online"]})
    assert again[name] == ["A town’s name."]
    changed = saved(ana, url, **{"1.A.1": ["Office of Mrs. Smith"]})
    assert name not in changed and len(noted(changed)) == 1
    assert "Please look" in ana.get(url).text
    back = saved(ana, url, **{"1.A.1": ["Office of Mrs. Jacobs"]})
    assert back[name] == ["A town’s name."]


def test_an_autosave_tells_the_points_and_takes_a_note_nobody_had_drawn(ana: Any) -> None:
    url = begun(ana)
    form = opened(ana, url)
    answer = ana.post(f"{url}/draft", data=form | CALL, headers=JSON).json
    names = noted(form_of(f'<form id="work">{answer["check"]}</form>'))
    assert len(names) == 2
    form |= CALL | {"version": [str(answer["version"])], next(iter(names)): ["Ours."]}
    second = ana.post(f"{url}/draft", data=form, headers=JSON)
    assert second.status_code == 200 and second.json["conflicts"] == []
    assert "1 open, 1 with your note" in second.json["check"]


def test_a_note_written_in_two_tabs_is_asked_about(ana: Any) -> None:
    url = begun(ana)
    form = saved(ana, url, **{"1.A.1": ["Mrs. Jacobs"]})
    [name] = noted(form)
    saved(ana, url, **{name: ["One."]})
    clash = ana.post(f"{url}/draft", data=form | {name: ["Another."]})
    assert clash.status_code == 409
    assert "Your note to a point of the check" in clash.text


@pytest.mark.parametrize("words", [HOSTILE, "x" * 301, "x" * 100_000])
def test_a_note_that_is_too_long_or_hostile_is_kept_as_text_and_harms_nobody(ana: Any, words: str) -> None:
    url = begun(ana)
    form = saved(ana, url, **COMPLETE_FORM | {"1.A.1": ["Mrs. Jacobs"]})
    answer = ana.post(f"{url}/submit", data=form | SENDING | noted(form, words))
    assert answer.status_code == (303 if words == HOSTILE else 422)
    assert not danger(ana.get(url).text)
    if answer.status_code == 422:
        assert "there is room for 300" in answer.text
        assert len(next(iter(noted(form)))) < 40


def test_names_of_notes_that_nobody_drew_change_nothing(ana: Any) -> None:
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"note~x": ["a"], "note~": ["b"], "plan~other": ["c"]})
    assert db.session.scalars(select(Draft.sending)).one() == {}


def test_the_coach_reads_the_notes_and_the_line(ana: Any, sign_in: Any, cast: Any) -> None:
    url = begun(ana)
    form = saved(ana, url, **COMPLETE_FORM | CALL)
    assert ana.post(f"{url}/submit", data=form | SENDING | noted(form, "Invented.")).status_code == 303
    cora = sign_in(cast.cora)
    page = cora.get(taken_up(cora, rounds()[0].id)).text
    assert "Ana sent with it" in page
    assert "When the next inquiry comes in, I will read the rule aloud first." in page
    assert page.count("Invented.") == 2 and "1.C.1 Cancellation rule: names a person." in page
    assert "Agreed to: " in page


def test_the_line_is_required_kept_and_shown_on_the_receipt(ana: Any) -> None:
    url = begun(ana)
    refused = sent(ana, url, **{"plan~will": [""]})
    assert refused.status_code == 422
    assert "Say when you will put this to use first" in refused.text
    assert form_of(refused.text)["plan~when"] == ["the next inquiry comes in"]
    assert sent(ana, url).status_code == 303
    receipt = ana.get(f"{url}/submissions/1").text
    assert "When the next inquiry comes in, I will read the rule aloud first." in receipt
    assert "5 fields answered" in receipt or "6 fields answered" in receipt
    assert opened(ana, url)["plan~will"] == ["read the rule aloud first"]


def test_which_sentences_were_agreed_to_is_kept_word_for_word(ana: Any) -> None:
    sent(ana, begun(ana))
    statements = rounds()[0].sent_with["statements"]
    assert len(statements) == 2 and all(one.endswith(".") for one in statements)
