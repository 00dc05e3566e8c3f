"""Work carried over to another cohort: a copy of all of it, with the original as it was left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.actions import assign_coach
from app.cohorts.models import Cohort, Enrollment
from app.coursework import carried, counts, review_actions, withheld
from app.coursework.models import Attachment, Draft, Submission, SubmissionAttachment, System, Withholding
from app.coursework.review_models import Comment, Reply, Review
from app.coursework.withheld_rules import Target
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from tests.factories import (
    answer_request,
    attached,
    next_round,
    published_review,
    submitted_system,
)
from tests.programs import COMPLETE
from tests.releases import add_field, drop_field, drop_module, published, reword
from tests.rooms.payments.movers import another_cohort


def carry(cast, clock, **more) -> int:
    """Ana goes on in a later cohort; returns her new enrollment. Use it outside `write()`."""
    begin_write()
    target = db.session.get_one(Cohort, another_cohort(cast, **more))
    old, sam = db.session.get_one(Enrollment, cast.ana_enrollment), db.session.get_one(User, cast.sam)
    new = cohorts.defer(sam, old, target, "time", clock.now)
    carried.carry(sam, old, new, clock.now)
    db.session.commit()
    found = new.id
    db.session.rollback()
    return found


def system_of(enrollment_id: int) -> System:
    return db.session.scalars(select(System).where(System.enrollment_id == enrollment_id)).one()


def plan_of(cast, **more) -> list[str]:
    begin_write()
    target = db.session.get_one(Cohort, another_cohort(cast, **more))
    found = carried.plan(db.session.get_one(Enrollment, cast.ana_enrollment), target)
    db.session.rollback()
    return [one.left_out for one in found]


@pytest.fixture
def reviewed(cast, write):
    """Round 1 returned and answered, round 2 accepted; a file in both, and talk about the first review."""
    with write():
        round_1 = submitted_system(cast.ana_enrollment)
        system = round_1.system
        held = attached(system, "1.C.2")
        wall = {"1.C.2": {"deidentified": "yes", "text": "", "files": [held]}}
        round_1.answers = round_1.answers | wall
        db.session.add(SubmissionAttachment(submission_id=round_1.id, attachment_id=held["id"]))
        first = published_review(round_1, cast.cora)
        answer_request(first.comments[0])
        db.session.add(
            Reply(
                comment_id=first.comments[0].id,
                author_id=cast.ana,
                text="I see.",
                created_at=first.created_at,
            )
        )
        round_2 = next_round(system, answers={**COMPLETE, **wall})
        second = published_review(
            round_2, cast.cora, verdict="accepted", comments=(("1.C.1", "praise", "Good."),)
        )
        second.settled = {str(first.comments[0].id): "settled"}
        first.comments[0].settled_at = second.published_at
        return system.id


def test_all_of_it_is_there_twice(app, cast, clock, reviewed):
    new = system_of(carry(cast, clock))
    old = db.session.get_one(System, reviewed)
    assert (new.status, new.round, new.accepted_round, new.accepted_at) == ("accepted", 2, 2, old.accepted_at)
    assert old.status == "accepted"
    for system in (old, new):
        rounds = db.session.scalars(
            select(Submission).where(Submission.system_id == system.id).order_by(Submission.number)
        ).all()
        assert [(one.number, one.status, one.cohort_id) for one in rounds] == [
            (1, "decided", system.enrollment.cohort_id), (2, "decided", system.enrollment.cohort_id)
        ]  # fmt: skip
        reviews = db.session.scalars(
            select(Review)
            .join(Review.submission)
            .where(Submission.system_id == system.id)
            .order_by(Review.id)
        ).all()
        assert [one.verdict for one in reviews] == ["changes requested", "accepted"]
        comment = reviews[0].comments[0]
        assert (comment.answer, comment.settled_at is not None) == ("changed", True)
        assert reviews[1].settled == {str(comment.id): "settled"}
        said = db.session.scalars(select(Reply.text).where(Reply.comment_id == comment.id)).all()
        assert said == ["I see."]


def test_files_come_along_under_numbers_of_their_own(app, cast, clock, reviewed, sign_in):
    new = system_of(carry(cast, clock))
    mine = db.session.scalars(select(Attachment).where(Attachment.system_id == new.id)).one()
    theirs = db.session.scalars(select(Attachment).where(Attachment.system_id == reviewed)).one()
    assert mine.file.sha256 == theirs.file.sha256 and mine.file_id != theirs.file_id
    rounds = db.session.scalars(select(Submission).where(Submission.system_id == new.id)).all()
    for one in (*rounds, db.session.get_one(Draft, new.id)):
        assert [file["id"] for file in one.answers["1.C.2"]["files"]] == [mine.id]
    held = select(SubmissionAttachment.attachment_id).where(
        SubmissionAttachment.submission_id == rounds[0].id
    )
    assert db.session.scalars(held).all() == [mine.id]
    new_id, mine_id = new.id, mine.id
    browser = sign_in(cast.ana)
    assert browser.get(f"/systems/{new_id}/files/{mine_id}").status_code == 200


def test_both_are_read_by_their_author_and_the_new_ones_by_the_new_coach(
    app, cast, clock, reviewed, sign_in, write
):
    new_place = carry(cast, clock)
    with write():
        cohort = db.session.get_one(Enrollment, new_place).cohort
        assign_coach(None, cohort, db.session.get_one(User, cast.cal), clock.now)
    new = system_of(new_place).id
    ana, cal, cora = sign_in(cast.ana), sign_in(cast.cal), sign_in(cast.cora)
    assert "You moved to another cohort" in ana.get(f"/systems/{reviewed}").text
    for number in (1, 2):
        assert ana.get(f"/systems/{new}/submissions/{number}").status_code == 200
        assert ana.get(f"/systems/{reviewed}/submissions/{number}").status_code == 200
    assert "Cora Bennett" in ana.get("/manual").text or ana.get("/manual").status_code == 200
    assert cal.get(f"/coaching/people/{new_place}").status_code == 200
    assert cora.get(f"/coaching/people/{new_place}").status_code == 404
    assert cal.get(f"/coaching/people/{cast.ana_enrollment}").status_code == 404


def test_every_page_of_theirs_opens_before_the_new_cohort_begins(app, cast, clock, reviewed, sign_in):
    new = system_of(carry(cast, clock)).id
    ana = sign_in(cast.ana)
    for path in (
        "/dashboard", "/modules", "/modules/systems", "/calendar", "/search?q=practice", "/manual", "/payments",
        f"/systems/{new}", f"/systems/{new}/history", f"/systems/{new}/compare",
    ):  # fmt: skip
        assert ana.get(path).status_code == 200, path
    assert "the cohort you came from" in ana.get(f"/systems/{new}/submissions/2").text


def test_the_counters_of_the_queue_and_of_answers_stay_right(app, cast, clock, reviewed):
    carry(cast, clock)
    assert counts.differences() == []


def test_a_round_that_waits_is_taken_back_and_its_words_are_in_the_draft(app, cast, clock, write, sign_in):
    with write():
        submitted_system(cast.ana_enrollment)
    cora = sign_in(cast.cora)
    round_id = db.session.scalars(select(Submission.id)).one()
    db.session.rollback()
    cora.post(f"/submissions/{round_id}/review")
    new = system_of(carry(cast, clock))
    assert (new.status, new.round) == ("drafting", 1)
    assert db.session.get_one(Draft, new.id).answers == COMPLETE
    rounds = db.session.scalars(select(Submission.status).order_by(Submission.id)).all()
    assert rounds == ["withdrawn", "withdrawn"]
    told = db.session.scalars(
        select(Message.to_address).where(Message.kind == "coursework/pulled_back")
    ).all()
    assert told == ["cora@example.com"]
    assert counts.differences() == []
    assert db.session.scalar(select(func.count()).select_from(Review)) == 1  # a draft stays its coach's


def test_a_draft_goes_on_and_the_old_one_stays(app, cast, clock, write, sign_in):
    ana = sign_in(cast.ana)
    assert ana.post("/modules/systems/start").status_code == 303
    with write():
        old = system_of(cast.ana_enrollment)
        db.session.get_one(Draft, old.id).answers = {"1.A.1": "Northgate"}
    new_place = carry(cast, clock)
    new, old_id = system_of(new_place), system_of(cast.ana_enrollment).id
    new_id = new.id
    assert db.session.get_one(Draft, new_id).answers == {"1.A.1": "Northgate"}
    with write():
        db.session.get_one(Draft, new_id).answers = {"1.A.1": "Southgate"}
    assert db.session.get_one(Draft, old_id).answers == {"1.A.1": "Northgate"}


def test_requested_changes_are_still_asked_for(app, cast, clock, write):
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora)
    new = system_of(carry(cast, clock))
    assert new.status == "changes requested"
    open_ones = (
        select(Comment)
        .join(Comment.review)
        .join(Review.submission)
        .where(Submission.system_id == new.id, Comment.settled_at.is_(None), Comment.kind == "required")
    )
    assert db.session.scalars(open_ones).one().text == "Write the exception as a rule."


# --- another release ----------------------------------------------------------------------------------------------


def begun(ana, write, cast) -> None:
    """A draft of which nothing was sent, with two answers."""
    assert ana.post("/modules/systems/start").status_code == 303
    with write():
        draft = db.session.get_one(Draft, system_of(cast.ana_enrollment).id)
        draft.answers = {"1.A.1": "Northgate", "1.C.1": "### A rule"}


def test_a_draft_takes_what_fits_into_the_new_worksheet(app, cast, clock, write, sign_in):
    begun(sign_in(cast.ana), write, cast)
    other = published(drop_field("1.C.1"), add_field())
    said = ["System 1, Practice operating system: the answers to 1.C.1 have no field in the new worksheet."]
    assert plan_of(cast, release_id=other) == said
    new = system_of(carry(cast, clock, release_id=other))
    assert db.session.get_one(Draft, new.id).answers == {"1.A.1": "Northgate"}
    assert new.release_id is None
    old = system_of(cast.ana_enrollment)
    assert db.session.get_one(Draft, old.id).answers == {"1.A.1": "Northgate", "1.C.1": "### A rule"}


def test_what_was_sent_keeps_the_worksheet_it_answers(app, cast, clock, reviewed, sign_in):
    first = db.session.get_one(Cohort, cast.spring).release_id
    db.session.rollback()
    other = published(drop_field("1.C.1"))
    assert plan_of(cast, release_id=other) == [""]
    new = system_of(carry(cast, clock, release_id=other))
    assert new.release_id == first
    new_id = new.id
    ana = sign_in(cast.ana)
    assert "1.C.1" in ana.get(f"/systems/{new_id}").text
    assert ana.get("/manual").status_code == 200


def test_other_words_pin_nothing(app, cast, clock, reviewed):
    new = system_of(carry(cast, clock, release_id=published(reword)))
    assert new.release_id is None


def test_a_system_the_new_cohort_does_not_build_stays(app, cast, clock, reviewed):
    other = published(drop_module("systems"))
    assert plan_of(cast, release_id=other) == [
        "System 1, Practice operating system: the new cohort does not build it."
    ]
    new_place = carry(cast, clock, release_id=other)
    assert db.session.scalars(select(System).where(System.enrollment_id == new_place)).all() == []


def test_a_review_of_a_round_that_was_carried_stands(app, cast, clock, reviewed):
    carry(cast, clock)
    begin_write()
    cora = db.session.get_one(User, cast.cora)
    accepted = select(Review).where(Review.verdict == "accepted").order_by(Review.id)
    for review in db.session.scalars(accepted).all():
        with pytest.raises(Refused, match="gone on to another cohort"):
            review_actions.withdraw(cora, review, clock.now)
    db.session.rollback()


# --- data about a client --------------------------------------------------------------------------------------------


def test_what_is_hidden_does_not_come_along(app, cast, clock, reviewed, write):
    with write():
        round_2 = db.session.scalars(select(Submission).where(Submission.number == 2)).one()
        withheld.hide(db.session.get_one(User, cast.cora), round_2, Target("field", "1.C.1"), clock.now)
    assert "hidden because it may hold data about a client" in plan_of(cast)[0]
    new_place = carry(cast, clock)
    assert db.session.scalars(select(System).where(System.enrollment_id == new_place)).all() == []


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("what", ["field", "file", "comment", "round"])
def test_what_is_deleted_for_good_in_the_one_is_gone_in_the_other(
    app, cast, clock, reviewed, write, which, what
):
    new = system_of(carry(cast, clock))
    ids = (reviewed, new.id)
    with write():
        sam = db.session.get_one(User, cast.sam)
        rounds = {
            one.system_id: one for one in db.session.scalars(select(Submission).where(Submission.number == 2))
        }
        here = rounds[ids[which]]
        target = target_in(here, what)
        row = withheld.hide(sam, here, target, clock.now)
        assert db.session.scalar(select(func.count()).select_from(Withholding)) == 2
        gone = withheld.purge(sam, row, "Ana Morales", clock.now + timedelta(minutes=1))
    assert {one.status for one in db.session.scalars(select(Withholding))} == {"purged"}
    assert len(gone) == (1 if what in ("file", "round") else 0)
    for system_id in ids:
        one = db.session.scalars(
            select(Submission).where(Submission.system_id == system_id, Submission.number == 2)
        ).one()
        draft = db.session.get_one(Draft, system_id)
        if what == "field":
            assert "1.C.1" not in one.answers and "1.C.1" not in draft.answers
        if what == "round":
            assert not one.answers and not draft.answers
        if what in ("file", "round"):
            mine = select(func.count()).where(Attachment.system_id == system_id)
            assert db.session.scalar(mine) == 0
        if what == "comment":
            said = select(Comment.text).join(Comment.review).where(Review.submission_id == one.id)
            assert db.session.scalars(said).all() == ["Hidden, because it may hold data about a client."]


def test_shown_again_in_both(app, cast, clock, reviewed, write):
    new = system_of(carry(cast, clock))
    with write():
        sam = db.session.get_one(User, cast.sam)
        here = db.session.scalars(
            select(Submission).where(Submission.number == 2, Submission.system_id == new.id)
        ).one()
        row = withheld.hide(sam, here, target_in(here, "field"), clock.now)
        withheld.show_again(sam, row, clock.now)
    for one in db.session.scalars(select(Submission).where(Submission.number == 2)):
        assert one.answers["1.C.1"] == COMPLETE["1.C.1"]
    assert {one.status for one in db.session.scalars(select(Withholding))} == {"shown again"}


def target_in(submission: Submission, what: str) -> Target:
    if what == "file":
        held = select(SubmissionAttachment.attachment_id).where(
            SubmissionAttachment.submission_id == submission.id
        )
        found = db.session.scalars(held).first()
        return Target("file", "1.C.2", found)
    if what == "comment":
        comment = select(Comment.id).join(Comment.review).where(Review.submission_id == submission.id)
        return Target("comment", "1.C.1", None, db.session.scalars(comment).one())
    return Target(what, "1.C.1" if what == "field" else "")
