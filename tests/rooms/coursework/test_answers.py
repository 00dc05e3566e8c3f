"""After a review: the coach's words beside the fields, their answers, and the next round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.coursework.models import Submission, System
from app.coursework.review_models import Comment, Review
from app.lib.database import db
from tests.cast import NOW
from tests.factories import published_review, submitted_system
from tests.rooms.coursework.worksheets import HOSTILE, JSON, SENDING, form_of, opened

URL = "/systems/1"
COMMENTS = (
    ("1.B.1", "praise", "Clear path."),
    ("1.C.1", "required", "Write the exception as a rule."),
    ("1.E.3", "suggested", "Compare a second price."),
)


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


@pytest.fixture
def asked(app, cast, write) -> dict[str, int]:
    """Round 1 came back with one required and one suggested change: kind → comment id."""
    with write():
        round_1 = submitted_system(cast.ana_enrollment, now=NOW - timedelta(days=3))
        published_review(round_1, cast.cora, comments=COMMENTS, now=NOW - timedelta(days=1))
        return {one.kind: one.id for one in db.session.scalars(select(Comment))}


def comment(comment_id: int) -> Comment:
    db.session.rollback()
    return db.session.get_one(Comment, comment_id)


def next_round_form(browser, **changes):
    return opened(browser, URL) | SENDING | changes


def test_each_comment_stands_beside_its_field(ana, asked):
    page = ana.get(URL).text
    for words in ("Required change 1", "Suggested change 2", "Praise", "Write the exception as a rule."):
        assert words in page
    assert "One required change to answer" in page
    assert "the change Cora Bennett asked for has no answer yet" in page


def test_the_last_text_is_kept_for_the_next_round(ana, asked):
    assert opened(ana, URL)["1.A.1"] == ["Northgate Medical Exercise"]
    assert "Submit round 2" in ana.get(URL).text


def test_an_answer_is_saved_with_the_form(ana, asked, clock):
    key = f"request~{asked['required']}"
    ana.post(
        f"{URL}/draft", data=opened(ana, URL) | {key: ["", "disagree"], f"{key}~text": ["It is my call."]}
    )
    row = comment(asked["required"])
    # the hidden blank comes first, as a browser sends it
    assert (row.answer, row.answer_text, row.answered_at) == ("disagree", "It is my call.", clock.now)
    assert db.session.scalars(select(System)).one().status == "drafting"
    assert form_of(ana.get(URL).text)[key] == ["", "disagree"]


def test_beginning_the_next_round_is_in_the_audit_once(ana, asked):
    for text in ("One", "Two"):
        ana.post(f"{URL}/draft", data=opened(ana, URL) | {"1.A.1": [text]})
    begun = db.session.scalars(select(Entry).where(Entry.sentence == "Began to work on round 2")).all()
    assert len(begun) == 1


@pytest.mark.parametrize("headers", [{}, JSON])
def test_an_answer_can_be_sent_alone(ana, asked, headers):
    where = f"{URL}/requests/{asked['required']}"
    for _ in range(2):
        response = ana.post(where, data={"answer": "changed", "text": "See step 3."}, headers=headers)
        assert response.status_code == (200 if headers else 303)
    assert comment(asked["required"]).answer == "changed"


def test_disagreeing_without_a_reason_is_refused_kindly(ana, asked):
    where = f"{URL}/requests/{asked['required']}"
    response = ana.post(where, data={"answer": "disagree", "text": "  "})
    assert response.status_code == 422
    assert "Say in a sentence why you disagree" in response.text
    assert ana.post(where, data={"answer": "maybe"}, headers=JSON).json["error"].startswith("Choose one")
    assert comment(asked["required"]).answer is None


def test_praise_and_other_peoples_requests_cannot_be_answered(ana, asked, sign_in, cast, write):
    with write():
        other = submitted_system(cast.ben_enrollment)
        published_review(other, cast.cora, comments=(("1.C.1", "required", "For Ben."),))
        bens = db.session.scalars(select(Comment.id).where(Comment.text == "For Ben.")).one()
    for comment_id in (asked["praise"], bens, 999):
        assert ana.post(f"{URL}/requests/{comment_id}", data={"answer": "changed"}).status_code == 404
    ana.post(f"{URL}/draft", data=opened(ana, URL) | {f"request~{bens}": ["changed"]})
    assert comment(bens).answer is None
    assert "For Ben." not in ana.get(URL).text


def test_hostile_answers_are_kept_as_text(ana, asked):
    where = f"{URL}/requests/{asked['required']}"
    ana.post(where, data={"answer": "disagree", "text": HOSTILE})
    page = ana.get(URL).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_next_round_needs_every_required_change_answered(ana, asked):
    response = ana.post(f"{URL}/submit", data=next_round_form(ana))
    assert response.status_code == 422
    assert "1 required change has no answer yet" in response.text
    key = f"request~{asked['required']}"
    empty = ana.post(
        f"{URL}/submit", data=next_round_form(ana, **{key: ["", "disagree"], f"{key}~text": [" "]})
    )
    assert empty.status_code == 422
    done = ana.post(f"{URL}/submit", data=next_round_form(ana, **{key: ["", "changed"]}))
    assert (done.status_code, done.location) == (303, f"{URL}/submissions/2")
    second = db.session.scalars(select(Submission).where(Submission.number == 2)).one()
    assert second.status == "waiting"
    assert comment(asked["suggested"]).answer is None  # a suggestion never holds work back


def test_an_answer_that_did_not_settle_it_is_asked_for_again(ana, asked, cast, write, clock):
    key = f"request~{asked['required']}"
    ana.post(
        f"{URL}/submit", data=next_round_form(ana, **{key: ["", "changed"], f"{key}~text": ["Look again."]})
    )
    clock.move(days=1)
    with write():
        second = db.session.scalars(select(Submission).where(Submission.number == 2)).one()
        published_review(second, cast.cora, comments=(), now=clock.now)
    clock.move(hours=1)
    page = ana.get(URL).text
    assert "did not settle it" in page
    assert "Look again." in page
    assert form_of(page)[key] == [""]
    assert ana.post(f"{URL}/submit", data=next_round_form(ana)).status_code == 422
    assert ana.post(f"{URL}/submit", data=next_round_form(ana, **{key: ["", "changed"]})).status_code == 303


def test_a_settled_request_asks_nothing(ana, asked, write, clock):
    with write():
        db.session.get_one(Comment, asked["required"]).settled_at = clock.now
    page = ana.get(URL).text
    assert f"request~{asked['required']}" not in page
    assert ana.post(f"{URL}/submit", data=next_round_form(ana)).status_code == 303


def test_a_withdrawn_review_asks_nothing(ana, asked, write):
    with write():
        review = db.session.scalars(select(Review)).one()
        review.status, review.withdrawn_at = "withdrawn", NOW
    assert "Write the exception as a rule." not in ana.get(URL).text
    assert ana.post(f"{URL}/requests/{asked['required']}", data={"answer": "changed"}).status_code == 404


def test_two_tabs_answering_differently_are_asked(ana, asked):
    key = f"request~{asked['required']}"
    one, two = opened(ana, URL), opened(ana, URL)
    ana.post(f"{URL}/draft", data=one | {key: ["", "changed"]})
    response = ana.post(f"{URL}/draft", data=two | {key: ["", "disagree"], f"{key}~text": ["Because."]})
    assert response.status_code == 409
    assert "Your answer to: Write the exception as a rule." in response.text
    assert comment(asked["required"]).answer == "changed"
