"""An accepted system is improved in a new round; its manual keeps the accepted one until that is accepted too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.cohorts.models import Enrollment
from app.coursework.models import Draft, Submission, System
from app.coursework.review_models import Comment, Review
from app.lib.database import db
from app.mail.models import Message
from tests.factories import accepted_system, next_round, published_review, submitted_system
from tests.programs import COMPLETE
from tests.rooms.coursework.test_review import MARKS, opened, send
from tests.rooms.coursework.worksheets import PLANNED, STATED

SHEET = "/systems/1"
OLD = COMPLETE | {"1.C.1": "### Purpose\nThe old rule."}
NEW = COMPLETE | {"1.C.1": "### Purpose\nThe better rule."}


@pytest.fixture
def accepted(app: Any, cast: Any, write: Any) -> None:
    with write():
        accepted_system(cast.ana_enrollment, cast.cora, answers=OLD)


@pytest.fixture
def ana(accepted: Any, cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.ana)


def system() -> System:
    db.session.rollback()
    return db.session.get_one(System, 1)


def stands(browser: Any, round_: int = 1, words: str = "The old rule.") -> None:
    """The manual, the dashboard's count and the system agree on which round counts."""
    assert words in browser.get("/manual/systems").text
    assert words in browser.get("/manual/systems/cancellation-policy").text
    assert "1 of 3 chapters accepted" in browser.get("/dashboard").text
    assert system().accepted_round == round_


def send_round(browser: Any, write: Any, answers: Any = NEW) -> int:
    with write():
        sent = next_round(db.session.get_one(System, 1), answers=answers)
    return sent.id


def decide(cora: Any, submission_id: int, verdict: str) -> str:
    address = opened(cora, submission_id)
    words = (
        {"comment-new-1.C.1": "Not better yet.", "kind-new-1.C.1": "required"} if verdict == "request" else {}
    )
    marks = MARKS | ({"mark-rules": "not_yet"} if verdict == "request" else {})
    assert send(cora, address, do=verdict, strength="Clear.", **{**marks, **words}).status_code == 303
    return address


def test_improving_begins_with_one_button_and_the_manual_stays(ana: Any) -> None:
    page = ana.get(SHEET).text
    assert "Improve this system" in page and "stays accepted and in your manual" in page
    for _ in range(2):  # twice is harmless
        assert ana.post(f"{SHEET}/improve").status_code == 303
    assert system().status == "reopened"
    page = ana.get(SHEET).text
    assert "Accepted; improving, drafting round 2" in page and "Stop improving" in page
    assert "The old rule." in page  # the next round starts from the last text
    stands(ana)
    entries = db.session.scalars(select(Entry.sentence).where(Entry.about_kind == "system")).all()
    assert entries == ["Began to improve System 1"]


def test_what_can_only_be_read_is_shown_as_it_was_meant(ana: Any) -> None:
    """Neither the worksheet of an accepted system nor its round shows the signs of Markdown."""
    for address in (SHEET, f"{SHEET}/submissions/1"):
        page = ana.get(address).text
        assert "<h3>Purpose</h3>" in page and "### Purpose" not in page


def test_the_next_round_starts_from_the_last_text(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment, answers=OLD)
        published_review(first, cast.cora, comments=[("1.C.1", "suggested", "Shorter?")])
    ana = sign_in(cast.ana)
    page = ana.get(SHEET).text
    assert "The old rule." in page and "Round 1</a>" in page
    rating = {"rating~client_path": "meets", "rating~rules": "meets"}
    sent = {"version": "1", "round": "2", **rating, **STATED, **PLANNED}
    assert ana.post(f"{SHEET}/submit", data=sent).status_code == 303
    rows = db.session.execute(select(Submission.number, Submission.digest).order_by(Submission.number)).all()
    assert [row.number for row in rows] == [1, 2]
    second = db.session.scalar(select(Submission.answers).where(Submission.number == 2))
    assert second["1.C.1"] == OLD["1.C.1"] and second["1.B.1"] == OLD["1.B.1"]


def test_a_draft_of_the_next_round_changes_nothing_in_the_manual(ana: Any) -> None:
    ana.post(f"{SHEET}/improve")
    saved = ana.post(f"{SHEET}/draft", data={"version": "1", "1.C.1": "The better rule."})
    assert saved.status_code == 303 and system().status == "drafting"
    stands(ana)
    assert "Accepted; improving, drafting round 2" in ana.get("/dashboard").text
    assert 'data-state="accepted"' in ana.get("/dashboard").text


def test_a_returned_round_does_not_take_acceptance_away(
    ana: Any, cast: Any, sign_in: Any, write: Any
) -> None:
    ana.post(f"{SHEET}/improve")
    cora = sign_in(cast.cora)
    second = send_round(ana, write)
    draft = opened(cora, second)
    page = cora.get(draft).text
    assert "improving a system that is accepted" in page and "compare?to=2&amp;from=1" in page
    assert "better" in cora.get("/coaching/systems/1/compare?from=1&to=2").text
    decide(cora, second, "request")
    assert system().status == "changes requested"
    stands(ana)
    page = ana.get("/dashboard").text
    assert "Accepted; improving, changes requested in round 2" in page
    assert "0 of 1 answered" in ana.get(SHEET).text


def test_accepted_again_the_manual_shows_the_new_round(ana: Any, cast: Any, sign_in: Any, write: Any) -> None:
    ana.post(f"{SHEET}/improve")
    address = decide(sign_in(cast.cora), send_round(ana, write), "accept")
    stands(ana, 2, "The better rule.")
    assert system().status == "accepted"
    # withdrawn within a day: back to the acceptance before, and improving goes on
    sign_in(cast.cora).post(f"{address}/withdraw")
    assert system().status == "submitted"
    stands(ana, 1)


def test_stopping_leads_back_and_loses_nothing(ana: Any, cast: Any, sign_in: Any, write: Any) -> None:
    ana.post(f"{SHEET}/improve")
    decide(sign_in(cast.cora), send_round(ana, write), "request")
    with write():
        db.session.get_one(Draft, 1).answers = NEW | {"1.A.1": "Half a thought"}
    for _ in range(2):  # twice is harmless
        assert ana.post(f"{SHEET}/stop-improving").status_code == 303
    assert system().status == "accepted"
    stands(ana)
    assert db.session.get_one(Draft, 1).answers["1.A.1"] == "Half a thought"
    page = ana.get(SHEET).text
    assert "Round 2</a>" in page and "required change to answer" not in page
    assert ana.get(f"{SHEET}/submissions/2").status_code == 200
    ana.post(f"{SHEET}/improve")
    page = ana.get(SHEET).text
    assert "Half a thought" in page and "0 of 1 answered" in page  # it goes on where it was left


def test_after_stopping_the_review_of_the_returned_round_stands(
    ana: Any, cast: Any, sign_in: Any, write: Any
) -> None:
    ana.post(f"{SHEET}/improve")
    cora = sign_in(cast.cora)
    address = decide(cora, send_round(ana, write), "request")
    ana.post(f"{SHEET}/stop-improving")
    assert "has stopped improving" in cora.get(address).text
    cora.post(f"{address}/withdraw")
    assert system().status == "accepted"
    stands(ana)


def test_not_while_a_round_waits(ana: Any, write: Any) -> None:
    ana.post(f"{SHEET}/improve")
    send_round(ana, write)
    ana.post(f"{SHEET}/stop-improving")
    assert system().status == "submitted"
    assert "Take it back first" in ana.get(SHEET).text
    stands(ana)


def test_taking_back_the_better_round_keeps_the_acceptance(ana: Any, write: Any) -> None:
    ana.post(f"{SHEET}/improve")
    send_round(ana, write)
    assert ana.post(f"{SHEET}/submissions/2/take-back").status_code == 303
    assert system().status == "drafting"
    stands(ana)


def test_what_was_never_accepted_has_nothing_to_go_back_to(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora)
    ana = sign_in(cast.ana)
    for verb, words in (("improve", "not open to it now"), ("stop-improving", "no accepted round")):
        ana.post(f"{SHEET}/{verb}")
        assert words in ana.get(SHEET).text
        assert system().status == "changes requested"


def test_who_may_not_work_may_not_improve(ana: Any, cast: Any, write: Any) -> None:
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    assert "Improve this system" not in ana.get(SHEET).text
    ana.post(f"{SHEET}/improve")
    assert "Your enrollment is suspended" in ana.get(SHEET).text and system().status == "accepted"


def test_nobody_improves_somebody_elses(accepted: Any, cast: Any, sign_in: Any) -> None:
    for verb in ("improve", "stop-improving"):
        assert sign_in(cast.ben).post(f"{SHEET}/{verb}").status_code == 404
    assert sign_in(cast.cal).post("/reviews/1/reopen", data={"reason": "X"}).status_code == 404
    assert system().status == "accepted"


def test_a_coach_asks_for_it_with_a_reason_by_mail(ana: Any, cast: Any, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    assert "Ask Ana to improve this system" in cora.get("/reviews/1").text
    refused = cora.post("/reviews/1/reopen", data={"reason": " "})
    assert refused.status_code == 422 and "Say in a sentence why" in refused.text
    for _ in range(2):  # twice is harmless
        assert (
            cora.post("/reviews/1/reopen", data={"reason": "Your prices <b>changed</b>."}).status_code == 303
        )
    assert system().status == "reopened"
    mail = db.session.scalars(select(Message).where(Message.kind == "coursework/reopened")).one()
    assert mail.to_address == "ana@example.com" and "Your prices <b>changed</b>." in mail.text
    assert "&lt;b&gt;" in mail.html and "round 1 stays accepted" in mail.text
    stands(ana)


def test_after_improving_no_request_is_open_and_the_history_is_whole(
    ana: Any, cast: Any, sign_in: Any, write: Any
) -> None:
    ana.post(f"{SHEET}/improve")
    decide(sign_in(cast.cora), send_round(ana, write), "request")
    third = send_round(ana, write)
    cora = sign_in(cast.cora)
    number = db.session.scalar(select(Comment.id).where(Comment.kind == "required"))
    address = opened(cora, third)
    done = send(cora, address, do="accept", strength="Clear.", **{**MARKS, f"settled-{number}": "settled"})
    assert done.status_code == 303
    stands(ana, 3, "The better rule.")
    open_ = select(Comment.id).where(Comment.kind == "required", Comment.settled_at.is_(None))
    assert db.session.scalars(open_).all() == []
    verdicts = select(Submission.number, Review.verdict).join(Review, Review.submission_id == Submission.id)
    assert db.session.execute(verdicts.order_by(Submission.number)).all() == [
        (1, "accepted"), (2, "changes requested"), (3, "accepted"),
    ]  # fmt: skip
