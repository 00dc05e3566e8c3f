"""A coach's draft in two tabs or on two devices, and its history."""

from __future__ import annotations

import hashlib
import html as escapes
import json
import re
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from app.coursework.models import KeptState
from app.coursework.review_models import Comment, Review
from app.lib.database import db
from tests.factories import second_coach, submitted_system
from tests.rooms.coursework.test_review import HOSTILE, MARKS, opened
from tests.rooms.coursework.worksheets import JSON, form_of


@pytest.fixture
def cora(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cora)


@pytest.fixture
def address(cora: Any, cast: Any, write: Any) -> str:
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    return opened(cora, submission_id)


def form(browser: Any, address: str) -> dict[str, list[str]]:
    """What the browser would send of the review's form; untouched boxes for comments left out, as its script does."""
    page = browser.get(address).text
    forms = list(html5lib.parse(page, namespaceHTMLElements=False).iter("form"))
    index = next(i for i, one in enumerate(forms) if one.get("id") == "review")
    sent = form_of(page, index)
    return {name: value for name, value in sent.items() if "-new-" not in name}


def review() -> Review:
    db.session.rollback()
    return db.session.scalars(select(Review)).one()


def kept() -> list[KeptState]:
    db.session.rollback()
    return list(db.session.scalars(select(KeptState).order_by(KeptState.id)))


# --- two tabs -------------------------------------------------------------------------------------


def test_two_tabs_on_different_parts_both_win(cora: Any, address: str) -> None:
    one, two = form(cora, address), form(cora, address)
    assert cora.post(address, data=one | {"strength": "From one"}, headers=JSON).status_code == 200
    answer = cora.post(address, data=two | {"note": "From two", "mark-rules": "meets"}, headers=JSON)
    assert answer.status_code == 200
    assert answer.json["elsewhere"] == ["strength"]
    assert "strength" not in answer.json["was"]
    assert (review().strength, review().note, review().marks) == ("From one", "From two", {"rules": "meets"})


def test_the_same_part_is_a_conflict_and_nobody_wins_silently(cora: Any, address: str) -> None:
    one, two = form(cora, address), form(cora, address)
    cora.post(address, data=one | {"strength": "Theirs"}, headers=JSON)
    answer = cora.post(address, data=two | {"strength": "Mine", "note": "Kept"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json["conflicts"] == ["strength"]
    assert (review().strength, review().note) == ("Theirs", "Kept")


def test_the_digest_is_of_everything_that_was_sent(cora: Any, address: str) -> None:
    data = {"version": ["1"], "was": ["{}"], "strength": ["Two\r\nlines ü"], "note": [""]}
    answer = cora.post(address, data=data, headers=JSON)
    text = "strength\x1fTwo\nlines ü\x1enote\x1f\x1e"
    assert answer.json["digest"] == hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def both(cora: Any, address: str) -> Any:
    """The page that shows both texts of a comment, the strength and a mark."""
    cora.post(address, data={"version": "1", "comment-new-1.C.1": "Who decides?"})
    key = db.session.scalars(select(Comment.id)).one()
    one, two = form(cora, address), form(cora, address)
    cora.post(address, data=one | {f"comment-{key}": "Theirs", "strength": "Theirs", "mark-rules": "not_yet"})
    mine = {f"comment-{key}": f"Mine {HOSTILE}", "strength": "Mine", "mark-rules": "meets", "do": "accept"}
    response = cora.post(address, data=two | mine)
    assert response.status_code == 409
    return key, response.text


def chosen(page: str, **choices: str) -> dict[str, list[str]]:
    found = next(
        one for one in (form_of(page, index) for index in range(page.count("<form"))) if "asked" in one
    )
    return found | {f"keep~{key.replace('__', '-')}": [value] for key, value in choices.items()}


def test_both_texts_stand_side_by_side_and_nothing_is_published(both: Any) -> None:
    _, page = both
    for words in (
        "Comment on 1.C.1",
        "One strength",
        "Rules others can use",
        "Suggested: Theirs",
        "Not yet",
        "Meets",
    ):
        assert words in page
    assert "Mine &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert review().status == "draft"


def test_each_part_is_chosen_by_itself(cora: Any, address: str, both: Any) -> None:
    key, page = both
    choices = {f"comment__{key}": "both", "strength": "mine", "mark__rules": "theirs"}
    assert cora.post(address, data=chosen(page, **choices)).status_code == 303
    stored = review()
    assert stored.comments[0].text.startswith("Theirs\n\nMine")
    assert (stored.strength, stored.marks) == ("Mine", {"rules": "not_yet"})
    whys = [(one.why, one.content["strength"], one.content["marks"]) for one in kept()]
    assert ("merge", "Theirs", {"rules": "not_yet"}) in whys  # what "mine" overruled
    assert ("merge", "Mine", {"rules": "meets"}) in whys  # what "theirs" gave up


def test_without_a_choice_it_asks_again(cora: Any, address: str, both: Any) -> None:
    _, page = both
    response = cora.post(address, data=chosen(page))
    assert response.status_code == 409
    assert review().strength == "Theirs"


def test_a_comment_removed_in_one_tab_and_changed_in_the_other_is_asked_about(
    cora: Any, address: str
) -> None:
    cora.post(address, data={"version": "1", "comment-new-1.C.1": "Who decides?"})
    key = db.session.scalars(select(Comment.id)).one()
    one, two = form(cora, address), form(cora, address)
    cora.post(address, data=one | {"do": f"remove-{key}"})
    response = cora.post(address, data=two | {f"comment-{key}": "Who decides, and when?"})
    assert response.status_code == 409
    assert cora.post(address, data=chosen(response.text, **{f"comment__{key}": "mine"})).status_code == 303
    assert [(one.field_id, one.text) for one in review().comments] == [("1.C.1", "Who decides, and when?")]


def test_an_answer_that_was_lost_makes_no_second_comment(cora: Any, address: str) -> None:
    data = {"version": "1", "comment-new-1.C.1": "Who decides?", "kind-new-1.C.1": "required"}
    first = cora.post(address, data=data, headers=JSON).json
    again = cora.post(address, data=data, headers=JSON).json
    assert again["made"] == first["made"]
    assert len(review().comments) == 1


def test_a_review_published_in_another_tab_is_frozen_in_words(cora: Any, address: str) -> None:
    cora.post(address, data={"version": "1", "strength": "Clear.", "do": "accept", **MARKS})
    answer = cora.post(address, data={"version": "1", "strength": "Later"}, headers=JSON)
    assert answer.status_code == 409
    assert "published already" in answer.json["error"]


# --- its history ----------------------------------------------------------------------------------


@pytest.fixture
def older(cora: Any, address: str, clock: Any) -> KeptState:
    """The draft of an hour ago: a strength, a mark and a comment, all changed since."""
    cora.post(
        address, data={"version": "1", "strength": "The old strength", "comment-new-1.C.1": "Old", **MARKS}
    )
    key = db.session.scalars(select(Comment.id)).one()
    clock.move(hours=1)
    changes = {"strength": "New", f"comment-{key}": "", "mark-rules": "not_yet", "comment-new-1.B.1": "Fresh"}
    assert cora.post(address, data=form(cora, address) | changes).status_code == 303
    return kept()[0]


def test_the_state_before_a_pause_is_kept_and_listed(cora: Any, address: str, older: KeptState) -> None:
    assert (older.why, older.words, older.content["strength"]) == ("rest", 4, "The old strength")
    page = cora.get(f"{address}/history").text
    assert "Changed after it: One strength; " in page
    assert f'href="{address}/history"' in cora.get(address).text
    state = cora.get(f"{address}/history/{older.id}").text
    assert "<del>The old strength</del>" in state
    assert "Comment on 1.B.1" in state


def test_one_part_is_put_back(cora: Any, address: str, older: KeptState) -> None:
    response = cora.post(f"{address}/history/{older.id}/put-back", data={"part": "strength"})
    assert (response.status_code, response.location) == (303, address)
    assert (review().strength, review().marks["rules"]) == ("The old strength", "not_yet")
    assert [one.text for one in review().comments] == ["Fresh"]


def test_all_of_it_is_put_back_and_that_can_be_undone(cora: Any, address: str, older: KeptState) -> None:
    assert cora.post(f"{address}/history/{older.id}/put-back").status_code == 303
    assert review().marks == {"client_path": "meets", "rules": "exceeds"}
    assert [(one.field_id, one.text) for one in review().comments] == [("1.C.1", "Old")]
    undo = kept()[-1]
    assert undo.why == "put back"
    assert cora.post(f"{address}/history/{undo.id}/put-back").status_code == 303
    assert [(one.field_id, one.text) for one in review().comments] == [("1.B.1", "Fresh")]
    assert review().strength == "New"


@pytest.mark.parametrize("part", ["strength", "", HOSTILE, "comment-999"])
def test_what_stands_already_or_nowhere_is_refused_in_words(
    cora: Any, address: str, older: KeptState, part: str
) -> None:
    for _ in range(2):
        response = cora.post(f"{address}/history/{older.id}/put-back", data={"part": part})
    assert response.status_code == 422
    assert "It stands like this already" in response.text


def test_a_colleague_reads_it_and_cannot_put_it_back(
    cora: Any, cast: Any, address: str, older: KeptState, write: Any, sign_in: Any
) -> None:
    with write():
        theo = sign_in_of = second_coach(cast.spring).id
    browser = sign_in(theo)
    assert sign_in_of
    assert "Put this back" not in browser.get(f"{address}/history/{older.id}").text
    assert browser.post(f"{address}/history/{older.id}/put-back").status_code == 422
    assert review().strength == "New"


@pytest.mark.parametrize("who", ["ana", "ben", "cal", "pat", "sam"])
def test_nobody_else_finds_it(cast: Any, address: str, older: KeptState, sign_in: Any, who: str) -> None:
    other = sign_in(getattr(cast, who))
    for path in ("", f"/{older.id}"):
        assert other.get(f"{address}/history{path}").status_code == 404
    assert other.post(f"{address}/history/{older.id}/put-back").status_code == 404


def test_a_published_review_keeps_its_history_to_read(cora: Any, address: str, older: KeptState) -> None:
    data = form(cora, address) | {"do": "accept", "mark-rules": "meets"}
    assert cora.post(address, data=data).status_code == 303
    assert kept()[-1].why == "submit"
    assert "Put this back" not in cora.get(f"{address}/history/{older.id}").text
    refused = cora.post(f"{address}/history/{older.id}/put-back")
    assert refused.status_code == 422
    assert "published already" in refused.text


def test_marks_in_the_form_are_of_what_is_stored(cora: Any, address: str) -> None:
    page = cora.get(address).text
    was = json.loads(escapes.unescape(re.search(r'name="was" value="([^"]*)"', page)[1]))  # type: ignore[index]
    assert {"strength", "note", "mark-client_path", "mark-rules"} == set(was)
