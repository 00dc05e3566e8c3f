"""A second opinion: asked once, answered once, read by coaches only, closed with the review."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.coursework.quality_models import Opinion
from app.coursework.review_models import Review
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.factories import second_coach, submitted_system


@pytest.fixture
def theo(app: Any, cast: Any, write: Any) -> int:
    with write():
        return second_coach(cast.spring).id


@pytest.fixture
def cora(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cora)


@pytest.fixture
def review(app: Any, cast: Any, write: Any, cora: Any, theo: int) -> str:
    """The address of Cora's draft on Ana's round."""
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    return str(cora.post(f"/submissions/{submission_id}/review").location)


def mails(kind: str) -> list[str]:
    found = list(db.session.scalars(select(Message.to_address).where(Message.kind == f"coursework/{kind}")))
    db.session.rollback()
    return found


def test_a_colleague_is_asked_and_answers_and_coaches_alone_read_it(
    review: str, cora: Any, theo: int, cast: Any, sign_in: Any
) -> None:
    assert f"{review}/opinions" in cora.get(review).get_data(as_text=True)
    asking = {"colleague": str(theo), "question": "Is 1.C.1 a rule?"}
    for _ in range(2):
        assert cora.post(f"{review}/opinions", data=asking).status_code == 303
    assert mails("opinion_asked") == ["theo@example.com"]
    his = sign_in(theo)
    page = his.get(f"{review}/opinions").get_data(as_text=True)
    assert "Is 1.C.1 a rule?" in page
    assert "Send the answer" in page
    draft = his.get(review).get_data(as_text=True)
    assert f"{review}/opinions" in draft  # on the review page of both
    assert 'name="strength"' not in draft  # and read-only for him
    for _ in range(2):
        sent = his.post(f"{review}/opinions/1", data={"answer": "No: it has no exception."})
        assert sent.status_code == 303
    assert mails("opinion_answered") == ["cora@example.com"]
    assert "No: it has no exception." in cora.get(f"{review}/opinions").get_data(as_text=True)
    said = db.session.scalars(select(Entry.sentence).where(Entry.about_kind == "opinion")).all()
    assert said == [
        "Asked Theo Marsh about System 1, round 1 of Ana Morales",
        "Gave a second opinion on System 1, round 1 of Ana Morales",
    ]
    refused = his.post(f"{review}/opinions/1", data={"answer": "Or perhaps it is."})
    assert refused.status_code == 422
    assert "answer already" in refused.text


@pytest.mark.parametrize("who", ["ana", "ben", "cal", "sam", "pat"])
def test_nobody_else_finds_it(who: str, review: str, cora: Any, theo: int, cast: Any, sign_in: Any) -> None:
    cora.post(f"{review}/opinions", data={"colleague": str(theo), "question": "Is it?"})
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(f"{review}/opinions").status_code == 404
    assert stranger.post(f"{review}/opinions", data={"colleague": "any", "question": "x"}).status_code == 404
    assert stranger.post(f"{review}/opinions/1", data={"answer": "x"}).status_code == 404
    assert db.session.scalar(select(Opinion.answer)) == ""
    db.session.rollback()


def test_any_colleague_may_answer_but_not_the_one_who_asks(
    review: str, cora: Any, theo: int, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        una = second_coach(cast.spring, "Una Falk").id
    cora.post(f"{review}/opinions", data={"colleague": "any", "question": "Enough?"})
    assert mails("opinion_asked") == ["theo@example.com", "una@example.com"]
    assert cora.post(f"{review}/opinions/1", data={"answer": "Yes"}).status_code == 422
    assert sign_in(una).post(f"{review}/opinions/1", data={"answer": "Yes"}).status_code == 303
    assert sign_in(theo).post(f"{review}/opinions/1", data={"answer": "No"}).status_code == 422


def test_a_named_colleague_alone_answers(
    review: str, cora: Any, theo: int, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        una = second_coach(cast.spring, "Una Falk").id
    cora.post(f"{review}/opinions", data={"colleague": str(theo), "question": "Enough?"})
    refused = sign_in(una).post(f"{review}/opinions/1", data={"answer": "Yes"})
    assert refused.status_code == 422
    assert "for a colleague" in refused.text
    assert cora.post(f"{review}/opinions/7", data={"answer": "Yes"}).status_code == 404


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"colleague": "any", "question": " "}, "Say what you would like to know"),
        ({"colleague": "any", "question": "x" * 2001}, "room for 2,000"),
        ({"colleague": "999", "question": "Kept <b>"}, "Choose a colleague"),
        ({"colleague": "²", "question": "Kept <b>"}, "Choose a colleague"),
        ({"question": "Kept <b>"}, "Choose a colleague"),
    ],
)
def test_a_question_that_is_refused_is_kept_in_the_form(
    data: dict[str, str], said: str, review: str, cora: Any
) -> None:
    refused = cora.post(f"{review}/opinions", data=data)
    assert refused.status_code == 422
    assert said in refused.text
    assert data["question"].strip().replace("<b>", "&lt;b&gt;") in refused.text
    assert db.session.scalars(select(Opinion)).all() == []


@pytest.mark.parametrize("answer", ["", " \n", "x" * 4001])
def test_an_answer_that_is_refused(answer: str, review: str, cora: Any, theo: int, sign_in: Any) -> None:
    cora.post(f"{review}/opinions", data={"colleague": str(theo), "question": "Enough?"})
    assert sign_in(theo).post(f"{review}/opinions/1", data={"answer": answer}).status_code == 422
    assert mails("opinion_answered") == []


def test_questions_are_bounded(review: str, cora: Any, theo: int) -> None:
    for number in range(7):
        cora.post(f"{review}/opinions", data={"colleague": str(theo), "question": f"Question {number}"})
    assert len(mails("opinion_asked")) == 5


def test_with_the_review_it_is_closed(review: str, cora: Any, theo: int, sign_in: Any) -> None:
    cora.post(f"{review}/opinions", data={"colleague": str(theo), "question": "Enough?"})
    begin_write()
    found = db.session.scalars(select(Review)).one()
    found.status, found.submission.status = "published", "decided"
    db.session.commit()
    his = sign_in(theo)
    refused = his.post(f"{review}/opinions/1", data={"answer": "Late"})
    assert refused.status_code == 422
    assert "second opinions are closed" in refused.text
    assert "No answer was given" in his.get(f"{review}/opinions").get_data(as_text=True)


def test_without_a_colleague_there_is_nobody_to_ask(cast: Any, write: Any, cora: Any) -> None:
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    address = cora.post(f"/submissions/{submission_id}/review").location
    assert "nobody to ask" in cora.get(f"{address}/opinions").get_data(as_text=True)
    assert cora.post(f"{address}/opinions", data={"colleague": "any", "question": "x"}).status_code == 422
