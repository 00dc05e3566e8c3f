"""A promise in danger: handed to every coach once, by the clock or on purpose; and what the participant is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import Entry
from app.coursework import handover
from app.coursework.models import Submission
from app.coursework.quality_models import PromiseWatch
from app.coursework.review_models import Review, ReviewTally
from app.lib import times
from app.lib.database import begin_write, db
from app.lib.jobs import run
from app.lib.refusal import Refused
from app.mail.models import Message
from tests.factories import (
    counted_queries,
    next_round,
    participant,
    published_review,
    second_coach,
    submitted_system,
)

EASTERN = "America/New_York"
SENT = times.at(date(2026, 3, 25), "11:00", EASTERN)
PROMISED = times.at(date(2026, 3, 30), "18:00", EASTERN)


@pytest.fixture
def theo(app: Any, cast: Any, write: Any) -> int:
    with write():
        return second_coach(cast.spring).id


@pytest.fixture
def waiting(app: Any, cast: Any, write: Any) -> int:
    with write():
        return submitted_system(cast.ana_enrollment, now=SENT, promised_at=PROMISED).id


def mails(kind: str) -> list[str]:
    query = select(Message.to_address).where(Message.kind == f"coursework/{kind}").order_by(Message.id)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def at(clock: Any, day: int, hour: str) -> None:
    clock.now = times.at(date(2026, 3, day) if day > 24 else date(2026, 4, day), hour, EASTERN)


def text_of(kind: str) -> str:
    return str(db.session.scalar(select(Message.text).where(Message.kind == f"coursework/{kind}")))


# --- by the clock -------------------------------------------------------------------------------------------------


def test_nobody_is_told_before_it_is_in_danger(waiting: int, theo: int, clock: Any) -> None:
    at(clock, 30, "13:00")
    run("watch-promises")
    assert mails("handed_over") == []
    assert db.session.get_one(Submission, waiting).handed_at is None


def test_every_coach_is_told_once_and_the_queue_says_so(
    waiting: int, theo: int, clock: Any, cast: Any, sign_in: Any
) -> None:
    at(clock, 30, "14:00")
    for _ in range(3):
        run("watch-promises")
        clock.move(minutes=30)
    assert mails("handed_over") == ["cora@example.com", "theo@example.com"]
    page = sign_in(theo).get("/coaching/queue").get_data(as_text=True)
    assert "handed to everyone since 2:00 p.m. EDT" in page
    assert f"/coaching/rounds/{waiting}" in text_of("handed_over")
    entries = db.session.scalars(select(Entry.sentence).where(Entry.about_id == waiting)).all()
    assert "Handed System 1, round 1 of Ana Morales to every coach of Cohort of February 28, 2026" in entries


def test_the_usual_coach_is_told_in_other_words(theo: int, cast: Any, clock: Any, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment, now=SENT - timedelta(days=9))
        published_review(first, cast.cora, now=SENT - timedelta(days=7))
        next_round(first.system, now=SENT, promised_at=PROMISED)
    at(clock, 30, "15:00")
    run("watch-promises")
    told = dict(db.session.execute(select(Message.to_address, Message.text)).all())
    assert "You know this work best" in told["cora@example.com"]
    assert "You know this work best" not in told["theo@example.com"]


def test_who_reads_it_is_left_in_peace_until_it_is_late(
    waiting: int, theo: int, clock: Any, cast: Any, sign_in: Any
) -> None:
    at(clock, 30, "17:45")
    sign_in(cast.cora).post(f"/submissions/{waiting}/review")
    run("watch-promises")
    assert mails("handed_over") == []
    at(clock, 30, "18:10")
    run("watch-promises")
    assert mails("handed_over") == ["cora@example.com", "theo@example.com"]


def test_coaches_of_the_past_and_of_other_cohorts_are_not_told(waiting: int, cast: Any, clock: Any) -> None:
    at(clock, 30, "16:00")
    run("watch-promises")
    assert mails("handed_over") == ["cora@example.com"]


def test_the_participant_hears_once_that_it_is_late_and_staff_once_a_business_day_later(
    waiting: int, clock: Any
) -> None:
    at(clock, 30, "18:00")
    run("watch-promises")
    assert mails("promise_missed") == []
    for hour in ("19:00", "20:00"):
        at(clock, 30, hour)
        run("watch-promises")
    assert mails("promise_missed") == ["ana@example.com"]
    assert "that is on us, not on you" in text_of("promise_missed")
    at(clock, 31, "17:00")
    run("watch-promises")
    assert mails("long_late") == []
    for hour in ("18:00", "19:00", "23:00"):
        at(clock, 31, hour)
        run("watch-promises")
    assert mails("long_late") == ["sam@example.com"]
    assert mails("promise_missed") == ["ana@example.com"]


def test_an_answered_round_is_nobodys_worry(waiting: int, cast: Any, clock: Any, write: Any) -> None:
    with write():
        published_review(db.session.get_one(Submission, waiting), cast.cora)
    at(clock, 5, "12:00")
    run("watch-promises")
    assert db.session.scalars(select(Message)).all() == []


def test_looking_costs_the_same_with_many_rounds_that_are_in_time(cast: Any, write: Any, clock: Any) -> None:
    sent = []
    for numbers in (range(1), range(1, 30)):
        with write():
            for number in numbers:
                submitted_system(participant(cast.spring, number).id, promised_at=PROMISED)
        with counted_queries() as statements:
            assert handover.in_danger(clock.now) == []
        sent.append(len(statements))
        db.session.rollback()
    assert sent == [1, 1]


# --- on purpose -----------------------------------------------------------------------------------------------------


def test_the_page_of_a_round_is_where_the_mail_leads(waiting: int, cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.cora).get(f"/coaching/rounds/{waiting}").get_data(as_text=True)
    assert "Round 1 of Ana Morales" in page
    assert "Mon, Mar 30, 6:00 p.m. EDT" in page
    assert f'action="/submissions/{waiting}/review"' in page


@pytest.mark.parametrize("who", ["ana", "ben", "cal", "sam", "pat"])
def test_nobody_else_finds_it(who: str, waiting: int, cast: Any, sign_in: Any) -> None:
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(f"/coaching/rounds/{waiting}").status_code == 404
    for verb in ("hand-over", "another-day"):
        sent = stranger.post(f"/coaching/rounds/{waiting}/{verb}", data={"reason": "x", "day": "2026-04-02"})
        assert sent.status_code == 404
    assert db.session.scalars(select(PromiseWatch)).all() == []


def test_a_coach_hands_over_with_a_reason_and_the_round_is_free(
    waiting: int, theo: int, cast: Any, sign_in: Any, clock: Any
) -> None:
    cora = sign_in(cast.cora)
    draft = cora.post(f"/submissions/{waiting}/review").location
    assert f"/coaching/rounds/{waiting}" in cora.get(draft).get_data(as_text=True)
    for _ in range(2):
        sent = cora.post(f"/coaching/rounds/{waiting}/hand-over", data={"reason": "I am ill until Friday."})
        assert sent.status_code == 303
    found = db.session.get_one(Submission, waiting)
    assert (found.status, found.lease_coach_id, found.handed_at) == ("waiting", None, clock.now)
    assert db.session.scalar(select(Review.status)) == "draft"
    db.session.rollback()
    assert mails("handed_over") == ["theo@example.com"]
    assert "I am ill until Friday." in text_of("handed_over")
    said = [one for one in db.session.scalars(select(Entry.sentence)) if one.startswith("Handed over")]
    assert said == ["Handed over System 1, round 1 of Ana Morales: I am ill until Friday."]
    page = sign_in(theo).get(f"/coaching/rounds/{waiting}").get_data(as_text=True)
    assert "Cora Bennett: I am ill until Friday." in page
    at(clock, 30, "15:00")  # the clock asks nobody a second time
    run("watch-promises")
    assert mails("handed_over") == ["theo@example.com"]


def test_without_a_colleague_staff_are_asked(waiting: int, cast: Any, sign_in: Any) -> None:
    sign_in(cast.cora).post(f"/coaching/rounds/{waiting}/hand-over", data={"reason": "I am ill."})
    assert mails("nobody_else") == ["sam@example.com"]


def test_a_colleagues_round_and_an_empty_reason_are_refused(
    waiting: int, theo: int, cast: Any, sign_in: Any
) -> None:
    cora = sign_in(cast.cora)
    refused = cora.post(f"/coaching/rounds/{waiting}/hand-over", data={"reason": "  "})
    assert refused.status_code == 422
    assert "Say in a sentence why" in refused.text
    sign_in(theo).post(f"/submissions/{waiting}/review")
    refused = cora.post(f"/coaching/rounds/{waiting}/hand-over", data={"reason": "Mine"})
    assert refused.status_code == 422
    assert "Theo Marsh has this round open" in refused.text
    assert db.session.scalars(select(PromiseWatch)).all() == []


def test_another_day_is_named_once_and_the_promise_stays(
    waiting: int, cast: Any, sign_in: Any, clock: Any, write: Any
) -> None:
    cora, address = sign_in(cast.cora), f"/coaching/rounds/{waiting}/another-day"
    for _ in range(2):
        sent = cora.post(address, data={"day": "2026-04-02", "why": "I want to read it twice."})
        assert sent.status_code == 303
    found = db.session.get_one(Submission, waiting)
    assert found.promised_at == PROMISED
    assert found.instead_at == times.at(date(2026, 4, 2), "18:00", EASTERN)
    db.session.rollback()
    assert mails("promise_instead") == ["ana@example.com"]
    assert "You will hear by Thu, Apr 2, 4:00 p.m. MDT instead" in text_of("promise_instead")
    again = cora.post(address, data={"day": "2026-04-03", "why": "Once more."})
    assert again.status_code == 422
    assert "once is enough" in again.text
    system_id = db.session.get_one(Submission, waiting).system_id
    page = sign_in(cast.ana).get(f"/systems/{system_id}/submissions/1").get_data(as_text=True)
    assert "Thu, Apr 2, 4:00 p.m. MDT" in page
    assert "Mon, Mar 30, 4:00 p.m. MDT" in page
    for place in (f"/systems/{system_id}", "/dashboard"):
        assert "Thu, Apr 2, 4:00 p.m. MDT" in sign_in(cast.ana).get(place).get_data(as_text=True)
    at(clock, 30, "19:00")  # she knows the other day: no second mail about the first
    run("watch-promises")
    assert mails("promise_missed") == []
    with write():  # by the day named instead, and not on time: the first promise counts
        published_review(db.session.get_one(Submission, waiting), cast.cora, now=PROMISED + timedelta(days=2))
    assert db.session.scalar(select(ReviewTally.on_time)) == 0


@pytest.mark.parametrize("day", ["", "soon", "2026-03-30", "2026-05-30", "9999-12-31", "²026-04-02", "\x00"])
def test_a_day_of_no_use_is_refused_and_the_reason_kept(
    day: str, waiting: int, cast: Any, sign_in: Any
) -> None:
    sent = sign_in(cast.cora).post(
        f"/coaching/rounds/{waiting}/another-day", data={"day": day, "why": "I travel <b>"}
    )
    assert sent.status_code == 422
    assert "I travel &lt;b&gt;" in sent.text
    assert db.session.get_one(Submission, waiting).instead_at is None
    db.session.rollback()


def test_nothing_is_handed_over_that_waits_no_longer(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        published_review(db.session.get_one(Submission, waiting), cast.cora)
    cora = sign_in(cast.cora)
    assert "It waits no longer" in cora.get(f"/coaching/rounds/{waiting}").get_data(as_text=True)
    refused = cora.post(f"/coaching/rounds/{waiting}/hand-over", data={"reason": "Ill."})
    assert refused.status_code == 422
    assert "no longer waiting" in refused.text


def test_a_refused_day_leaves_nothing_behind(waiting: int, cast: Any, write: Any) -> None:
    with write():
        published_review(db.session.get_one(Submission, waiting), cast.cora)
    begin_write()
    found, cora = db.session.get_one(Submission, waiting), db.session.get_one(User, cast.cora)
    with pytest.raises(Refused, match="no longer waiting"):
        handover.name_another_day(cora, found, date(2026, 4, 2), "Ill.", SENT)
    assert db.session.scalars(select(PromiseWatch)).all() == []
    db.session.rollback()
