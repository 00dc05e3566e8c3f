"""Where people stop: counted by person, cohort and time; and who began to pay and stopped."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.admissions import funnel
from app.admissions.lead_models import Lead
from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.coursework.models import Draft, System
from app.lib.database import db
from app.payments import checkout
from app.payments.event_models import MoneyAlert
from tests.factories import submitted_system
from tests.rooms.admissions.offers import applied, offered
from tests.rooms.admissions.test_left_checkout import after
from tests.rooms.admissions.test_sweep import pats_order  # noqa: F401
from tests.rooms.payments.movers import Mover, another_cohort
from tests.rooms.payments.purchases import stripe  # noqa: F401


def counted(cohort_id: int | None = None, since=None) -> dict[str, int]:
    db.session.rollback()
    return funnel.counts(cohort_id, since)


def test_each_person_once_a_step(cast, clock, stripe, pats_order, write):
    with write():
        for number, confirmed in enumerate((None, clock.now, clock.now)):
            db.session.add(Lead(email=f"one{number}@example.com", asked_at=clock.now, confirmed_at=confirmed))
    applied(cast.ben, cast.summer, clock.now)
    steps = {"asked": 3, "confirmed": 2, "applied": 3, "offered": 1, "checkout": 1, "paid": 0}
    steps |= {"onboarded": 3, "begun": 0}  # Ana, Ben and Uma
    assert counted() == steps
    stripe.pay(pats_order[1])
    checkout.settle(pats_order[1], clock.now)
    assert counted() == steps | {"paid": 1}


def test_by_cohort_and_time(cast, clock, stripe, pats_order):
    none = dict.fromkeys(("applied", "offered", "checkout", "paid", "onboarded", "begun"), 0)
    assert counted(cast.summer) == none | {"applied": 2, "offered": 1, "checkout": 1}
    assert counted(cast.spring) == none | {"onboarded": 2}
    assert counted(cast.summer, clock.now)["checkout"] == 1
    assert counted(cast.summer, clock.now + timedelta(seconds=1)) == none


def test_set_up_and_at_work(cast, clock, write):
    with write():
        submitted_system(cast.ana_enrollment, now=clock.now)
        opened = System(
            enrollment_id=cast.ben_enrollment, module_slug="systems", assignment_key="k", created_at=clock.now
        )
        db.session.add(opened)
        db.session.flush()
        db.session.add(Draft(system_id=opened.id, saved_at=clock.now))  # looked at, nothing typed yet
        db.session.get_one(Enrollment, cast.ben_enrollment).onboarded_at = None
    assert counted(cast.spring) == dict.fromkeys(("applied", "offered", "checkout", "paid"), 0) | {
        "onboarded": 1,
        "begun": 1,
    }
    with write():
        db.session.scalar(select(Draft).where(Draft.system_id == opened.id)).version = 2
    assert counted(cast.spring)["begun"] == 2


def test_staff_see_how_many_are_not_set_up(cast, sign_in, write):
    sam = sign_in(cast.sam)
    assert "Everybody who has a seat is set up" in sam.get("/staff/funnel").text
    with write():
        db.session.get_one(Enrollment, cast.ben_enrollment).onboarded_at = None
    page = sam.get("/staff/funnel").text.split('id="setup"')[1].split("</section>")[0]
    assert 'href="/coaching/people?cohort=spring-2026"' in page
    assert re.findall(r'data-label="[^"]+">(\d+)<', page) == ["1", "2"]
    people = sign_in(cast.cora).get("/coaching/people").text
    assert people.count("Not set up yet") == 1


def test_a_second_offer_and_application_are_no_second_person(cast, clock, write):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    with write():
        autumn = db.session.get_one(Cohort, cast.autumn)
        autumn.status, autumn.apply_until = "open", None
    applied(cast.pat, cast.autumn, clock.now)
    assert counted()["applied"] == 2  # Pat, and Wes who waits
    assert counted(cast.autumn)["applied"] == 1


def test_who_moves_has_come_in_by_the_first_cohort(cast, clock, stripe, write):
    with write():
        winter = another_cohort(cast)
    pat = Mover(cast.pat, cast.summer, clock).seated(stripe)
    before = counted(cast.summer)
    assert (before["checkout"], before["paid"]) == (1, 1)
    pat.move(cast.sam, winter)
    with write():
        db.session.get_one(Enrollment, pat.new_id).onboarded_at = clock.now
    assert counted(cast.summer) == before | {"onboarded": 1}
    assert set(counted(winter).values()) == {0}


def test_what_is_erased_is_no_share(cast, clock, sign_in, write):
    with write():
        for number, confirmed in enumerate((None, clock.now)):
            db.session.add(Lead(email=f"one{number}@example.com", asked_at=clock.now, confirmed_at=confirmed))
    sam, said = sign_in(cast.sam), "An address that nobody confirms is erased after 30 days"
    month, quarter = (sam.get(f"/staff/funnel?days={days}").text for days in (30, 90))
    assert said not in month
    assert said in quarter
    share = r"Confirmed the address</th>.*?<span>1</span>.*?50% of the step before"
    assert re.search(share, month.split("Applied")[0], re.DOTALL)
    assert not re.search(share, quarter.split("Applied")[0], re.DOTALL)


def test_the_page(sign_in, cast, clock, stripe, pats_order):
    sam = sign_in(cast.sam)
    page = sam.get("/staff/funnel").text
    assert re.search(r"Began to pay</th>.*?<span>1</span>.*?100%", page, re.DOTALL)
    assert "Nobody waits for a call" in page
    assert "Confirmed the address" not in sam.get("/staff/funnel?cohort=summer-2026&days=").text
    assert sign_in(cast.cora).get("/staff/funnel").status_code == 404


@pytest.mark.parametrize("query", ["days=-1", "days=²", "cohort=%00", "cohort='--&days=99999999999"])
def test_an_odd_address_shows_the_usual_page(sign_in, cast, query):
    assert sign_in(cast.sam).get(f"/staff/funnel?{query}").status_code == 200


def test_staff_take_care_of_somebody_who_stopped(sign_in, cast, clock, stripe, pats_order):
    assert after(clock, pats_order[1], hours=49) == (0, 1)
    sam = sign_in(cast.sam)
    assert "pat@example.com" in sam.get("/staff/funnel").text
    task = db.session.scalars(select(MoneyAlert.id)).one()
    assert sign_in(cast.cora).post(f"/staff/funnel/{task}/done").status_code == 404
    for _ in range(2):
        assert sam.post(f"/staff/funnel/{task}/done").location == "/staff/funnel"
    assert "pat@example.com" not in sam.get("/staff/funnel").text
    said = select(Entry.actor_id).where(Entry.sentence.startswith("Took care of somebody"))
    assert list(db.session.scalars(said)) == [cast.sam]
    assert sam.post("/staff/funnel/999999/done").status_code == 404
    assert after(clock, pats_order[1], hours=1) == (0, 0)  # it does not come back


def test_another_alert_is_no_task_of_this_page(sign_in, cast, write, clock):
    with write():
        db.session.add(MoneyAlert(kind="paid late", key="k", detail="D", opened_at=clock.now))
    task = db.session.scalars(select(MoneyAlert.id)).one()
    assert sign_in(cast.sam).post(f"/staff/funnel/{task}/done").status_code == 404
