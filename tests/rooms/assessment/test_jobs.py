"""What is over is erased, what is not is left; the sample counts each person once; a second run changes nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from app.assessment.jobs import count_assessments, erase_assessments
from app.assessment.models import Assessment, AssessmentSample
from app.curriculum.actions import publish
from app.lib.database import db
from app.mail.models import Message
from tests.cast import NOW
from tests.factories import ONES, assessment
from tests.house.visits import changed, fingerprint
from tests.programs import small_program
from tests.rooms.assessment.sets import rows


def ago(**delta: float):
    return NOW - timedelta(**delta)


def test_only_what_is_over_is_erased(cast, write):
    with write():
        kept = [
            assessment(token="new", finished_at=None, saved_at=ago(days=29, hours=23)),
            assessment(user_id=cast.pat, finished_at=None, saved_at=ago(days=1)),
            assessment(token="result", finished_at=ago(days=364, hours=23)),
            assessment(user_id=cast.uma, finished_at=ago(days=2000)),
        ]
        assessment(token="old", finished_at=None, saved_at=ago(days=30))
        assessment(user_id=cast.pat, finished_at=None, saved_at=ago(days=40))
        assessment(token="old result", finished_at=ago(days=365))
        ids = [one.id for one in kept]
    assert erase_assessments(NOW) == 3
    assert [row.id for row in rows()] == ids
    before = fingerprint()
    assert erase_assessments(NOW) == 0
    assert not changed(before)


def mail(number: int, status: str, kind: str = "assessment/result_link", **delta: float) -> None:
    db.session.add(
        Message(key=f"m{number}", kind=kind, to_address=f"m{number}@example.com", to_name="", subject="S", text="T",
                html="H", status=status, created_at=ago(**delta), send_after=NOW)
    )  # fmt: skip


def test_the_address_a_link_was_mailed_to_is_forgotten_a_day_later(write):
    with write():
        mail(1, "sent", days=1)
        mail(2, "failed", days=4)
        mail(3, "sent", hours=23)
        mail(4, "waiting", days=2)
        mail(5, "sent", kind="accounts/sign_in_link", days=9)
    erase_assessments(NOW)
    assert db.session.scalars(select(Message.key).order_by(Message.key)).all() == ["m3", "m4", "m5"]


def sample() -> AssessmentSample | None:
    found = db.session.scalar(select(AssessmentSample))
    db.session.rollback()
    return found


def test_the_sample_counts_each_person_once_with_their_first_answers(cast, write):
    with write():
        assessment(user_id=cast.ana, finished_at=ago(days=9), answers=dict.fromkeys(ONES, 0))
        assessment(user_id=cast.ana, finished_at=ago(days=1), answers=dict.fromkeys(ONES, 2))
        assessment(user_id=cast.ben, finished_at=None)
        assessment(token="a", finished_at=ago(days=4), answers=dict.fromkeys(ONES, 2))
        assessment(token="b", finished_at=ago(days=3), answers={**ONES, "3b": 0})
    count_assessments(NOW)
    found = sample()
    assert found.people == 3
    assert found.sums == {"lack-of-systems": 6, "lack-of-focus": 6, "blurred-scope": 5}
    assert (found.first_on, found.last_on) == (ago(days=9).date(), ago(days=3).date())
    before = fingerprint()
    count_assessments(NOW)
    assert not changed(before)


def test_what_was_erased_is_counted_no_more(write):
    with write():
        first = assessment(token="a").id
        assessment(token="b", answers=dict.fromkeys(ONES, 0))
    count_assessments(NOW)
    assert sample().people == 2
    with write():
        db.session.execute(delete(Assessment).where(Assessment.id == first))
    count_assessments(NOW)
    assert (sample().people, sample().sums["lack-of-focus"]) == (1, 0)
    with write():
        db.session.execute(delete(Assessment))
    count_assessments(NOW)
    assert sample() is None


def test_a_new_wording_is_the_same_structure_and_another_key_is_not(write):
    program = small_program()
    reworded = program.assessment.model_copy(update={"note": "New words."})
    other = program.assessment.model_copy(update={"scale": program.assessment.scale[:2]})
    with write():
        assessment(token="a")
        for number, text in enumerate((reworded, other)):
            release = publish(None, program.model_copy(update={"assessment": text}), NOW)
            assessment(token=f"b{number}", release_id=release.id)
    count_assessments(NOW)
    assert sorted(db.session.scalars(select(AssessmentSample.people))) == [1, 2]


def test_nothing_to_do(app):
    before = fingerprint()
    assert erase_assessments(NOW) == 0
    count_assessments(NOW)
    assert not changed(before)
