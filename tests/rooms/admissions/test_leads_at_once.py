"""Forms, presses and the worker on one lead at the same moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.admissions import lead_jobs, leads
from app.admissions.lead_models import Lead, LeadLink, LeadTold
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.rooms.payments.test_at_once import together

WISH = leads.Wish(name="Kim", updates=True, cohorts=True, source="/", consent="I agree.")
EMAIL = "kim@example.com"


def ask(now: datetime) -> str:
    begin_write()
    leads.ask(EMAIL, WISH, now)
    db.session.commit()
    return "asked"


def links(now: datetime) -> tuple[str, str]:
    """The secrets of two mails that wait to be confirmed, and nothing else of this lead."""
    begin_write()
    leads.ask(EMAIL, WISH, now)
    lead = db.session.scalars(select(Lead)).one()
    found = [leads.make_link(lead, "confirm", now, WISH).rsplit("/", 1)[1] for _ in range(2)]
    db.session.commit()
    db.session.remove()
    return found[0], found[1]


def press(token: str, now: datetime) -> str:
    begin_write()
    link = leads.find_link(token, "confirm", now, lock=True)
    if link is None:
        db.session.rollback()
        return "over"
    leads.confirm(link, now)
    db.session.commit()
    return "confirmed"


def test_two_forms_with_one_new_address(app, cast, clock):
    assert together(app, *[lambda: ask(clock.now)] * 3) == ["asked"] * 3
    assert db.session.scalar(select(func.count(Lead.id))) == 1
    purposes = select(LeadLink.purpose, func.count()).group_by(LeadLink.purpose)
    assert dict(db.session.execute(purposes).all()) == {"confirm": 3, "unsubscribe": 3}


def test_two_links_of_one_lead_are_pressed(app, cast, clock):
    for _ in range(10):
        first, second = links(clock.now)
        answers = together(app, lambda a=first: press(a, clock.now), lambda b=second: press(b, clock.now))
        assert sorted(map(str, answers)) == ["confirmed", "over"]


def test_the_worker_tells_while_the_address_confirms(app, cast, clock):
    begin_write()
    autumn = db.session.get_one(Cohort, cast.autumn)
    autumn.status, autumn.apply_until = "open", None
    db.session.commit()
    for _ in range(5):
        token, _other = links(clock.now)
        tell = lambda: lead_jobs.tell_leads(clock.now)  # noqa: E731
        answers = together(app, lambda a=token: press(a, clock.now), tell, tell)
        assert answers[0] == "confirmed"
        assert all(isinstance(told, int) for told in answers[1:]), answers
    open_now = select(func.count(Cohort.id)).where(Cohort.status == "open")
    assert db.session.scalar(select(func.count(LeadTold.id))) == db.session.scalar(open_now)


def test_two_workers_tell_the_whole_list_once(app, cast, clock):
    begin_write()
    for number in range(20):
        person = Lead(
            email=f"one{number}@example.com", status="confirmed", wants_cohorts=True, asked_at=clock.now
        )
        db.session.add(person)
    db.session.commit()
    tell = lambda: lead_jobs.tell_leads(clock.now)  # noqa: E731
    answers = together(app, tell, tell, tell)
    assert all(isinstance(told, int) for told in answers), answers
    lead_jobs.tell_leads(clock.now)
    mails = select(Message.to_address).where(Message.kind == "admissions/lead_cohort_open")
    assert sorted(db.session.scalars(mails)) == sorted(f"one{number}@example.com" for number in range(20))
