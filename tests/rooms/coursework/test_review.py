"""A coach's review from opening to publishing, over the wire."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.coursework.models import KeptState, Submission
from app.coursework.review_models import Comment, Review
from app.coursework.review_shown import review_view
from app.lib.database import db
from app.mail.models import Message
from tests.factories import answer_request, counted_queries, next_round, published_review, submitted_system
from tests.programs import COMPLETE

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} ' OR 1=1 -- \u202e <img src=x onerror=alert(1)>"
MARKS = {"mark-client_path": "meets", "mark-rules": "exceeds"}


@pytest.fixture
def round_1(app: Any, cast: Any, write: Any) -> int:
    with write():
        return submitted_system(cast.ana_enrollment).id


@pytest.fixture
def cora(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cora)


def opened(coach: Any, submission_id: int) -> str:
    """Take the round up; the address of the draft."""
    response = coach.post(f"/submissions/{submission_id}/review")
    assert response.status_code == 303
    return str(response.location)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found[1]


def send(coach: Any, address: str, **data: str) -> Any:
    """Send the form as the page stands, with these changes."""
    page = coach.get(address).get_data(as_text=True)
    form = {name: hidden(page, name) for name in ("version", "lease", "showing")}
    return coach.post(
        address, data={**form, **{key.replace("__", "-"): value for key, value in data.items()}}
    )


def test_opening_takes_the_round_up_and_twice_is_harmless(
    cora: Any, cast: Any, round_1: int, clock: Any
) -> None:
    address = opened(cora, round_1)
    assert opened(cora, round_1) == address
    submission = db.session.get_one(Submission, round_1)
    assert submission.status == submission.system.status == "in review"
    assert submission.lease_coach_id == cast.cora
    assert submission.lease_until == clock.now + timedelta(minutes=30)
    assert db.session.scalar(select(func.count(Review.id))) == 1
    page = cora.get(address).get_data(as_text=True)
    assert "Ana Morales" in page
    assert "Yours until 11:30 a.m. EDT" in page


def test_reading_changes_nothing(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    before = _everything()
    entries = db.session.scalar(select(func.count(Entry.id)))
    for query in ("", "?show=all", "?show=before", "?show=%00", "?show=changed&after=x"):
        assert cora.get(address + query).status_code == 200
    assert _everything() == before
    assert db.session.scalar(select(func.count(Entry.id))) == entries


def _everything() -> list[Any]:
    tables = (Review.__table__, Submission.__table__)
    return [tuple(row) for table in tables for row in db.session.execute(select(table))]


@pytest.mark.parametrize("who", ["ana", "ben", "uma", "cal", "pat", "sam"])
def test_nobody_else_finds_it(who: str, cast: Any, cora: Any, round_1: int, sign_in: Any) -> None:
    address = opened(cora, round_1)
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data={"version": "1", "strength": "mine"}).status_code == 404
    assert stranger.post(f"{address}/withdraw").status_code == 404
    assert stranger.post(f"{address}/hand-back").status_code == 404
    assert stranger.post(f"/submissions/{round_1}/review").status_code == 404
    assert db.session.scalar(select(Review.strength)) == ""


def test_signed_out_is_sent_to_sign_in(client: Any, cora: Any, round_1: int) -> None:
    assert client.get(opened(cora, round_1)).status_code == 303


def test_a_draft_is_saved_with_all_of_it(cora: Any, round_1: int, clock: Any) -> None:
    address = opened(cora, round_1)
    clock.move(minutes=10)
    saved = send(
        cora,
        address,
        strength="The path is complete.",
        note="See you Saturday.",
        **{"mark-client_path": "meets", "comment-new-1.C.1": "Who decides?", "kind-new-1.C.1": "required"},
    )
    assert saved.status_code == 303
    review = db.session.scalars(select(Review)).one()
    assert (review.strength, review.note, review.marks) == (
        "The path is complete.",
        "See you Saturday.",
        {"client_path": "meets"},
    )
    assert [(one.field_id, one.kind, one.text) for one in review.comments] == [
        ("1.C.1", "required", "Who decides?")
    ]
    assert review.version == 2
    assert review.submission.lease_until == clock.now + timedelta(minutes=30)
    page = cora.get(address).get_data(as_text=True)
    assert "One criterion left to rate." in page
    assert "Draft saved at 11:10 a.m. EDT" in page


def test_saving_the_same_twice_changes_nothing(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    send(cora, address, strength="Clear.")
    assert db.session.scalar(select(Review.version)) == 2
    db.session.rollback()
    send(cora, address, strength="Clear.")
    assert db.session.scalar(select(Review.version)) == 2


def test_a_comment_is_changed_and_removed(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    kept = send(cora, address, do="keep-1.C.1", **{"comment-new-1.C.1": "One"})
    assert kept.location.endswith("#f1.C.1")
    key = db.session.scalars(select(Comment.id)).one()
    db.session.rollback()
    send(cora, address, **{f"comment-{key}": "Two", f"kind-{key}": "praise", f"quote-{key}": "24 hours"})
    comment = db.session.scalars(select(Comment)).one()
    assert (comment.kind, comment.text, comment.quote) == ("praise", "Two", "24 hours")
    db.session.rollback()
    send(cora, address, do=f"remove-{key}", **{f"comment-{key}": "Two"})
    assert db.session.scalars(select(Comment)).all() == []


def test_autosave_answers_with_version_hint_and_new_ids(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    data = {"version": "1", "comment-new-1.B.1": "Row 2?", "kind-new-1.B.1": "required"}
    answer = cora.post(address, data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["version"] == 2
    assert body["made"] == {"new-1.B.1": db.session.scalars(select(Comment.id)).one()}
    assert body["hint"]["first"] == "Two criteria left to rate."
    assert body["saved_at"] == "Draft saved at 11:00 a.m. EDT"


def test_accepting_makes_the_system_accepted_and_tells_the_participant(
    cora: Any, cast: Any, round_1: int, clock: Any
) -> None:
    address = opened(cora, round_1)
    done = send(cora, address, do="accept", strength="The path is complete.", **MARKS)
    assert done.status_code == 303
    submission = db.session.get_one(Submission, round_1)
    assert (submission.status, submission.lease_coach_id) == ("decided", None)
    system = submission.system
    assert (system.status, system.accepted_at, system.accepted_round) == ("accepted", clock.now, 1)
    mail = db.session.scalars(select(Message).where(Message.key.like("review:%"))).one()
    assert mail.to_address == "ana@example.com"
    assert "The path is complete." in mail.text
    assert f"/systems/{system.id}" in mail.text
    sentences = db.session.scalars(select(Entry.sentence).order_by(Entry.id)).all()
    assert "Accepted System 1, round 1 of Ana Morales" in sentences
    page = cora.get(address).get_data(as_text=True)
    assert "Back to the queue" in page
    assert "Withdraw the review" in page


def test_requesting_changes_returns_the_round(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    done = send(
        cora,
        address,
        do="request",
        **{
            **MARKS,
            "mark-rules": "not_yet",
            "comment-new-1.C.1": "Name who decides.",
            "kind-new-1.C.1": "required",
        },
    )
    assert done.status_code == 303
    submission = db.session.get_one(Submission, round_1)
    assert submission.system.status == "changes requested"
    assert submission.system.accepted_at is None
    mail = db.session.scalars(select(Message).where(Message.key.like("review:%"))).one()
    assert mail.subject == "Practice operating system: one required change"
    assert "1.C.1 Cancellation rule: Name who decides." in mail.text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"do": "accept"}, "Two criteria are not rated yet"),
        ({"do": "accept", **MARKS}, "Name one strength first"),
        ({"do": "accept", "strength": "x", **MARKS, "mark-client_path": "not_yet"}, "only be returned"),
        ({"do": "request", **MARKS}, "at least one required change"),
        ({"do": "save", "strength": "x" * 4001}, "there is room for 4,000"),
    ],
)
def test_a_refusal_is_shown_kindly_and_keeps_the_text(cora: Any, round_1: int, form: Any, said: str) -> None:
    address = opened(cora, round_1)
    data = {"note": "Typed before the refusal", **form}
    refused = send(cora, address, **data)
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert said in page
    assert "Typed before the refusal" in page
    assert db.session.get_one(Submission, round_1).status == "in review"
    assert not db.session.scalar(select(Message.id).where(Message.key.like("review:%")))
    assert not db.session.scalar(select(KeptState.id).where(KeptState.why == "submit"))


def test_publishing_twice_is_harmless(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    form = {"version": "1", "do": "accept", "strength": "Clear.", **MARKS}
    assert cora.post(address, data=form).status_code == 303
    assert cora.post(address, data=form).status_code == 303
    assert cora.post(address, data={**form, "do": "request"}).status_code == 303
    assert db.session.scalar(select(func.count(Review.id))) == 1
    assert db.session.get_one(Submission, round_1).system.status == "accepted"
    assert db.session.scalar(select(func.count(Message.id)).where(Message.key.like("review:%"))) == 1


def test_hostile_text_is_only_text_everywhere(cora: Any, round_1: int, cast: Any) -> None:
    address = opened(cora, round_1)
    words = {"strength": HOSTILE, "note": HOSTILE, "comment-new-1.C.1": HOSTILE, "quote-new-1.C.1": HOSTILE}
    send(cora, address, **words)
    send(
        cora,
        address,
        do="request",
        strength=HOSTILE,
        **{**MARKS, "comment-new-1.B.1": HOSTILE, "kind-new-1.B.1": "required"},
    )
    mail = db.session.scalars(select(Message).where(Message.key.like("review:%"))).one()
    for html in (cora.get(address).get_data(as_text=True), mail.html):
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in html


def test_round_2_shows_what_changed_and_settles_earlier_requests(
    cora: Any, cast: Any, app: Any, write: Any, clock: Any
) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        requests = (("1.C.1", "required", "Name who decides."), ("1.E.3", "suggested", "Compare prices."))
        earlier = published_review(first, cast.cora, comments=requests)
        answer_request(earlier.comments[0], text="Rosa decides.")
        answer_request(earlier.comments[1], "disagree", "Too early.")
        answers = {**COMPLETE, "1.C.1": "### Purpose\nOne rule for everybody.\n\n### Steps\n1. Rosa decides."}
        second = next_round(first.system, answers=answers)
        ids = [one.id for one in earlier.comments]
        submission_id = second.id
    address = opened(cora, submission_id)
    page = cora.get(address).get_data(as_text=True)
    assert "<ins>Rosa decides.</ins>" in page
    assert "Required change 1" in page
    assert "Disagrees, because</b> Too early." in page
    assert 'id="f1.A.1"' not in page  # nothing changed there
    assert page.count("Not changed since round 1") == 1  # 1.E.3: a suggestion, and the answer says why not
    assert 'id="f1.A.1"' in cora.get(f"{address}?show=all").get_data(as_text=True)
    assert "24 hours&#39; notice" in cora.get(f"{address}?show=before").get_data(as_text=True).replace(
        "'", "&#39;"
    )

    accept = {"do": "accept", "strength": "Better.", **MARKS}
    refused = send(cora, address, **accept)
    assert "One earlier required change is not settled" in refused.get_data(as_text=True)
    assert db.session.get_one(Comment, ids[0]).settled_at is None
    db.session.rollback()
    done = send(cora, address, **accept, **{f"settled-{ids[0]}": "settled", f"settled-{ids[1]}": "open"})
    assert done.status_code == 303
    assert db.session.get_one(Comment, ids[0]).settled_at == clock.now
    assert db.session.get_one(Comment, ids[1]).settled_at is None
    view = review_view(db.session.get_one(Submission, submission_id))
    assert view is not None
    assert [one.text for one in view.earlier] == ["Compare prices."]


def test_a_settled_choice_is_invisible_until_published(cora: Any, cast: Any, app: Any, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        comment = published_review(first, cast.cora).comments[0]
        submission_id, comment_id = next_round(first.system).id, comment.id
    address = opened(cora, submission_id)
    send(cora, address, **{f"settled-{comment_id}": "settled"})
    assert db.session.get_one(Comment, comment_id).settled_at is None
    page = cora.get(address).get_data(as_text=True)
    assert "1 of 1 settled" in page


def test_both_sides_read_the_review_from_one_function(cora: Any, round_1: int) -> None:
    submission = db.session.get_one(Submission, round_1)
    assert review_view(submission) is None
    db.session.rollback()
    address = opened(cora, round_1)
    assert review_view(db.session.get_one(Submission, round_1)) is None  # a draft is nobody else's
    db.session.rollback()
    words = {"comment-new-1.C.1": "Later", "comment-new-1.B.1": "Well drawn", "kind-new-1.B.1": "praise"}
    send(cora, address, do="accept", strength="Clear.", **{**MARKS, **words})
    view = review_view(db.session.get_one(Submission, round_1))
    assert view is not None
    assert view.accepted
    assert view.coach_name == "Cora Bennett"
    assert [(one.field_id, one.number) for one in view.remarks] == [("1.B.1", None), ("1.C.1", 1)]
    assert [(one.title, one.mark, one.own) for one in view.criteria] == [
        ("Client path", "meets", "meets"),
        ("Rules others can use", "exceeds", "meets"),
    ]


def test_query_count_does_not_grow_with_comments(cora: Any, cast: Any, app: Any, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        requests = tuple(("1.C.1", "suggested", f"Point {n}") for n in range(30))
        published_review(first, cast.cora, comments=requests)
        many = next_round(first.system).id
        one = submitted_system(cast.ben_enrollment).id
    counts = []
    for submission_id in (one, many):
        address = opened(cora, submission_id)
        send(cora, address, **{f"comment-new-{field}": "Hm" for field in ("1.A.1", "1.B.1", "1.C.1")})
        cora.get(address)
        with counted_queries() as sent:
            assert cora.get(address).status_code == 200
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 1  # round 2 reads round 1, in one query whatever is in it
    assert counts[1] <= 5
