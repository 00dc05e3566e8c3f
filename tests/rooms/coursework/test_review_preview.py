"""The review as the participant will see it, publishing from there, and the next round in one action."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.lib.database import db
from app.mail.models import Message
from tests.cast import NOW
from tests.factories import second_coach, submitted_system
from tests.rooms.coursework.test_review import MARKS, cora, hidden, opened, round_1, send

__all__ = ["cora", "round_1"]

READY = {
    **MARKS,
    "strength": "The path is complete.",
    "comment-new-1.C.1": "Name who decides.",
    "kind-new-1.C.1": "required",
    "quote-new-1.C.1": "no fee",
}


def published() -> int:
    return db.session.scalar(select(func.count(Review.id)).where(Review.status == "published")) or 0


def test_the_preview_is_the_participants_page_and_publishes_nothing(
    cora: Any, round_1: int, cast: Any, sign_in: Any
) -> None:
    address = opened(cora, round_1)
    assert send(cora, address, do="preview", **READY).location == f"{address}/preview"
    before = cora.get(f"{address}/preview").get_data(as_text=True)
    cora.get(f"{address}/preview")
    assert published() == 0
    assert not db.session.scalar(select(Message.id).where(Message.key.like("review:%")))
    system = db.session.get_one(Submission, round_1).system_id
    db.session.rollback()
    ana = sign_in(cast.ana)
    assert "Name who decides." not in ana.get(f"/systems/{system}/submissions/1").get_data(as_text=True)
    version, lease = hidden(before, "version"), hidden(before, "lease")
    done = cora.post(f"{address}/publish", data={"version": version, "lease": lease, "do": "request"})
    assert (done.status_code, done.location) == (303, address)
    after = ana.get(f"/systems/{system}/submissions/1").get_data(as_text=True)
    for said in ("Name who decides.", "The path is complete.", "Changes requested", "Cora Bennett", "<h1>"):
        assert said in before
        assert said in after
    # word for word but for the date of the answer, the way to the worksheet, and what is said once it is published
    assert _work(before) == _work(after)


def _work(page: str) -> str:
    work = page[page.index('<div class="roundwork">') : page.index("</main>")].split('<form class="verdict"')[
        0
    ]
    return " ".join(re.sub(r'<div class="thread".*?</details>\s*</div>', "", work, flags=re.DOTALL).split())


def test_what_is_missing_is_said_and_cannot_be_published(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    page = cora.get(f"{address}/preview").get_data(as_text=True)
    assert "Two criteria left to rate." in page
    assert "Publish and open the next" not in page
    refused = cora.post(
        f"{address}/publish", data={"version": "1", "do": "accept", "lease": hidden(page, "lease")}
    )
    assert refused.status_code == 422
    assert "Two criteria are not rated yet" in refused.get_data(as_text=True)
    assert published() == 0


def test_an_older_version_is_looked_at_once_more(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    send(cora, address, **READY)
    refused = cora.post(f"{address}/publish", data={"version": "1", "do": "request"})
    assert refused.status_code == 422
    assert "Look once more, then publish." in refused.get_data(as_text=True)
    assert published() == 0


@pytest.mark.parametrize("verb", ["", "save", "withdraw", "accept-later"])
def test_an_unknown_verb_leads_back(cora: Any, round_1: int, verb: str) -> None:
    address = opened(cora, round_1)
    answer = cora.post(f"{address}/publish", data={"version": "1", "do": verb})
    assert answer.location == f"{address}/preview"
    assert published() == 0


def test_publishing_opens_the_oldest_promise_nobody_has_open(
    cora: Any, cast: Any, round_1: int, write: Any
) -> None:
    with write():
        later = submitted_system(cast.ben_enrollment, promised_at=NOW + timedelta(days=3)).id
    address = opened(cora, round_1)
    done = send(cora, address, do="request-next", **READY)
    second = db.session.scalars(select(Review).where(Review.submission_id == later)).one()
    assert (done.status_code, done.location) == (303, f"/reviews/{second.id}")
    assert db.session.get_one(Submission, later).lease_coach_id == cast.cora
    db.session.rollback()
    page = cora.get(done.location).get_data(as_text=True)
    assert "Changes are requested, and Ana is told by mail." in page
    assert f'<a href="{address}">See it or take it back</a>' in page
    assert "Withdraw the review" in cora.get(address).get_data(as_text=True)


def test_with_nothing_left_it_leads_to_the_queue(cora: Any, cast: Any, round_1: int, write: Any) -> None:
    with write():
        submitted_system(cast.uma_enrollment)  # another coach's cohort
        theirs = submitted_system(cast.ben_enrollment)
        colleague = second_coach(cast.spring)
        theirs.lease_coach_id, theirs.lease_token = colleague.id, "theirs"
        theirs.lease_until = NOW + timedelta(minutes=20)
    address = opened(cora, round_1)
    done = send(cora, address, do="request-next", **READY)
    assert done.location == "/coaching/queue"
    assert "See it or take it back" in cora.get("/coaching/queue").get_data(as_text=True)
    following = cora.post("/coaching/next")
    assert following.location == "/coaching/queue"
    assert "Nothing else is waiting" in cora.get("/coaching/queue").get_data(as_text=True)
    assert db.session.scalar(select(func.count(Review.id))) == 1


def test_a_refusal_opens_nothing(cora: Any, cast: Any, round_1: int, write: Any) -> None:
    with write():
        submitted_system(cast.ben_enrollment)
    address = opened(cora, round_1)
    assert send(cora, address, do="accept-next", **MARKS).status_code == 422
    assert db.session.scalar(select(func.count(Review.id))) == 1


def test_twice_is_harmless(cora: Any, cast: Any, round_1: int, write: Any) -> None:
    with write():
        submitted_system(cast.ben_enrollment, promised_at=NOW + timedelta(days=3))
    address = opened(cora, round_1)
    form = {"version": "1", "do": "request-next", **READY}
    assert cora.post(address, data=form).status_code == 303
    assert cora.post(address, data=form).status_code == 303
    assert cora.post(f"{address}/publish", data={"version": "2", "do": "request-next"}).location == address
    assert published() == 1
    first, second = cora.post("/coaching/next").location, cora.post("/coaching/next").location
    assert first == second  # her own open draft comes first again


@pytest.mark.parametrize("who", ["ana", "ben", "uma", "cal", "pat", "sam"])
def test_nobody_else_sees_or_publishes_it(who: str, cast: Any, cora: Any, round_1: int, sign_in: Any) -> None:
    address = opened(cora, round_1)
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(f"{address}/preview").status_code == 404
    assert stranger.get(f"{address}/bank").status_code == 404
    assert stranger.post(f"{address}/publish", data={"version": "1", "do": "accept"}).status_code == 404


def test_a_colleague_reads_the_preview_and_cannot_publish(
    cora: Any, cast: Any, round_1: int, write: Any, sign_in: Any
) -> None:
    with write():
        colleague = second_coach(cast.spring).id
    address = opened(cora, round_1)
    send(cora, address, **READY)
    theo = sign_in(colleague)
    page = theo.get(f"{address}/preview").get_data(as_text=True)
    assert "Publish and open the next" not in page
    assert theo.post(f"{address}/publish", data={"version": "2", "do": "request"}).status_code == 409
    assert published() == 0
