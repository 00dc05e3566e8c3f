from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.cohorts import actions
from app.cohorts.actions import suspend
from app.cohorts.models import Call, Cohort, Enrollment, Onboarding
from app.cohorts.onboarding_jobs import remind_onboarding
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.cast import NOW

PROFILE = {
    "practice_name": "Northgate",
    "setting": "rented",
    "years": "9",
    "certifications": "MES",
    "hardest": "focus",
}
AGREE = {"agree": "1", "version": "2026-11"}


@pytest.fixture
def ana(cast, sign_in):
    """Ana as if she had taken her seat this moment."""
    begin_write()
    enrollment = db.session.get_one(Enrollment, cast.ana_enrollment)
    enrollment.onboarded_at, enrollment.onboarding_since = None, NOW
    db.session.commit()
    return sign_in(cast.ana)


def enrollment(cast) -> Enrollment:
    db.session.rollback()
    return db.session.get_one(Enrollment, cast.ana_enrollment)


def told(cast) -> Onboarding:
    db.session.rollback()
    return db.session.get_one(Onboarding, cast.ana_enrollment)


def test_it_is_the_one_next_step_until_it_is_done(ana, cast):
    page = ana.get("/dashboard")
    assert "Set up your practice" in page.text
    assert 'href="/welcome"' in page.text
    assert "0 of 5 done" in ana.get("/welcome").text
    for path, form in (("zone", {"time_zone": "America/Phoenix"}), ("profile", PROFILE), ("privacy", AGREE)):
        response = ana.post(f"/welcome/{path}", data=form)
        assert (response.status_code, response.location) == (303, "/welcome#next")
    assert "3 of 5 done" in ana.get("/welcome").text
    assert ana.post("/calendar/feed").location == "/calendar/feed"
    response = ana.post("/welcome/call", data={"comes": "yes"})
    assert response.location == "/dashboard"
    page = ana.get("/dashboard")
    assert "You are set up" in page.text
    assert 'href="/welcome"' not in page.text
    row = told(cast)
    assert (row.setting, row.years, row.hardest, row.comes) == ("rented", 9, "focus", True)
    assert row.agreed_at == NOW
    assert "I name no client" in row.agreement
    found = enrollment(cast)
    assert (found.onboarded_at, found.user.time_zone, found.practice_name) == (
        NOW,
        "America/Phoenix",
        "Northgate",
    )
    sentences = db.session.scalars(select(Entry.sentence)).all()
    assert "Agreed to the privacy rules, version 2026-11" in sentences
    assert sentences.count("Finished setting up") == 1


def test_all_but_the_agreement_can_be_skipped(ana, cast):
    for item in ("zone", "profile", "calendar", "call"):
        assert ana.post("/welcome/skip", data={"item": item}).status_code == 303
    refused = ana.post("/welcome/skip", data={"item": "privacy"})
    assert refused.status_code == 422
    assert "cannot be skipped" in refused.text
    assert enrollment(cast).onboarded_at is None
    assert ana.post("/welcome/privacy", data=AGREE).location == "/dashboard"
    assert enrollment(cast).onboarded_at == NOW
    assert ana.post("/welcome/profile", data=PROFILE).location == "/welcome"  # later is fine too
    assert told(cast).items["profile"] == "done"


@pytest.mark.parametrize("form", [{}, {"version": "2026-11"}, {"agree": "1", "version": "2025-01"}])
def test_nothing_else_is_an_agreement(ana, form):
    response = ana.post("/welcome/privacy", data=form)
    assert response.status_code == 422
    db.session.rollback()
    assert db.session.scalar(select(Onboarding.agreed_at)) is None


def test_agreeing_twice_keeps_the_first_moment(ana, cast, clock):
    ana.post("/welcome/privacy", data=AGREE)
    clock.move(days=1)
    ana.post("/welcome/privacy", data=AGREE)
    assert told(cast).agreed_at == NOW


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("zone", {"time_zone": "Mars/Olympus"}, "Please choose from the list."),
        ("zone", {}, "Please choose from the list."),
        ("profile", PROFILE | {"setting": ""}, "the one that fits best"),
        ("profile", PROFILE | {"years": "many"}, "whole years"),
        ("profile", PROFILE | {"hardest": "x"}, "Please choose one"),
        ("profile", PROFILE | {"practice_name": "x" * 161}, "at most 160"),
        ("skip", {"item": "shoes"}, "nothing of that name"),
    ],
)
def test_what_is_wrong_is_said_and_all_else_is_kept(ana, cast, path, form, sentence):
    response = ana.post(f"/welcome/{path}", data=form)
    assert response.status_code == 422
    assert sentence in response.text
    if path == "profile" and "x" not in form["practice_name"]:
        assert 'value="Northgate"' in response.text
    db.session.rollback()
    assert db.session.get(Onboarding, cast.ana_enrollment) is None


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7919*7 }}", "a\x00b", "𝔘𝔫𝔦 🏋️", "\u202ereversed"]
)
def test_hostile_strings_are_only_text(ana, cast, sign_in, text):
    form = PROFILE | {"practice_name": text, "certifications": text}
    assert ana.post("/welcome/profile", data=form).status_code == 303
    for page in (ana.get("/welcome"), sign_in(cast.cora).get(f"/coaching/people/{cast.ana_enrollment}")):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "55433" not in page.text


def test_the_zone_of_the_call_is_the_persons_own(ana):
    begin_write()
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == "spring-2026"))
    db.session.query(Call).delete()
    db.session.add(
        Call(cohort_id=cohort.id, key="kick", title="Kick-off", starts_at=NOW.replace(day=28), minutes=75)
    )
    db.session.commit()
    page = ana.get("/welcome").text
    assert "9:00 a.m. MDT" in page
    assert "11:00 a.m. EDT" in page


def test_without_a_call_to_come_none_is_asked_for(ana):
    begin_write()
    db.session.query(Call).delete()
    db.session.commit()
    assert "0 of 4 done" in ana.get("/welcome").text


def test_who_was_at_work_before_is_not_asked(cast, sign_in):
    begin_write()
    row = db.session.get_one(Enrollment, cast.ana_enrollment)
    row.onboarding_since = row.onboarded_at = None
    db.session.commit()
    ana = sign_in(cast.ana)
    assert ana.get("/welcome").location == "/dashboard"
    assert 'href="/welcome"' not in ana.get("/dashboard").text
    assert ana.post("/welcome/zone", data={"time_zone": "America/Denver"}).status_code == 422


def test_looking_changes_nothing(ana, cast):
    ana.get("/welcome")
    db.session.rollback()
    assert db.session.get(Onboarding, cast.ana_enrollment) is None


@pytest.mark.parametrize(
    ("path", "form"), [("skip", {"item": "privacy"}), ("privacy", {"agree": "1", "version": "2025-01"})]
)
def test_what_is_refused_of_the_agreement_stands_at_its_box(ana, path, form):
    page = ana.post(f"/welcome/{path}", data=form).text
    assert 'href="#agree"' in page and 'id="agree-error"' in page
    ana.post("/welcome/privacy", data=AGREE)
    assert ana.post("/welcome/skip", data={"item": "privacy"}).status_code == 303  # it is done already


@pytest.mark.parametrize("form", [{}, {"comes": ""}, {"comes": "maybe"}])
def test_only_a_yes_is_a_yes_to_the_call(ana, cast, form):
    response = ana.post("/welcome/call", data=form)
    assert response.status_code == 422
    assert "whether you will be there" in response.text
    db.session.rollback()
    assert db.session.get(Onboarding, cast.ana_enrollment) is None


def test_nobody_comes_to_a_call_that_is_over(ana, cast, write):
    with write():
        for call in db.session.scalars(select(Call)):
            call.starts_at = NOW - timedelta(days=1)
    response = ana.post("/welcome/call", data={"comes": "yes"})
    assert response.status_code == 422
    assert "The last call of this cohort is over" in response.text
    db.session.rollback()
    assert db.session.get(Onboarding, cast.ana_enrollment) is None


def test_what_was_told_comes_along_to_another_cohort(ana, cast, write, clock):
    for path, form in (("profile", PROFILE), ("privacy", AGREE), ("call", {"comes": "yes"})):
        ana.post(f"/welcome/{path}", data=form)
    ana.post("/calendar/feed")
    ana.post("/welcome/skip", data={"item": "zone"})
    assert enrollment(cast).onboarded_at == NOW
    with write():
        old = db.session.get_one(Enrollment, cast.ana_enrollment)
        later = clock.move(days=1)
        new = actions.defer(None, old, db.session.get_one(Cohort, cast.autumn), "they asked", later)
        new_id = new.id
    assert "2 of 5 done" in ana.get("/welcome").text
    row = db.session.get_one(Onboarding, new_id)
    assert row.items == {"profile": "done", "privacy": "done"}  # dates and call are other ones
    assert (row.setting, row.years, row.certifications, row.hardest) == ("rented", 9, "MES", "focus")
    assert (row.agreed_at, row.agreement_version, row.comes) == (NOW, "2026-11", None)
    assert told(cast).comes is True  # the place they left stays as it was


# --- the reminder -----------------------------------------------------------------------------------------------


def reminders() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.kind == "cohorts/onboarding")))


def test_one_reminder_after_three_days(ana, cast, clock):
    ana.post("/welcome/zone", data={"time_zone": "America/Denver"})
    remind_onboarding(clock.move(days=2))
    assert reminders() == []
    for days in (1, 1, 5):
        remind_onboarding(clock.move(days=days))
    (mail,) = reminders()
    assert mail.to_address == "ana@example.com"
    assert "/welcome" in mail.text
    assert "Your practice" in mail.text
    assert "Your time zone" not in mail.text  # done already


def test_no_reminder_to_who_is_done_on_hold_or_past_it(ana, cast, clock):
    begin_write()
    row = db.session.get_one(Enrollment, cast.ana_enrollment)
    suspend(None, row, "an installment is open", NOW)
    db.session.commit()
    remind_onboarding(clock.move(days=4))
    begin_write()
    row = db.session.get_one(Enrollment, cast.ana_enrollment)
    row.status = "active"
    db.session.commit()
    remind_onboarding(clock.move(days=11))
    assert reminders() == []


@pytest.mark.parametrize("gone", ["account", "cohort", "place"])
def test_no_reminder_to_who_is_gone(ana, cast, clock, write, gone):
    with write():
        row = db.session.get_one(Enrollment, cast.ana_enrollment)
        if gone == "account":
            row.user.suspended_at = NOW
        elif gone == "cohort":
            actions.cancel(None, row.cohort, "too few came", NOW)
        else:
            actions.withdraw(None, row, "they asked", NOW)
    remind_onboarding(clock.move(days=4))
    assert reminders() == []


def test_who_has_nothing_open_any_more_is_done_and_not_reminded(ana, cast, clock, write):
    """Only the call was open, and the last one is over."""
    ana.post("/welcome/privacy", data=AGREE)
    for item in ("zone", "profile", "calendar"):
        ana.post("/welcome/skip", data={"item": item})
    assert enrollment(cast).onboarded_at is None
    with write():
        for call in db.session.scalars(select(Call)):
            call.starts_at = NOW + timedelta(days=1)
    for hours in (0, 1):  # twice is harmless
        remind_onboarding(clock.move(days=4 * (1 - hours), hours=hours))
    assert reminders() == []
    assert enrollment(cast).onboarded_at == NOW + timedelta(days=4)
    assert db.session.scalars(select(Entry.sentence)).all().count("Finished setting up") == 1
