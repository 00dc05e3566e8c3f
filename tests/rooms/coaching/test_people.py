"""One person as coach and staff see them, the list of people, and what is done for somebody: time, excuse, note."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import Entry
from app.coaching.models import PersonNote
from app.cohorts.actions import assign_coach
from app.cohorts.models import Cohort, CohortCoach, Enrollment, Extension
from app.cohorts.queries import dates_for, program
from app.coursework.models import Draft, Submission, System
from app.lib.database import db
from app.mail.models import Message
from tests.factories import (
    accepted_system,
    next_round,
    participant,
    published_review,
    second_coach,
    submitted_system,
)
from tests.house.hostile import STRINGS, danger
from tests.programs import COMPLETE


@pytest.fixture
def ana(cast: Any) -> str:
    return f"/coaching/people/{cast.ana_enrollment}"


def rows(model: Any) -> Any:
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def due(cast: Any) -> Any:
    db.session.rollback()
    enrollment = db.session.get_one(Enrollment, cast.ana_enrollment)
    module = program(enrollment.cohort).module("systems")
    assert module is not None
    return dates_for(enrollment, module).due_at


# --- the pages ----------------------------------------------------------------------------------------------------


def test_the_page_says_where_somebody_stands(cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora)
    page = sign_in(cast.cora).get(ana).text
    for words in (
        "Ana Morales",
        "Northgate Medical Exercise",
        "Week 4",
        "Changes requested",
        "1 required change is open",
    ):
        assert words in page


def test_what_became_of_the_place_is_said_in_words(cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    cora = sign_in(cast.cora)
    for status, words in (("grace", "open for some days of grace"), ("paused", "paused")):
        with write():
            db.session.get_one(Enrollment, cast.ana_enrollment).status = status
        page = cora.get(ana).text
        assert f"This place is {words}." in page and "Set the extra time" in page
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "deferred"
    page = cora.get(ana).text
    assert "This place is deferred." in page and "Set the extra time" not in page  # it has no days to come


def test_strangers_and_the_person_get_404(cast: Any, ana: str, sign_in: Any, clock: Any, write: Any) -> None:
    for nobody in (cast.ana, cast.ben, cast.cal, cast.pat):
        assert sign_in(nobody).get(ana).status_code == 404
    with write():
        coach = db.session.scalars(select(CohortCoach).where(CohortCoach.user_id == cast.cora)).one()
        coach.until = clock.now - timedelta(days=1)
    assert sign_in(cast.cora).get(ana).status_code == 404


def test_the_list_is_paged_and_filtered(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        for number in range(30):
            participant(cast.spring, number)
    cora = sign_in(cast.cora)
    first = cora.get("/coaching/people").text
    assert "Ana Morales" in first
    assert "Uma Reyes" not in first
    assert first.count("people__who") == 25
    on = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = cora.get(on).text
    assert "Person 29" in second
    assert "Ana Morales" not in second
    assert "Uma Reyes" in sign_in(cast.sam).get("/coaching/people?cohort=autumn-2026").text
    assert cora.get("/coaching/people?cohort=autumn-2026").status_code == 404
    for junk in ("-1", "abc", "9" * 40, "²"):
        assert cora.get("/coaching/people", query_string={"after": junk}).status_code == 200
    assert "That was everybody." in cora.get("/coaching/people?after=99999").text


# --- more time ------------------------------------------------------------------------------------------------------


def extend(
    browser: Any, address: str, days: Any, module: str = "systems", reason: str = "Moving house"
) -> Any:
    return browser.post(f"{address}/extension", data={"module": module, "days": days, "reason": reason})


def test_days_are_granted_changed_and_ended(cast: Any, ana: str, sign_in: Any) -> None:
    cora, before = sign_in(cast.cora), due(cast)
    for days in (7, 7, 10, 0, 0):  # the same twice changes nothing
        assert extend(cora, ana, days).status_code == 303
    assert [(one.change, one.days, one.by_name) for one in rows(Extension)] == [
        ("granted", 7, "Cora Bennett"), ("changed", 10, "Cora Bennett"), ("ended", 0, "Cora Bennett"),
    ]  # fmt: skip
    assert due(cast) == before
    assert db.session.get_one(Enrollment, cast.ana_enrollment).extensions == {}
    mails = [one for one in rows(Message) if one.kind == "cohorts/extended"]
    assert len(mails) == 3
    assert "Moving house" in mails[0].text


def test_every_page_reads_the_same_date(cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    with write():
        system_id = submitted_system(cast.ana_enrollment).system_id
        db.session.get_one(System, system_id).status = "drafting"
    extend(sign_in(cast.cora), ana, 30 - 16, module="")
    browser, when = sign_in(cast.ana), due(cast)
    day = f"{when - timedelta(hours=6):%b} {(when - timedelta(hours=6)).day}"
    for path in ("/dashboard", "/modules", "/modules/systems", "/calendar", f"/systems/{system_id}"):
        assert day in browser.get(path).text, path
    for path in ("/modules/systems", f"/systems/{system_id}"):
        assert "Moving house" in browser.get(path).text, path  # the reason is theirs to read
    assert "Moving house" in sign_in(cast.cora).get(ana).text


def test_a_cohort_that_moves_takes_extended_people_along(
    cast: Any, ana: str, sign_in: Any, write: Any
) -> None:
    extend(sign_in(cast.cora), ana, 7)
    before = due(cast)
    with write():
        db.session.get_one(Cohort, cast.spring).shift_days = 14
    assert due(cast) - before == timedelta(days=14)


def test_a_coach_adds_two_weeks_at_a_time_and_staff_more(cast: Any, ana: str, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    refused = extend(cora, ana, 15)
    assert refused.status_code == 422
    assert "up to 14 days at a time" in refused.text
    assert "Moving house" in refused.text  # what was typed stays
    assert extend(cora, ana, 14).status_code == 303
    assert extend(cora, ana, 28).status_code == 303
    assert extend(sign_in(cast.sam), ana, 90).status_code == 303
    assert [one.days for one in rows(Extension)] == [14, 28, 90]


@pytest.mark.parametrize("days", ["", "-3", "1.5", "366", "9" * 40, "²", *STRINGS[:6]])
def test_bad_days_are_refused_at_the_field(days: str, cast: Any, ana: str, sign_in: Any) -> None:
    answer = extend(sign_in(cast.sam), ana, days)
    assert answer.status_code == 422
    assert 'id="days-error"' in answer.text
    assert rows(Extension) == []


def test_who_may_not_extend(cast: Any, ana: str, sign_in: Any) -> None:
    for nobody in (cast.ana, cast.ben, cast.cal):
        assert extend(sign_in(nobody), ana, 7).status_code == 404
    assert extend(sign_in(cast.cora), ana, 7, module="no-such-module").status_code == 422
    assert extend(sign_in(cast.cora), ana, 7, reason=" ").status_code == 422
    assert rows(Extension) == []


# --- excused --------------------------------------------------------------------------------------------------------


def excuse(browser: Any, address: str, module: str = "systems", reason: str = "No clinic yet") -> Any:
    return browser.post(f"{address}/excuse", data={"excused": module, "excuse_reason": reason})


def test_excused_and_called_back(cast: Any, ana: str, sign_in: Any) -> None:
    sam, browser = sign_in(cast.sam), sign_in(cast.ana)
    for _ in range(2):  # twice is harmless
        assert excuse(sam, ana).status_code == 303
    system = rows(System)[0]
    assert (system.status, system.excused_because) == ("excused", "No clinic yet")
    manual = browser.get("/manual").text
    assert 'data-state="excused">–</li>' in manual
    assert "Excused" in manual
    for path in ("/dashboard", "/modules", "/modules/systems", f"/systems/{system.id}"):
        assert "No clinic yet" in browser.get(path).text, path
    for _ in range(2):
        assert sam.post(f"{ana}/call-back", data={"excused": "systems"}).status_code == 303
    system = rows(System)[0]
    assert (system.status, system.excused_because) == ("drafting", "")
    assert [one.kind for one in rows(Message)] == ["coursework/excused", "coursework/called_back"]


@pytest.mark.parametrize("status", ["submitted", "in review", "accepted"])
def test_never_while_a_round_waits(status: str, cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    with write():
        submitted_system(cast.ana_enrollment).system.status = status
    refused = excuse(sign_in(cast.sam), ana)
    assert refused.status_code == 422
    assert rows(System)[0].status == status


def test_only_staff_excuse_and_with_a_reason(cast: Any, ana: str, sign_in: Any) -> None:
    for nobody in (cast.cora, cast.cal, cast.ana):
        assert excuse(sign_in(nobody), ana).status_code == 404
    assert "Say in a sentence why." in excuse(sign_in(cast.sam), ana, reason="").text
    assert excuse(sign_in(cast.sam), ana, module="").status_code == 422
    assert rows(System) == []
    assert "Excuse Ana" not in sign_in(cast.cora).get(ana).text


def test_the_manual_in_paper_and_word_has_a_dash_and_the_word(
    cast: Any, ana: str, sign_in: Any, write: Any, app: Any
) -> None:
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)
        enrollment = db.session.get_one(Enrollment, cast.ana_enrollment)
        other = System(
            enrollment=enrollment, module_slug="focus", assignment_key="focus", status="excused",
            created_at=enrollment.created_at,
        )  # fmt: skip
        db.session.add(other)
    from app.manual import queries, word

    book = queries.book_of(db.session.get_one(Enrollment, cast.ana_enrollment))
    slugs = [one.slug for one in book.chapters if one.excused]
    assert slugs == [one.slug for one in book.chapters if one.slug == "focus"]
    html = app.jinja_env.get_template("manual/book.html").render(book=book)
    assert ("Excused" in html) is bool(slugs)
    assert word.bind(book)
    db.session.rollback()


# --- the note -------------------------------------------------------------------------------------------------------


def write_note(browser: Any, address: str, text: str, version: int = 0) -> Any:
    return browser.post(f"{address}/note", data={"note": text, "version": version})


def test_the_note_is_for_the_coaches_of_the_cohort(cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    cora = sign_in(cast.cora)
    for _ in range(2):  # the same text twice is one version
        assert write_note(cora, ana, "Writes at night.").status_code == 303
    with write():
        later = second_coach(cast.spring).id
    assert "Writes at night." in sign_in(later).get(ana).text
    assert "Writes at night." not in sign_in(cast.sam).get(ana).text
    assert write_note(sign_in(cast.sam), ana, "X").status_code == 404
    for nobody in (cast.ana, cast.cal):
        assert write_note(sign_in(nobody), ana, "X").status_code == 404
    assert [(one.version, one.text) for one in rows(PersonNote)] == [(1, "Writes at night.")]
    assert not [one for one in rows(Entry) if "night" in one.sentence]


def test_a_participant_who_coaches_as_well_reads_no_note_about_themselves(
    cast: Any, ana: str, sign_in: Any, write: Any, clock: Any
) -> None:
    write_note(sign_in(cast.cora), ana, "Writes at night.")
    with write():
        cohort = db.session.get_one(Cohort, cast.spring)
        assign_coach(None, cohort, db.session.get_one(User, cast.ana), clock.now)
    browser = sign_in(cast.ana)
    page = browser.get(ana)
    assert page.status_code == 200
    assert "Writes at night." not in page.text and "Coaches’ note" not in page.text
    assert write_note(browser, ana, "X", 1).status_code == 404
    assert write_note(browser, f"/coaching/people/{cast.ben_enrollment}", "Kind.").status_code == 303


def test_two_coaches_keep_both_texts(cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    with write():
        theo = second_coach(cast.spring).id
    assert write_note(sign_in(cast.cora), ana, "First.").status_code == 303
    clash = write_note(sign_in(theo), ana, "Mine.", 0)
    assert clash.status_code == 409
    assert "First." in clash.text
    assert "Mine." in clash.text
    assert 'name="version" value="1"' in clash.text
    assert write_note(sign_in(theo), ana, "First. Mine.", 1).status_code == 303
    assert [one.text for one in rows(PersonNote)] == ["First.", "First. Mine."]  # versions are kept


def test_a_note_that_is_too_long_stays_in_the_field(cast: Any, ana: str, sign_in: Any) -> None:
    answer = write_note(sign_in(cast.cora), ana, "word " * 1000)
    assert answer.status_code == 422
    assert "there is room for 4,000" in answer.text
    assert "word word" in answer.text
    assert rows(PersonNote) == []


@pytest.mark.parametrize("text", STRINGS[:20])
def test_hostile_words_are_only_words(text: str, cast: Any, ana: str, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    more = {"module": "systems", "days": 3, "reason": text}
    for verb, data in (("note", {"note": text, "version": 0}), ("extension", more)):
        answer = cora.post(f"{ana}/{verb}", data=data, critical=False)
        assert answer.status_code in (303, 422)
    for browser, path in ((cora, ana), (sign_in(cast.ana), "/modules/systems")):
        page = browser.get(path, critical=False)  # some of these are no letters at all
        assert page.status_code == 200
        assert not danger(page.text)


# --- a place that is over ---------------------------------------------------------------------------------------------


def ends(cast: Any, write: Any, how: str) -> None:
    """Ana's place is over: with this status, or because its cohort is cancelled."""
    with write():
        found = db.session.get_one(Enrollment, cast.ana_enrollment)
        if how == "cancelled":
            found.cohort.status = how
        else:
            found.status = how


def why_over(how: str) -> str:
    return "This cohort does not take place" if how == "cancelled" else f"This place is {how}"


OVER = pytest.mark.parametrize("how", ["deferred", "withdrawn", "removed", "cancelled"])


@OVER
def test_nothing_is_past_its_day_in_a_place_that_is_over(
    how: str, cast: Any, ana: str, sign_in: Any, clock: Any, write: Any
) -> None:
    clock.move(days=120)
    cora = sign_in(cast.cora)
    page = cora.get(ana).text
    assert "Past its day" in page and ">Due " in page
    ends(cast, write, how)
    page = cora.get(ana).text
    assert "Past its day" not in page and ">Due " not in page


@pytest.mark.parametrize(
    ("status", "late"), [("grace", True), ("suspended", True), ("paused", False), ("completed", False)]
)
def test_late_is_who_is_expected_to_work(
    status: str, late: bool, cast: Any, ana: str, sign_in: Any, clock: Any, write: Any
) -> None:
    clock.move(days=120)
    ends(cast, write, status)
    assert ("Past its day" in sign_in(cast.cora).get(ana).text) is late


@OVER
def test_what_cannot_be_done_is_not_offered_and_refused_in_words(
    how: str, cast: Any, ana: str, sign_in: Any, write: Any
) -> None:
    sam = sign_in(cast.sam)
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).onboarded_at = None
    offered = ("Excuse from a system", "Set the extra time", "has one reminder")
    page = sam.get(ana).text
    assert [one for one in offered if one not in page] == []
    ends(cast, write, how)
    page = sam.get(ana).text
    assert [one for one in offered if one in page] == []
    for answer, so in (
        (excuse(sam, ana), "so there is nothing to be excused from."),
        (extend(sam, ana, 7), "so there is nothing to extend."),
    ):
        assert answer.status_code == 422
        assert f"{why_over(how)}, {so}" in answer.text
    assert rows(System) == rows(Extension) == []


@OVER
def test_nobody_is_called_back_to_a_place_that_is_over(
    how: str, cast: Any, ana: str, sign_in: Any, write: Any
) -> None:
    sam = sign_in(cast.sam)
    excuse(sam, ana)
    assert "Call back" in sam.get(ana).text
    ends(cast, write, how)
    assert "Call back" not in sam.get(ana).text
    answer = sam.post(f"{ana}/call-back", data={"excused": "systems"})
    assert answer.status_code == 422
    assert f"{why_over(how)}, so nobody is called back to work in it." in answer.text
    assert [one.status for one in rows(System)] == ["excused"]


@OVER
def test_nobody_is_asked_to_improve_in_a_place_that_is_over(
    how: str, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)
    cora, asked = sign_in(cast.cora), "Ask Ana to improve"
    assert asked in cora.get("/reviews/1").text
    ends(cast, write, how)
    assert asked not in cora.get("/reviews/1").text
    answer = cora.post("/reviews/1/reopen", data={"reason": "Your prices changed."})
    assert answer.status_code == 422
    assert f"{why_over(how)}, so nobody can be asked" in answer.text
    assert [one.status for one in rows(System)] == ["accepted"]


# --- on behalf ------------------------------------------------------------------------------------------------------


@pytest.fixture
def drafting(cast: Any, write: Any) -> str:
    """Ana's system with a complete draft, nothing sent; the address to send it at."""
    with write():
        system = submitted_system(cast.ana_enrollment).system
        db.session.execute(Submission.__table__.delete())
        system.round, system.status = 0, "drafting"
        system_id = system.id
    return f"/coaching/people/{cast.ana_enrollment}/systems/{system_id}/submit"


BY_MAIL = {"reason": "Sent me by e-mail on Tuesday"}


def test_a_draft_is_sent_on_behalf_and_marked(drafting: str, cast: Any, sign_in: Any) -> None:
    cora = sign_in(cast.cora)
    assert cora.get(drafting).status_code == 200
    assert cora.post(drafting, data=BY_MAIL).status_code == 303
    sent = rows(Submission)[0]
    assert (sent.submitted_by_id, sent.submitted_by, sent.submitted_because) == (
        cast.cora, "Cora Bennett", BY_MAIL["reason"],
    )  # fmt: skip
    assert (sent.status, sent.system.status, sent.self_rating) == ("waiting", "submitted", {})
    mail = next(one for one in rows(Message) if one.kind == "coursework/receipt")
    assert mail.to_address == "ana@example.com"
    assert "Cora Bennett sent it on your behalf" in mail.text
    receipt = sign_in(cast.ana).get(f"/systems/{rows(System)[0].id}/submissions/1").text
    assert "not given; sent by Cora Bennett on your behalf" in receipt
    review = cora.get(cora.post(f"/submissions/{rows(Submission)[0].id}/review").location).text
    assert "You sent this round on Ana’s behalf" in review
    assert cora.post(drafting, data=BY_MAIL).status_code == 422  # twice: one round
    assert len(rows(Submission)) == 1


def test_what_is_required_is_required_here_too(drafting: str, cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        draft = db.session.scalars(select(Draft)).one()
        draft.answers = {key: value for key, value in COMPLETE.items() if key != "1.A.1"}
    refused = sign_in(cast.sam).post(drafting, data=BY_MAIL)
    assert refused.status_code == 422
    assert "still to do" in refused.text
    assert BY_MAIL["reason"] in refused.text
    assert rows(Submission) == []


def test_required_changes_must_be_answered(cast: Any, sign_in: Any, write: Any) -> None:
    with write():
        submission = submitted_system(cast.ana_enrollment)
        published_review(submission, cast.cora)
        address = f"/coaching/people/{cast.ana_enrollment}/systems/{submission.system_id}/submit"
    assert "has no answer yet" in sign_in(cast.cora).post(address, data=BY_MAIL).text
    assert len(rows(Submission)) == 1


def test_who_may_not_send(drafting: str, cast: Any, sign_in: Any) -> None:
    for nobody in (cast.ana, cast.ben, cast.cal):
        browser = sign_in(nobody)
        assert browser.get(drafting).status_code == 404
        assert browser.post(drafting, data=BY_MAIL).status_code == 404
    assert "Say in a sentence why." in sign_in(cast.cora).post(drafting, data={"reason": ""}).text
    assert db.session.scalar(select(func.count(Submission.id))) == 0


def test_it_is_not_offered_while_a_round_waits(cast: Any, ana: str, sign_in: Any, write: Any) -> None:
    with write():
        system = submitted_system(cast.ana_enrollment).system
        next_round(system)
    page = sign_in(cast.cora).get(ana).text
    assert "Send on Ana" not in page
    assert "Contains somebody’s personal data" in page


@pytest.mark.parametrize("how", ["deferred", "withdrawn", "cancelled", "suspended", "paused", "completed"])
def test_who_may_not_work_is_not_sent_for(
    how: str, drafting: str, cast: Any, ana: str, sign_in: Any, write: Any
) -> None:
    cora = sign_in(cast.cora)
    assert "Send on Ana" in cora.get(ana).text
    ends(cast, write, how)
    assert "Send on Ana" not in cora.get(ana).text
    why = why_over(how)
    page = cora.get(drafting)
    assert page.status_code == 200
    assert f"{why}, so nothing can be sent for Ana." in page.text
    assert "Send it on behalf" not in page.text
    answer = cora.post(drafting, data=BY_MAIL)
    assert answer.status_code == 422
    assert answer.text.count(f"{why}, so nothing can be sent for Ana.") == 1
    assert rows(Submission) == []
