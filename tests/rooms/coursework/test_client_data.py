"""“Contains client data”: hidden at once, shown again exactly, purged for good; queue, author, worksheet."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import Entry
from app.coursework import rules, threads
from app.coursework.assignments import assignment_of
from app.coursework.models import Draft, KeptState, Submission, System, Withholding
from app.coursework.review_models import Comment, Reply, Review
from app.coursework.staff_actions import excuse
from app.lib.database import db
from app.mail.models import Message
from tests.cast import NOW
from tests.factories import (
    accepted_system,
    attached,
    next_round,
    published_review,
    second_coach,
    submitted_system,
)
from tests.house.hostile import STRINGS
from tests.programs import COMPLETE

SECRET = "Mrs Helen Bright of 12 Elm Street"
ANSWERS = {**COMPLETE, "1.C.1": f"### Purpose\n{SECRET} cancels late."}
HIDDEN = "because it may hold data about a client"


@pytest.fixture
def waiting(cast: Any, write: Any) -> Any:
    """Ana's round 1, waiting, with a client's name in field 1.C.1; its id."""
    with write():
        return submitted_system(cast.ana_enrollment, answers=ANSWERS).id


def hide(browser: Any, submission_id: int, what: str = "field:1.C.1") -> Any:
    return browser.post(f"/submissions/{submission_id}/client-data", data={"what": what})


def purge(browser: Any, address: str, name: str = "Ana Morales") -> Any:
    return browser.post(f"{address}/purge", data={"name": name})


def read(model: Any, key: int) -> Any:
    db.session.rollback()
    return db.session.get_one(model, key)


def test_the_page_says_what_happens_and_repeats_nothing(waiting: int, cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.cora).get(f"/submissions/{waiting}/client-data?what=field:1.C.1")
    assert page.status_code == 200
    assert SECRET not in page.text
    assert '<option value="field:1.C.1" selected>' in page.text
    assert read(Submission, waiting).status == "waiting"  # looking changes nothing


def test_hiding_takes_it_out_of_the_round_and_the_round_out_of_the_queue(
    waiting: int, cast: Any, sign_in: Any
) -> None:
    cora = sign_in(cast.cora)
    first = hide(cora, waiting)
    assert first.status_code == 303
    assert hide(cora, waiting).location == first.location  # twice is harmless
    round_1 = read(Submission, waiting)
    assert (round_1.status, round_1.system.status, round_1.lease_coach_id) == ("withdrawn", "drafting", None)
    assert "1.C.1" not in round_1.answers
    assert SECRET not in str(round_1.rendered)
    assert round_1.digest == rules.digest(ANSWERS)  # the receipt of what was sent stays
    assert "Nothing is waiting" in cora.get("/coaching/queue").text
    said = db.session.scalars(select(Entry.sentence).where(Entry.sentence.like("Hid %"))).all()
    assert said == ["Hid field 1.C.1 of System 1, round 1 of Ana Morales: it may hold data about a client"]


def test_the_author_is_told_kindly_and_can_send_again(waiting: int, cast: Any, sign_in: Any) -> None:
    hide(sign_in(cast.cora), waiting)
    mail = db.session.scalars(select(Message).where(Message.kind == "coursework/withheld_hidden")).one()
    assert "nobody is blamed" in mail.text
    assert SECRET not in mail.text + mail.html + mail.subject
    system_id = read(Submission, waiting).system_id
    ana = sign_in(cast.ana)
    receipt = ana.get(f"/systems/{system_id}/submissions/1").text
    assert SECRET not in receipt
    assert HIDDEN in receipt
    assert "This round left the queue" in receipt
    worksheet = ana.get(f"/systems/{system_id}").text
    assert SECRET in worksheet  # her own draft, to take it out
    assert "Nobody is blamed" in worksheet
    assert "Hidden in what you sent" in worksheet
    assert "left the queue, part of it is hidden" in worksheet
    assert "taken back" not in worksheet  # she did not


def test_search_finds_nothing_of_it(waiting: int, cast: Any, sign_in: Any) -> None:
    ana = sign_in(cast.ana)
    assert "<mark>Elm</mark>" in ana.get("/search?q=elm").text
    hide(sign_in(cast.cora), waiting)
    assert "<mark>Elm</mark>" not in ana.get("/search?q=elm").text


def test_the_next_round_is_shown_and_the_hidden_ones_stay_hidden(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    cora = sign_in(cast.cora)
    hide(cora, waiting)
    system_id = read(Submission, waiting).system_id
    with write():
        next_round(
            db.session.get_one(System, system_id), answers={**COMPLETE, "1.C.1": "### Purpose\nClean."}
        )
    ana = sign_in(cast.ana)
    assert "Clean." in ana.get(f"/systems/{system_id}/submissions/2").text
    assert HIDDEN not in ana.get(f"/systems/{system_id}/submissions/2").text
    assert HIDDEN in ana.get(f"/systems/{system_id}/submissions/1").text
    assert "Hidden in what you sent" not in ana.get(f"/systems/{system_id}").text


def test_a_mistake_is_undone_exactly_with_a_new_promise(
    waiting: int, cast: Any, sign_in: Any, clock: Any
) -> None:
    before = read(Submission, waiting)
    was = before.answers, before.rendered, before.promised_at
    cora = sign_in(cast.cora)
    address = hide(cora, waiting).location
    clock.move(days=3)
    for _ in range(2):  # twice is harmless
        assert cora.post(f"{address}/show-again").status_code == 303
    after = read(Submission, waiting)
    assert (after.answers, after.rendered) == was[:2]
    assert after.promised_at > was[2]
    assert (after.status, after.system.status, after.system.withheld) == ("waiting", "submitted", [])
    assert rules.digest(after.answers) == after.digest
    assert db.session.scalar(select(func.count(Message.id)).where(Message.kind.like("%shown_again"))) == 1


def test_an_excused_system_gets_no_round_back_into_the_queue(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    cora = sign_in(cast.cora)
    address = hide(cora, waiting).location
    with write():
        system = db.session.get_one(Submission, waiting).system
        staff = db.session.get_one(User, cast.sam)
        excuse(staff, system.enrollment, assignment_of(system).module, "Built before", NOW)
    assert cora.post(f"{address}/show-again").status_code == 303
    after = read(Submission, waiting)
    assert (after.status, after.system.status, after.system.withheld) == ("withdrawn", "excused", [])
    assert after.answers["1.C.1"]


def test_an_accepted_system_is_opened_and_accepted_again(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        system_id = accepted_system(cast.ana_enrollment, cast.cora, answers=ANSWERS).id
        submission_id = db.session.scalars(select(Submission.id)).one()
    ana, cora = sign_in(cast.ana), sign_in(cast.cora)
    assert "Mrs Helen Bright" in ana.get("/manual/systems").text
    address = hide(cora, submission_id).location
    assert read(System, system_id).status == "reopened"
    assert "Mrs Helen Bright" not in ana.get("/manual/systems").text
    cora.post(f"{address}/show-again")
    assert read(System, system_id).status == "accepted"
    assert "Mrs Helen Bright" in ana.get("/manual/systems").text


def test_purging_takes_the_name_and_leaves_no_word(waiting: int, cast: Any, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    address = hide(cora, waiting).location
    refused = purge(cora, address, "Ana")
    assert refused.status_code == 422
    assert "Type the name exactly" in refused.text
    for _ in range(2):  # twice is harmless
        assert purge(cora, address).status_code == 303
    round_1 = read(Submission, waiting)
    row, draft = db.session.scalars(select(Withholding)).one(), db.session.get_one(Draft, round_1.system_id)
    assert (row.status, row.kept) == ("purged", None)
    assert SECRET not in str((round_1.answers, round_1.rendered, draft.answers))
    assert draft.answers["1.A.1"] == COMPLETE["1.A.1"]  # the rest of the draft stays
    assert round_1.digest == rules.digest(ANSWERS)
    sentences = db.session.scalars(select(Entry.sentence)).all()
    assert "Purged field 1.C.1 of System 1, round 1 of Ana Morales: it held data about a client" in sentences
    assert not [one for one in sentences if "Bright" in one]
    page = sign_in(cast.ana).get(f"/systems/{round_1.system_id}/submissions/1").text
    assert "Deleted for good" in page
    gone = cora.get(cora.post(f"{address}/show-again").location).text
    assert "cannot be shown again" in gone


def test_a_newer_round_keeps_its_words_and_its_draft(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    cora = sign_in(cast.cora)
    address = hide(cora, waiting).location
    system_id, clean = read(Submission, waiting).system_id, {**COMPLETE, "1.C.1": "### Purpose\nClean."}
    with write():
        db.session.get_one(Draft, system_id).answers = clean
        second = next_round(db.session.get_one(System, system_id), answers=clean).id
    assert purge(cora, address).status_code == 303
    assert read(Submission, second).answers == clean
    assert read(Draft, system_id).answers == clean


def test_an_open_tab_cannot_write_it_back_unseen(waiting: int, cast: Any, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    before = read(Draft, read(Submission, waiting).system_id).version
    purge(cora, hide(cora, waiting).location)
    assert read(Draft, read(Submission, waiting).system_id).version == before + 1


def test_one_file_is_hidden_for_the_coach_and_deleted(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        system_id = first.system_id
        kept, bad = (attached(first.system, "1.C.2", name, name.encode()) for name in ("a.txt", "b.txt"))
        answer = {"deidentified": "yes", "text": "", "files": [kept, bad]}
        second = next_round(first.system, answers={**COMPLETE, "1.C.2": answer}).id
    cora = sign_in(cast.cora)
    files = f"/systems/{system_id}/files"
    assert cora.get(f"{files}/{bad['id']}").status_code == 200
    address = hide(cora, second, f"file:1.C.2:{bad['id']}").location
    assert [cora.get(f"{files}/{one['id']}").status_code for one in (kept, bad)] == [
        404,
        404,
    ]  # left the queue
    assert [one["id"] for one in read(Submission, second).answers["1.C.2"]["files"]] == [kept["id"]]
    assert purge(cora, address).status_code == 303
    assert sign_in(cast.ana).get(f"{files}/{bad['id']}").status_code == 404
    assert sign_in(cast.ana).get(f"{files}/{kept['id']}").status_code == 200


def test_a_comment_is_hidden_without_touching_the_round(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        submission = submitted_system(cast.ana_enrollment)
        said = [("1.C.1", "required", f"Leave out {SECRET}.")]
        review = published_review(submission, cast.cora, comments=said)
        submission_id, comment_id, review_id = submission.id, review.comments[0].id, review.id
    cora = sign_in(cast.cora)
    address = hide(cora, submission_id, f"comment:1.C.1:{comment_id}").location
    for page in (cora.get(f"/reviews/{review_id}").text, sign_in(cast.ana).get("/systems/1").text):
        assert SECRET not in page
        assert "Hidden, because it may hold data about a client." in page
    assert read(Submission, submission_id).status == "decided"
    assert purge(cora, address).status_code == 303
    assert read(Comment, comment_id).settled_at  # what nobody can read asks nobody anything


def test_a_draft_review_saved_from_an_old_page_is_stopped(waiting: int, cast: Any, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    address = cora.post(f"/submissions/{waiting}/review").location
    assert cora.get(address).status_code == 200
    hide(cora, waiting)
    late = cora.post(address, data={"version": 1, "strength": "Good", "do": "save"})
    assert late.status_code == 409
    assert SECRET not in late.text
    assert db.session.scalars(select(Review.strength)).one() == ""


def test_a_field_inside_a_hidden_round_is_not_shown_alone(waiting: int, cast: Any, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    field = hide(cora, waiting).location
    whole = hide(cora, waiting, "round").location
    answer = cora.get(cora.post(f"{field}/show-again").location).text
    assert "part of something larger" in answer
    for address in (whole, field):
        cora.post(f"{address}/show-again")
    assert read(Submission, waiting).answers == ANSWERS
    assert read(Submission, waiting).status == "waiting"


@pytest.mark.parametrize(
    "what",
    ["", "everything", "field:", "field:9.Z.9", "file:1.C.1:1", "comment:1.C.1:77", "x:y:z:w", *STRINGS[:12]],
)
def test_anything_else_is_refused_at_the_field(what: str, waiting: int, cast: Any, sign_in: Any) -> None:
    answer = hide(sign_in(cast.cora), waiting, what)
    assert answer.status_code == 422
    assert "Choose what holds the data." in answer.text
    assert read(Submission, waiting).status == "waiting"


def test_who_may(waiting: int, cast: Any, sign_in: Any, write: Any) -> None:
    for nobody in (cast.ana, cast.ben, cast.cal):
        assert hide(sign_in(nobody), waiting).status_code == 404
        assert sign_in(nobody).get(f"/submissions/{waiting}/client-data").status_code == 404
    with write():
        theo = second_coach(cast.spring).id
    address = hide(sign_in(cast.cora), waiting).location
    colleague = sign_in(theo)
    assert "Cora Bennett, who hid it, or METI staff" in colleague.get(address).text
    assert colleague.get(f"{address}/purge").status_code == 404
    assert purge(colleague, address).status_code == 404
    assert sign_in(cast.cal).get(address).status_code == 404
    assert purge(sign_in(cast.sam), address).status_code == 303


def test_found_again_in_a_newer_round_the_older_one_is_not_shown_alone(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    cora = sign_in(cast.cora)
    first = hide(cora, waiting).location
    with write():
        system = db.session.get_one(Submission, waiting).system
        second = next_round(system, answers=ANSWERS).id
    again = hide(cora, second).location
    assert again != first
    cora.post(f"{first}/show-again")
    assert "1.C.1" not in read(Submission, waiting).answers
    for address in (again, first):
        cora.post(f"{address}/show-again")
    assert [read(Submission, one).answers for one in (waiting, second)] == [ANSWERS, ANSWERS]
    assert read(Submission, second).status == "waiting"
    assert read(Submission, waiting).status == "withdrawn"  # a newer round waits in its place


@pytest.mark.parametrize("sent", [False, True])
def test_mails_between_colleagues_go_with_the_round(
    sent: bool, waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    """Hidden: those that wait are not sent any more. Purged: those that were sent say it no longer."""
    with write():
        second_coach(cast.spring)
    cora = sign_in(cast.cora)
    review = cora.post(f"/submissions/{waiting}/review").location
    assert cora.post(f"{review}/opinions", data={"colleague": "any", "question": SECRET}).status_code == 303
    assert cora.post(f"/coaching/rounds/{waiting}/hand-over", data={"reason": SECRET}).status_code == 303
    query = select(Message).where(Message.kind.in_(("coursework/opinion_asked", "coursework/handed_over")))
    with write():
        mails = db.session.scalars(query).all()
        assert len([one for one in mails if SECRET in one.text]) == 2
        for one in mails:
            one.status = "sent" if sent else "waiting"
    address = hide(cora, waiting, "round").location
    assert len(db.session.scalars(query).all()) == (2 if sent else 0)
    db.session.rollback()
    assert purge(sign_in(cast.sam), address).status_code == 303
    texts = db.session.execute(select(Message.text, Message.html)).all()
    assert SECRET not in str(texts)


def test_a_reply_that_came_since_is_hidden_with_the_round(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        review = published_review(db.session.get_one(Submission, waiting), cast.cora)
        comment_id = review.comments[0].id
    cora = sign_in(cast.cora)
    address = hide(cora, waiting, "round").location
    with write():
        cora_row = db.session.get_one(User, cast.cora)
        said = threads.reply(cora_row, db.session.get_one(Comment, comment_id), f"You mean {SECRET}.", NOW)
        reply_id = said.id
    for _ in range(2):
        assert hide(cora, waiting, "round").location == address
    assert HIDDEN in read(Reply, reply_id).text
    told = db.session.scalars(select(Entry.sentence).where(Entry.sentence.like("Hid what%"))).all()
    assert told == [
        "Hid what was said since about System 1, round 1 of Ana Morales: it may hold data about a client"
    ]
    sam = sign_in(cast.sam)
    assert sam.post(f"{address}/show-again").status_code == 303
    assert read(Reply, reply_id).text == f"You mean {SECRET}."


def test_a_comment_on_a_hidden_field_is_hidden_and_shown_by_itself(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        said = (("1.C.1", "required", f"Take {SECRET} out."),)
        review = published_review(db.session.get_one(Submission, waiting), cast.cora, comments=said)
        comment_id = review.comments[0].id
        review.comments[0].quote = SECRET
    cora = sign_in(cast.cora)
    field = hide(cora, waiting).location
    assert SECRET in read(Comment, comment_id).text
    comment = hide(cora, waiting, f"comment:1.C.1:{comment_id}").location
    assert HIDDEN in read(Comment, comment_id).text
    sam = sign_in(cast.sam)
    sam.post(f"{field}/show-again")  # the field comes back, and nothing of the comment with it
    assert SECRET in str(read(Submission, waiting).answers)
    found = read(Comment, comment_id)
    assert HIDDEN in found.text
    assert found.quote == ""
    sam.post(f"{comment}/show-again")
    found = read(Comment, comment_id)
    assert (found.text, found.quote) == (f"Take {SECRET} out.", SECRET)


def test_what_is_purged_lies_in_no_other_thing_hidden(
    waiting: int, cast: Any, sign_in: Any, write: Any
) -> None:
    """A state kept of the review has both comments: hiding the field takes out the list with the words of each."""
    cora = sign_in(cast.cora)
    cora.post(f"/submissions/{waiting}/review")
    with write():
        draft = db.session.scalars(select(Review)).one()
        said = {"row_id": "", "kind": "required", "prefix": "", "suffix": "", "comes_first": False}
        draft.comments.append(
            Comment(field_id="1.C.1", kind="required", text=f"Take {SECRET} out.", quote="Elm", position=1)
        )
        db.session.flush()
        comment_id = draft.comments[0].id
        words = {"key": str(comment_id), "field_id": "1.C.1", "text": f"Take {SECRET} out.", "quote": "Elm"}
        db.session.add(KeptState(
            review_id=draft.id, version=1, content={"strength": "", "note": "", "comments": [words | said]},
            why="submit", words=3, saved_at=NOW, kept_at=NOW,
        ))  # fmt: skip
    field = hide(cora, waiting).location
    comment = hide(cora, waiting, f"comment:1.C.1:{comment_id}").location
    sam = sign_in(cast.sam)
    assert purge(sam, comment).status_code == 303
    kept = db.session.scalars(select(Withholding.kept).where(Withholding.status == "hidden")).one()
    assert kept
    assert f"Take {SECRET} out." not in str(kept)
    db.session.rollback()
    sam.post(f"{field}/show-again")
    assert f"Take {SECRET}" not in str(db.session.scalars(select(KeptState.content)).all())
