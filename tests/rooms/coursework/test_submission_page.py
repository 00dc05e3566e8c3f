"""The page of a round: receipt, review, and the work exactly as it was sent."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.coursework.models import Draft
from app.coursework.review_models import Review
from app.coursework.review_shown import review_view
from app.lib.database import db
from tests.factories import counted_queries, published_review, submitted_system
from tests.programs import COMPLETE
from tests.rooms.coursework.worksheets import HOSTILE

COMMENTS = (("1.C.1", "required", "Write the exception as a rule."), ("1.B.1", "praise", "Clear path."))


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


@pytest.fixture
def round_1(app, cast, write):
    with write():
        return submitted_system(cast.ana_enrollment).id


def page_of(browser, number: int = 1) -> str:
    response = browser.get(f"/systems/1/submissions/{number}")
    assert response.status_code == 200
    return response.text


def reviewed(write, round_id: int, cast, **more) -> None:
    from app.coursework.models import Submission

    with write():
        published_review(db.session.get_one(Submission, round_id), cast.cora, **more)


def test_the_receipt_says_what_when_and_by_when(ana, round_1):
    page = page_of(ana)
    for words in (
        "We have your work",
        "Wed, Mar 25, 9:00 a.m. MDT",
        "You will hear by",
        "240 words",
        "Take this round back",
    ):
        assert words in page
    from app.coursework.models import Submission

    assert db.session.get_one(Submission, round_1).digest in page


def test_the_frozen_work_stays_when_the_draft_changes(ana, round_1, write):
    with write():
        draft = db.session.scalars(select(Draft)).one()
        draft.answers = {**COMPLETE, "1.A.1": "Something newer"}
    page = page_of(ana)
    assert "Northgate Medical Exercise" in page
    assert "Something newer" not in page
    assert "Break-even: 23 sessions a month" in page


def test_a_published_review_is_what_the_coach_sees_too(ana, round_1, cast, write):
    from app.coursework.models import Submission

    reviewed(write, round_1, cast, comments=COMMENTS)
    view = review_view(db.session.get_one(Submission, round_1))
    page = page_of(ana)
    assert view.coach_name in page
    assert view.strength in page
    for one in view.remarks:
        assert one.text in page
    for one in view.criteria:
        assert one.word(one.mark) in page
        assert next(text for key, _, text in one.levels if key == one.mark) in page
    assert "1 required change, each beside its field" in page
    assert "Take this round back" not in page


def test_a_draft_review_and_a_withdrawn_one_are_not_shown(ana, round_1, cast, write):
    reviewed(write, round_1, cast, comments=COMMENTS)
    for status in ("draft", "withdrawn"):
        with write():
            db.session.scalars(select(Review)).one().status = status
        assert "Write the exception as a rule." not in page_of(ana)
        assert "Write the exception as a rule." not in ana.get("/systems/1").text


def test_an_accepted_round_says_so(ana, round_1, cast, write):
    reviewed(write, round_1, cast, verdict="accepted", comments=())
    page = page_of(ana)
    assert "meets the course standard" in page


def test_hostile_words_of_a_coach_are_shown_as_text(ana, round_1, cast, write):
    reviewed(write, round_1, cast, comments=(("1.C.1", "required", HOSTILE.replace("\x00", "")),))
    for page in (page_of(ana), ana.get("/systems/1").text):
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "sam", "pat"])
def test_nobody_else_finds_it(sign_in, cast, round_1, who):
    assert sign_in(getattr(cast, who)).get("/systems/1/submissions/1").status_code == 404


def test_a_round_that_was_never_sent_is_not_found(ana, round_1):
    assert ana.get("/systems/1/submissions/2").status_code == 404
    assert ana.get("/systems/9/submissions/1").status_code == 404


def test_reading_changes_nothing(ana, round_1):
    before = db.session.scalar(select(func.count(Entry.id)))
    page_of(ana)
    page_of(ana)
    assert db.session.scalar(select(func.count(Entry.id))) == before


def test_the_same_few_queries_however_many_comments(ana, round_1, cast, write):
    reviewed(write, round_1, cast, comments=COMMENTS[:1])
    page_of(ana)
    with counted_queries() as one:
        page_of(ana)
    with write():
        review = db.session.scalars(select(Review)).one()
        from app.coursework.review_models import Comment

        for number in range(30):
            db.session.add(
                Comment(
                    review_id=review.id,
                    field_id="1.B.1",
                    kind="suggested",
                    text=f"Idea {number}",
                    position=number,
                )
            )
    with counted_queries() as thirty:
        page_of(ana)
    assert len(one) == len(thirty) <= 5, thirty
    with counted_queries() as sheet:
        ana.get("/systems/1")
    assert len(sheet) <= 5, sheet
