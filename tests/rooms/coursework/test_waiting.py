"""At most three rounds of one person wait for an answer at a time."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.coursework.models import Draft, Submission, System
from app.lib.database import db
from tests.cast import NOW
from tests.factories import next_round, submitted_system
from tests.rooms.coursework.test_review_race import at_once
from tests.rooms.coursework.test_worksheet_race import copies, posts
from tests.rooms.coursework.worksheets import COMPLETE_FORM, SENDING, begun, opened, sent


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Any:
    return sign_in(cast.ana)


def others_wait(write: Any, enrollment_id: int, count: int) -> list[int]:
    """So many systems of other modules whose first round waits, the soonest promise first."""
    with write():
        found = []
        for number in range(count):
            system = System(
                enrollment_id=enrollment_id, module_slug=f"other-{number}", assignment_key=f"other-{number}",
                status="submitted", created_at=NOW,
            )  # fmt: skip
            db.session.add(system)
            db.session.flush()
            db.session.add(Draft(system_id=system.id, answers={}, self_rating={}, saved_at=NOW))
            system.module_slug = "systems"
            found.append(next_round(system).id)
            system.module_slug = f"other-{number}"
        return found


def waiting() -> int:
    db.session.rollback()
    query = select(func.count()).select_from(Submission).where(Submission.status == "waiting")
    return db.session.scalar(query) or 0


def test_the_third_is_sent_and_the_fourth_is_named_and_kept(ana: Any, write: Any, cast: Any) -> None:
    others_wait(write, cast.ana_enrollment, 3)
    url = begun(ana)
    refused = sent(ana, url, **{"1.A.1": ["Kept"]})
    assert refused.status_code == 422
    assert "Three rounds of yours already wait for an answer: System other-0, round 1" in refused.text
    assert "You will hear on System other-0, round 1 by" in refused.text
    assert opened(ana, url)["1.A.1"] == ["Kept"]
    assert waiting() == 3


def test_two_leave_room(ana: Any, write: Any, cast: Any) -> None:
    others_wait(write, cast.ana_enrollment, 2)
    assert sent(ana, begun(ana)).status_code == 303
    assert waiting() == 3


def test_somebody_else_s_rounds_do_not_count(ana: Any, write: Any, cast: Any) -> None:
    with write():
        submitted_system(cast.ben_enrollment)
    others_wait(write, cast.ben_enrollment, 2)
    assert sent(ana, begun(ana)).status_code == 303


def test_a_round_taken_back_makes_room(ana: Any, write: Any, cast: Any) -> None:
    first, *_ = others_wait(write, cast.ana_enrollment, 3)
    url = begun(ana)
    assert sent(ana, url).status_code == 422
    with write():
        db.session.get_one(Submission, first).status = "withdrawn"
    assert sent(ana, url).status_code == 303


def test_sent_from_four_windows_at_once_it_is_one_round(app: Any, ana: Any, write: Any, cast: Any) -> None:
    others_wait(write, cast.ana_enrollment, 2)
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    answers = at_once(app, posts(copies(app, ana, 4), f"{url}/submit", [form] * 4))
    assert {(one.status_code, one.location) for one in answers} == {(303, f"{url}/submissions/1")}
    assert waiting() == 3
