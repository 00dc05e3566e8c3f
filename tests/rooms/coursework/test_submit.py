"""Sending a round: what is frozen, what is promised, what is refused, and that sending twice is sending once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.coursework import rules
from app.coursework.models import Draft, Submission, System
from app.lib.database import db
from app.mail.models import Message
from tests.factories import published_review
from tests.programs import COMPLETE
from tests.rooms.coursework.worksheets import (
    COMPLETE_FORM,
    HOSTILE,
    SENDING,
    STATED,
    begun,
    form_of,
    opened,
    sent,
)


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def only_round() -> Submission:
    db.session.rollback()
    return db.session.scalars(select(Submission)).one()


def count(what) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(what)) or 0


# --- it works -------------------------------------------------------------------------------------


def test_a_round_is_frozen_with_its_receipt(ana, clock, cast):
    url = begun(ana)
    response = sent(ana, url)
    assert (response.status_code, response.location) == (303, f"{url}/submissions/1")
    kept = only_round()
    assert kept.answers == COMPLETE
    assert kept.digest == rules.digest(COMPLETE)
    assert kept.self_rating == {"client_path": "meets", "rules": "exceeds"}
    assert (kept.number, kept.status, kept.submitted_at) == (1, "waiting", clock.now)
    assert kept.promised_at == datetime(
        2026, 3, 30, 22, 0, tzinfo=UTC
    )  # Monday 6:00 p.m. Eastern: 3 business days
    assert kept.rendered["1.C.1"].startswith("<h3>Purpose</h3>")
    assert kept.words > 20
    assert (kept.cohort_id, len(kept.structure_hash)) == (cast.spring, 64)
    system = db.session.get_one(System, kept.system_id)
    assert (system.status, system.round) == ("submitted", 1)


def test_the_receipt_is_mailed_with_the_promise_in_the_participants_zone(ana):
    sent(ana, begun(ana))
    mail = db.session.scalars(select(Message)).one()
    assert mail.to_address == "ana@example.com"
    assert mail.subject == "We have round 1 of System 1. You will hear by Mon, Mar 30, 4:00 p.m. MDT"
    digest = only_round().digest
    for body in (mail.text, mail.html):
        assert digest in body
        assert "/systems/1/submissions/1" in body


def test_it_is_in_the_audit_once(ana):
    sent(ana, begun(ana))
    sentences = db.session.scalars(select(Entry.sentence).where(Entry.sentence.startswith("Submitted"))).all()
    assert len(sentences) == 1
    assert sentences[0].startswith("Submitted System 1, round 1")


def test_what_was_typed_on_the_page_is_sent_even_if_never_saved(ana):
    url = begun(ana)
    sent(ana, url, **{"1.A.1": ["Typed a second ago"]})
    assert only_round().answers["1.A.1"] == "Typed a second ago"
    assert db.session.scalars(select(Draft)).one().answers["1.A.1"] == "Typed a second ago"


def test_blank_rows_stay_behind(ana):
    url = begun(ana)
    sent(ana, url, **{"1.E.1~row": ["", "r1", "r2", "r3"], "1.E.1~r3~item": [""], "1.E.1~r3~amount": [""]})
    assert len(only_round().answers["1.E.1"]) == 2


def test_holidays_of_the_cohort_are_not_counted(ana, write, cast):
    with write():
        db.session.get_one(Cohort, cast.spring).holidays = ["2026-03-27"]
    sent(ana, begun(ana))
    assert only_round().promised_at == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)


def test_hostile_text_is_frozen_as_text(ana):
    sent(ana, begun(ana), **{"1.C.1": [HOSTILE], "1.A.1": [HOSTILE]})
    kept = only_round()
    assert "<script" not in kept.rendered["1.C.1"]
    page = ana.get("/systems/1/submissions/1").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# --- twice is harmless ----------------------------------------------------------------------------


def test_the_same_form_sent_twice_leads_to_the_same_receipt(ana):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    first, again = (ana.post(f"{url}/submit", data=form) for _ in range(2))
    assert first.location == again.location == f"{url}/submissions/1"
    assert count(Submission) == 1
    assert count(Message) == 1


def test_an_old_form_sent_after_the_answer_makes_no_second_round(ana, write, cast):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    ana.post(f"{url}/submit", data=form)
    with write():
        published_review(db.session.scalars(select(Submission)).one(), cast.cora)
    assert ana.post(f"{url}/submit", data=form).location == f"{url}/submissions/1"
    assert count(Submission) == 1


def test_one_round_waits_at_a_time_and_the_text_is_kept(ana):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    ana.post(f"{url}/submit", data=form)
    changed = form | opened(ana, url) | STATED | {"1.A.1": ["Changed after sending"]}
    response = ana.post(f"{url}/submit", data=changed)
    assert response.status_code == 422
    assert "already waiting for your coach" in response.text
    assert count(Submission) == 1
    assert db.session.scalars(select(Draft)).one().answers["1.A.1"] == "Changed after sending"


# --- refused, kindly, with the work saved ---------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"1.A.1": [""]}, "1.A.1 Practice name: Nothing is written here yet."),
        ({"1.E.3~price": ["ninety"]}, "“ninety” is not a number"),
        ({"1.B.1~row": ["", "r1"]}, "1 row so far; this needs at least 2."),
        ({"rating~rules": [""]}, "Rate your own work first. Still open: Rules others can use."),
        ({"statement_own": []}, "Tick both sentences above the button"),
        ({"statement_no_client": []}, "Tick both sentences above the button"),
    ],
)
def test_what_is_missing_is_named_and_everything_else_is_saved(ana, change, words):
    response = sent(ana, begun(ana), **change)
    assert response.status_code == 422
    assert words in response.text
    assert count(Submission) == 0
    assert count(Message) == 0
    form = form_of(response.text)
    assert form["1.E.1~r2~item"] == ["Insurance"]
    assert form.get("statement_own", []) == change.get("statement_own", ["1"])
    assert db.session.scalars(select(Draft)).one().answers["1.E.1"][1]["item"] == "Insurance"


def test_a_module_moved_into_the_future_refuses_with_its_date(ana, write, cast):
    url = begun(ana)
    with write():
        db.session.get_one(Cohort, cast.spring).shift_days = 60
    response = sent(ana, url)
    assert response.status_code == 422
    assert "opens on Wed, Apr 29" in response.text
    assert count(Submission) == 0


def test_a_suspended_person_is_refused_and_reads_what_was_typed(ana, write, cast):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    response = ana.post(f"{url}/submit", data=form)
    assert response.status_code == 422
    assert "is suspended" in response.text
    assert "Northgate Medical Exercise" in response.text
    assert count(Submission) == 0


def test_a_field_changed_in_another_tab_is_asked_about_before_anything_is_sent(ana):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.1": ["Theirs"]})
    response = ana.post(f"{url}/submit", data=form)
    assert response.status_code == 409
    assert "Theirs" in response.text
    assert count(Submission) == 0
