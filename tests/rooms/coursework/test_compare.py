"""Any two rounds side by side, and a round with what is typed now."""

from __future__ import annotations

from typing import Any

import pytest

from app.coursework.models import Draft, System
from app.lib.database import db
from tests.factories import next_round, published_review, submitted_system
from tests.programs import COMPLETE

PAGE, COACHES = "/systems/1/compare", "/coaching/systems/1/compare"
TEXTS = ("One rule for everybody.", "Two rules for everybody.", "Three rules for everybody.")


@pytest.fixture
def rounds(app: Any, cast: Any, write: Any) -> None:
    """Three rounds, the second taken back, and a draft that goes on."""
    with write():
        first = submitted_system(cast.ana_enrollment, answers=COMPLETE | {"1.C.1": TEXTS[0]})
        published_review(first, cast.cora)
        second = next_round(first.system, answers=COMPLETE | {"1.C.1": TEXTS[1]})
        second.status = "withdrawn"
        rows = [COMPLETE["1.B.1"][0], {"id": "r9", "step": "Follow-up", "exists": "none"}]
        next_round(first.system, answers=COMPLETE | {"1.C.1": TEXTS[2], "1.B.1": rows})
        db.session.get_one(Draft, 1).answers = COMPLETE | {"1.C.1": "Four rules for everybody."}


@pytest.fixture
def ana(rounds: Any, cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.ana)


def test_two_rounds_word_for_word_and_row_for_row(ana: Any) -> None:
    page = ana.get(f"{PAGE}?from=1&to=3").text
    assert "<del>One rule</del>" in page and "<ins>Three rules</ins>" in page
    assert "new row" in page and "row taken out" in page
    assert "two fields changed" in page and 'id="f1.A.1"' not in page
    assert ana.get(f"{PAGE}?from=3&to=1").text == page.replace(
        "from=1&to=3", "from=3&to=1"
    )  # the earlier first


def test_also_what_is_the_same(ana: Any) -> None:
    page = ana.get(f"{PAGE}?from=1&to=3&show=all").text
    assert 'id="f1.A.1"' in page and "The same</span>" in page


def test_with_what_i_have_now(ana: Any) -> None:
    page = ana.get(f"{PAGE}?from=3&to=draft").text
    assert "<ins>Four" in page and "What I have now (draft)" in page
    assert ana.get(PAGE).text.count("<ins>Four") == 1  # without a choice: the last round and the draft


def test_a_coach_sees_rounds_and_neither_the_draft_nor_what_was_taken_back(
    rounds: Any, cast: Any, sign_in: Any
) -> None:
    cora = sign_in(cast.cora)
    page = cora.get(f"{COACHES}?from=1&to=3").text
    assert "<ins>Three rules</ins>" in page and "Round 2" not in page and "draft" not in page.lower()
    for query in ("from=1&to=draft", "from=2&to=3"):
        page = cora.get(f"{COACHES}?{query}").text
        assert "There is no such round here" in page and "Four" not in page and "Two rules" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=7&to=1", "There is no such round here"),
        ("from=x&to=%00", "There is no such round here"),
        ("from=2&to=2", "These are the same round"),
        ("from=²&to=1", "There is no such round here"),
        ("from=" + "9" * 400, "There is no such round here"),
    ],
)
def test_a_choice_that_is_none_is_said_so(ana: Any, query: str, words: str) -> None:
    response = ana.get(f"{PAGE}?{query}")
    assert response.status_code == 200 and words in response.text


def test_with_one_round_there_is_the_draft_and_without_any_nothing(
    app: Any, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        submitted_system(cast.ana_enrollment)
    assert "Nothing differs" in sign_in(cast.ana).get(PAGE).text
    assert "There is nothing to compare yet" in sign_in(cast.cora).get(COACHES).text
    with write():
        row = db.session.get_one(System, 1)
        db.session.execute(db.text("DELETE FROM submission"))
        row.round, row.status = 0, "drafting"
    assert "There is nothing to compare yet" in sign_in(cast.ana).get(PAGE).text


def test_nobody_elses(rounds: Any, cast: Any, sign_in: Any) -> None:
    assert sign_in(cast.ben).get(PAGE).status_code == 404
    assert sign_in(cast.cal).get(COACHES).status_code == 404
    assert sign_in(cast.cora).get(PAGE).status_code == 404
