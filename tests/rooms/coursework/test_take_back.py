"""Pulling a round back: ten minutes whoever reads it, then while nobody has begun; never once it is decided."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.cohorts.models import Enrollment
from app.coursework.models import Submission, System
from app.coursework.review_models import Review
from app.lib.database import db
from app.mail.models import Message
from tests.factories import submitted_system
from tests.rooms.coursework.test_review import MARKS, hidden
from tests.rooms.coursework.test_review import opened as taken_up
from tests.rooms.coursework.test_review import send as reviewed
from tests.rooms.coursework.test_review_race import at_once
from tests.rooms.coursework.worksheets import begun, sent

ACCEPT = {"strength": "Clear.", "do": "accept", **MARKS}


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Any:
    return sign_in(cast.ana)


@pytest.fixture
def cora(sign_in: Any, cast: Any) -> Any:
    return sign_in(cast.cora)


def only_round() -> Submission:
    db.session.rollback()
    return db.session.scalars(select(Submission)).one()


def mails(kind: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.to_address).where(Message.kind == kind)))


def test_a_waiting_round_can_be_taken_back_once_at_any_time(ana: Any, clock: Any) -> None:
    url = begun(ana)
    sent(ana, url)
    clock.move(days=1)
    for _ in range(2):
        assert ana.post(f"{url}/submissions/1/take-back").status_code == 303
    assert only_round().status == "withdrawn"
    assert db.session.scalars(select(System)).one().status == "drafting"
    assert "taken back" in ana.get(url).text
    assert sent(ana, url).location == f"{url}/submissions/2"
    assert mails("coursework/pulled_back") == []


def test_within_ten_minutes_also_from_a_coach_who_has_opened_it(ana: Any, cora: Any, clock: Any) -> None:
    url = begun(ana)
    sent(ana, url)
    draft = taken_up(cora, only_round().id)
    assert reviewed(cora, draft, strength="A clear path.").status_code == 303
    clock.move(minutes=9, seconds=59)
    page = ana.get(f"{url}/submissions/1").text
    assert "even if your coach has opened it" in page and "Take this round back" in page
    for _ in range(2):
        ana.post(f"{url}/submissions/1/take-back")
    kept = only_round()
    assert (kept.status, kept.lease_coach_id, kept.lease_until) == ("withdrawn", None, None)
    assert db.session.scalars(select(Review.strength)).one() == "A clear path."
    assert mails("coursework/pulled_back") == ["cora@example.com"]
    page = cora.get(draft).text
    assert "This round was taken back." in page and "A clear path." in page


def test_afterwards_only_while_nobody_has_begun(ana: Any, cora: Any, clock: Any) -> None:
    url = begun(ana)
    sent(ana, url)
    taken_up(cora, only_round().id)
    clock.move(minutes=10)
    assert "Take this round back" not in ana.get(f"{url}/submissions/1").text
    response = ana.post(f"{url}/submissions/1/take-back")
    assert "already reading this round" in ana.get(response.location).text
    assert only_round().status == "in review"


def test_a_decided_round_stays(ana: Any, cora: Any) -> None:
    url = begun(ana)
    sent(ana, url)
    assert reviewed(cora, taken_up(cora, only_round().id), **ACCEPT).status_code == 303
    response = ana.post(f"{url}/submissions/1/take-back")
    assert "answered already" in ana.get(response.location).text
    assert only_round().status == "decided"


def test_a_suspended_person_takes_nothing_back(ana: Any, write: Any, cast: Any) -> None:
    url = begun(ana)
    sent(ana, url)
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    response = ana.post(f"{url}/submissions/1/take-back")
    assert "is suspended" in ana.get(response.location).text
    assert only_round().status == "waiting"


def test_somebody_else_s_round_is_not_there(sign_in: Any, cast: Any, write: Any) -> None:
    with write():
        system_id = submitted_system(cast.ana_enrollment).system_id
    assert sign_in(cast.ben).post(f"/systems/{system_id}/submissions/1/take-back").status_code == 404
    assert only_round().status == "waiting"


def test_the_receipt_says_until_when_in_the_viewer_s_zone(ana: Any) -> None:
    url = begun(ana)
    sent(ana, url)
    assert "9:10 a.m. MDT" in ana.get(f"{url}/submissions/1").text
    db.session.rollback()
    mail = db.session.scalars(select(Message).where(Message.kind == "coursework/receipt")).one()
    assert "9:10 a.m. MDT" in mail.text and "9:10 a.m. MDT" in mail.html


@pytest.mark.parametrize("attempt", range(3))
def test_pulled_back_and_published_at_once_one_of_them_happens(
    app: Any, ana: Any, cora: Any, attempt: int
) -> None:
    url = begun(ana)
    sent(ana, url)
    draft = taken_up(cora, only_round().id)
    lease = hidden(cora.get(draft).get_data(as_text=True), "lease")
    form = {**ACCEPT, "version": "1", "lease": lease, "csrf_token": cora.csrf_token()}
    token = ana.csrf_token()
    db.session.remove()
    answers = at_once(
        app,
        [
            lambda: cora.post(draft, data=form, csrf=False),
            lambda: ana.post(f"{url}/submissions/1/take-back", data={"csrf_token": token}, csrf=False),
        ],
    )
    assert answers[1].status_code == 303
    kept, published = (
        only_round(),
        db.session.scalar(select(func.count()).select_from(Review).where(Review.status == "published")),
    )
    system = db.session.scalars(select(System)).one()
    if kept.status == "decided":
        assert (published, system.status, answers[0].status_code) == (1, "accepted", 303)
    else:
        assert (kept.status, published, system.status) == ("withdrawn", 0, "drafting")
        assert answers[0].status_code == 422
        assert "Your draft is kept" in answers[0].text
