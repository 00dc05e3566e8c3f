"""Comments on a row or on quoted words: kept with their place, found again or not in the next round, on both sides."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.coursework.models import Draft, Submission
from app.coursework.review_models import Comment, Review
from app.lib.database import db
from tests.factories import answer_request, next_round, published_review, submitted_system
from tests.house.hostile import STRINGS, check
from tests.programs import COMPLETE
from tests.rooms.coursework.test_review import cora, hidden, opened, round_1, send

__all__ = ["cora", "round_1"]


def kept() -> Comment:
    return db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()  # type: ignore[return-value]


def test_a_quote_is_kept_with_what_stands_around_it(cora: Any, round_1: int) -> None:
    send(cora, opened(cora, round_1), **{"comment-new-1.C.1": "Why?", "quote-new-1.C.1": "24 hours' notice"})
    one = kept()
    assert (one.quote, one.prefix, one.suffix) == (
        "24 hours' notice",
        "e One rule for everybody. Steps",
        ": no fee.",
    )


def test_what_the_browser_says_of_the_surroundings_is_kept(cora: Any, round_1: int) -> None:
    form = {
        "comment-new-1.C.1": "Why?",
        "quote-new-1.C.1": "rule",
        "before-new-1.C.1": "One",
        "after-new-1.C.1": "for",
    }
    send(cora, opened(cora, round_1), **form)
    assert (kept().quote, kept().prefix, kept().suffix) == ("rule", "One", "for")


def test_a_row_is_quoted_whole_and_an_unknown_row_is_none(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    assert '<option value="r2">row 2, Discharge</option>' in cora.get(address).get_data(as_text=True)
    send(cora, address, **{"comment-new-1.B.1": "Who?", "row-new-1.B.1": "r2"})
    assert (kept().row_id, kept().quote) == ("r2", "Discharge None")
    send(cora, address, **{"comment-new-1.B.1": "Where?", "row-new-1.B.1": "r99"})
    assert (kept().row_id, kept().quote) == ("", "")


def test_two_new_comments_on_one_field_are_kept_both(cora: Any, round_1: int) -> None:
    form = {"comment-new-1.C.1": "One", "comment-new-1.C.1~2": "Two", "quote-new-1.C.1~2": "no fee"}
    send(cora, opened(cora, round_1), **form)
    found = db.session.scalars(select(Comment).order_by(Comment.id)).all()
    assert [(one.field_id, one.text, one.quote) for one in found] == [
        ("1.C.1", "One", ""), ("1.C.1", "Two", "no fee"),
    ]  # fmt: skip


def test_after_a_refusal_every_typed_comment_is_still_there(cora: Any, round_1: int) -> None:
    form = {"comment-new-1.C.1": "Typed one", "comment-new-1.C.1~2": "Typed two", "strength": "x" * 4001}
    page = send(cora, opened(cora, round_1), **form).get_data(as_text=True)
    assert "Typed one" in page
    assert "Typed two" in page


LATER = "### Purpose\nOne rule for everybody.\n\n### Steps\n1. {}"


@pytest.fixture
def asked(cast: Any, write: Any) -> Any:
    """Round 1 returned with a change on a quote and one on a row; the answers of round 2 are the test's."""

    def next_with(**answers: Any) -> int:
        with write():
            first = submitted_system(cast.ana_enrollment)
            requests = (("1.C.1", "required", "As a rule."), ("1.B.1", "suggested", "Say who."))
            review = published_review(first, cast.cora, comments=requests)
            quote, row = review.comments
            quote.quote, quote.prefix, quote.suffix = "24 hours' notice: no fee.", "for everybody. Steps", ""
            row.row_id, row.quote = "r2", "Discharge None"
            for one in review.comments:
                answer_request(one)
            draft = db.session.get_one(Draft, first.system_id)
            draft.answers = {**COMPLETE, **{key.replace("_", "."): value for key, value in answers.items()}}
            return next_round(first.system, answers=draft.answers).id

    return next_with


ROWS = COMPLETE["1.B.1"]


@pytest.mark.parametrize(
    ("answers", "said", "unsaid"),
    [
        ({}, 'data-words="24 hours&#39; notice: no fee."', "passage changed"),
        ({"_1_C_1": LATER.format("48 hours' notice: no fee.")}, "words changed", "passage changed"),
        ({"_1_C_1": "Rosa decides everything else."}, "passage changed", 'data-words="24 hours'),
        ({"_1_B_1": ROWS[:1]}, "row removed", 'data-row-at="r2"'),
        ({"_1_B_1": list(reversed(ROWS))}, 'data-row-at="r2"', "row removed"),
    ],
)  # fmt: skip
def test_the_next_round_says_where_the_passage_went(
    cora: Any, asked: Any, answers: dict[str, Any], said: str, unsaid: str, cast: Any, sign_in: Any
) -> None:
    submission = asked(**{key[1:]: value for key, value in answers.items()})
    page = cora.get(opened(cora, submission)).get_data(as_text=True)
    assert said in page
    assert unsaid not in page
    assert "24 hours&#39; notice: no fee." in page  # the old words stand there either way
    # the participant's worksheet says the same of the draft
    system = db.session.get_one(Submission, submission).system_id
    db.session.rollback()
    sheet = sign_in(cast.ana).get(f"/systems/{system}").get_data(as_text=True)
    assert said in sheet
    assert unsaid not in sheet


def test_the_worksheet_leads_to_the_passage(asked: Any, cast: Any, sign_in: Any) -> None:
    system = db.session.get_one(Submission, asked()).system_id
    db.session.rollback()
    page = sign_in(cast.ana).get(f"/systems/{system}").get_data(as_text=True)
    assert '<a href="#1.C.1" data-passage>Jump to the passage</a>' in page
    assert '<a href="#1.B.1" data-passage>Jump to the row</a>' in page


def test_reading_the_round_shows_what_was_quoted(asked: Any, cast: Any, sign_in: Any) -> None:
    system = db.session.get_one(Submission, asked()).system_id
    db.session.rollback()
    page = sign_in(cast.ana).get(f"/systems/{system}/submissions/1").get_data(as_text=True)
    assert (
        'data-at="1.C.1" data-words="24 hours&#39; notice: no fee." data-before="for everybody. Steps"'
        in page
    )
    assert '<tr data-row="r2">' in page


@pytest.mark.parametrize("words", STRINGS)
def test_hostile_anchors_are_only_text(words: str, cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    form = {f"{name}-new-1.B.1": words for name in ("comment", "quote", "before", "after", "row", "first")}
    answer = send(cora, address, **form)
    assert answer.status_code in (303, 422)
    for path in ("", "/preview"):
        check(cora.get(address + path, critical=False), f"{words[:20]!r} on {path or 'the review'}")
    assert all(
        len(one) <= 40
        for one in db.session.execute(select(Comment.prefix, Comment.suffix, Comment.row_id)).first() or ()
    )


# --- marks carried over -----------------------------------------------------------------------------------------


@pytest.fixture
def untouched(cast: Any, write: Any) -> int:
    """Round 2 in which only the cancellation rule is another, which the criterion 'rules' is about."""
    with write():
        first = submitted_system(cast.ana_enrollment)
        published_review(first, cast.cora)
        return next_round(first.system, answers={**COMPLETE, "1.C.1": LATER.format("Rosa decides.")}).id


def test_marks_are_offered_and_are_nobodys_until_kept(cora: Any, untouched: int) -> None:
    address = opened(cora, untouched)
    page = cora.get(address).get_data(as_text=True)
    assert "Meets, as in round 1" in page
    assert "One mark stands as in round 1" in page
    assert "0 of 2 rated" in page
    assert "Two criteria left to rate." in page
    assert not db.session.scalars(select(Review.marks).where(Review.status == "draft")).one()


def test_one_press_keeps_them_and_touches_nothing_else(cora: Any, untouched: int) -> None:
    address = opened(cora, untouched)
    assert send(cora, address, do="carry-over", strength="Kept").location.endswith("#rubric")
    review = db.session.scalars(select(Review).where(Review.status == "draft")).one()
    assert (review.marks, review.strength) == ({"client_path": "meets"}, "Kept")
    db.session.rollback()
    send(cora, address, do="carry-over", **{"mark-client_path": "exceeds"})
    assert db.session.scalars(select(Review.marks).where(Review.status == "draft")).one() == {
        "client_path": "exceeds"
    }


# --- more than three required changes ----------------------------------------------------------------------------


def test_a_fourth_required_change_is_a_hint_and_no_refusal(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    fields = ("1.A.1", "1.B.1", "1.C.1", "1.E.1")
    form = {f"comment-new-{one}": "Change this" for one in fields} | {
        f"kind-new-{one}": "required" for one in fields
    }
    send(cora, address, **form)
    page = cora.get(address).get_data(as_text=True)
    assert "Four required changes. Three next changes are good practice" in page
    keys = db.session.scalars(select(Comment.id).order_by(Comment.position)).all()
    db.session.rollback()
    again = {f"comment-{key}": "Change this" for key in keys} | {f"kind-{key}": "required" for key in keys}
    again |= {f"first-{key}": "yes" for key in keys[:3]}
    marks = {"mark-client_path": "not_yet", "mark-rules": "meets"}
    assert send(cora, address, do="request", **again, **marks).status_code == 303
    firsts = db.session.scalars(select(Comment.comes_first).order_by(Comment.position)).all()
    assert list(firsts) == [True, True, True, False]


def test_json_says_it_too(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    page = cora.get(address).get_data(as_text=True)
    data = {"version": hidden(page, "version"), "comment-new-1.A.1": "x", "kind-new-1.A.1": "required"}
    answer = cora.post(address, data=data, headers={"Accept": "application/json"}).get_json()
    assert answer["many"] == ""
