"""The screen on which staff move somebody to another cohort: what it shows, one confirm, and what is there after it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.admissions import line, seats
from app.admissions.deferring_models import Deferral, DeferralTier
from app.admissions.jobs import sweep_seats
from app.admissions.models import Application, Offer, SeatHold
from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.lib.refusal import Refused
from app.mail.models import Message
from app.payments.models import Order
from tests.factories import submitted_system
from tests.rooms.admissions.bought import CONTACT, Bought, mails
from tests.rooms.admissions.offers import fill
from tests.rooms.payments.movers import Mover, another_cohort
from tests.rooms.payments.purchases import stripe  # noqa: F401

SLUG = "cohort-2027-01-02"


@pytest.fixture
def winter(cast, write):
    with write():
        return another_cohort(cast)


@pytest.fixture
def pat(cast, clock, stripe):
    return Mover(cast.pat, cast.summer, clock).seated(stripe)


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


def address(place) -> str:
    return f"/staff/enrollments/{getattr(place, 'enrollment_id', place)}/defer"


def form(page: str, **changed: str) -> dict[str, str]:
    """What the page would send, once a reason is chosen."""
    hidden = dict(re.findall(r'type="hidden" name="(told_on|to|seen)" value="([^"]*)"', page))
    return hidden | {"reason": "health"} | changed


def new_place(cast) -> Enrollment | None:
    db.session.rollback()
    mine = select(Enrollment).where(Enrollment.user_id == cast.pat, Enrollment.continues_id.is_not(None))
    return db.session.scalar(mine)


def holds(user_id: int) -> list[tuple[int, str]]:
    db.session.rollback()
    query = select(SeatHold.cohort_id, SeatHold.status).where(SeatHold.user_id == user_id)
    return [tuple(row) for row in db.session.execute(query.order_by(SeatHold.id))]


def test_the_cohorts_to_choose_from(sam, cast, pat, winter, write):
    with write():
        another_cohort(cast, date(2027, 6, 5), status="draft")
        another_cohort(cast, date(2027, 9, 4), status="closed")
        another_cohort(cast, date(2025, 9, 6))  # over
    page = sam.get(address(pat)).text
    assert "Sat, Jan 2, 2027 to Fri, Mar 26, 2027. 3 of 3 seats free." in page
    assert "Sat, Jun 5, 2027 to Fri, Aug 27, 2027, not public yet." in page
    for slug in ("cohort-2027-09-04", "cohort-2025-09-06", "summer-2026", "spring-2026"):
        assert f'value="{slug}"' not in page
    assert "Your next step" not in page


def test_an_employers_seats_are_not_free_and_a_cohort_on_hold_takes_nobody(
    cast, clock, winter, pat, sam, write
):
    Bought(cast.sam, winter, clock)
    assert "1 of 3 seats free." in sam.get(address(pat)).text
    with write():
        db.session.get_one(Cohort, winter).sales_stopped_at = clock.now
    assert "seats free" not in sam.get(address(pat)).text
    with pytest.raises(Refused, match="is on hold"):
        pat.move(cast.sam, winter)


def test_everything_stands_before_the_confirm(sam, pat, winter, write, cast):
    with write():
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 5, 23), fee_cents=5_000))
        submitted_system(pat.enrollment_id)
    page = sam.get(address(pat) + f"?to={SLUG}").text
    for words in (
        "Who tells us by Sat, May 23, 2026 may move to another cohort once, for $50.",
        'Price of the seat, as agreed; it stays</th><td class="n">$2,550',
        'Pat has paid, and it comes along</th><td class="n">$850',
        "Installment 2: due on Sun, Oct 25, 2026 instead of Sat, Apr 25, 2026",
        'Fee for moving, to be paid within 14 days</th><td class="n">$50',
        'Still to pay in all</th><td class="n">$1,750',
        "System 1, Practice operating system",
        "The round that waits for its coach is taken back",
        "Visa ending 4242 is charged on the new days",
        "Move Pat Lindqvist",
    ):
        assert words in page
    assert pat.state()["enrollment"] == "active"


def test_one_confirm_does_everything(sam, cast, pat, winter, sign_in):
    page = sam.get(address(pat) + f"?to={SLUG}").text
    assert sam.post(address(pat), data=form(page)).status_code == 303
    new = new_place(cast)
    assert (new.cohort_id, new.status, new.practice_name) == (winter, "active", "Practice")
    assert db.session.get_one(Enrollment, pat.enrollment_id).status == "deferred"
    assert holds(cast.pat) == [(cast.summer, "released"), (winter, "converted")]
    row = db.session.scalars(select(Deferral)).one()
    assert (row.enrollment_id, row.reason, row.exception, row.by_id) == (new.id, "health", "", cast.sam)
    said = set(db.session.scalars(select(Entry.sentence)))
    assert "Pat Lindqvist's enrollment is deferred to the Cohort of January 2, 2027: health or family" in said
    assert "Freed seat 1" in said
    mail = db.session.scalars(select(Message).where(Message.kind == "admissions/deferred")).one()
    assert "Before: Cohort of June 6, 2026, Sat, Jun 6, 2026 to Fri, Aug 28, 2026" in mail.text
    assert "Installment 2, on Sun, Oct 25, 2026: $850" in mail.text
    db.session.rollback()
    page = sam.get(address(pat)).text
    assert "Went on in the Cohort of January 2, 2027" in page and "All the work came along" in page
    assert "Went on in another cohort" in sam.get(f"/staff/enrollments/{pat.enrollment_id}/withdraw").text
    assert "Pat Lindqvist" in sam.get(f"/staff/cohorts/{SLUG}").text
    browser = sign_in(cast.pat)
    assert "January 2, 2027" in browser.get("/dashboard").text
    assert "You left this cohort" not in browser.get("/cohorts/summer-2026/checkout").text


def test_confirmed_twice_is_harmless(sam, cast, pat, winter):
    data = form(sam.get(address(pat) + f"?to={SLUG}").text)
    assert [sam.post(address(pat), data=data).status_code for _ in range(2)] == [303, 409]
    assert holds(cast.pat) == [(cast.summer, "released"), (winter, "converted")]


def test_the_seat_that_is_left_goes_to_the_line(sam, cast, pat, winter, write, clock):
    with write():
        db.session.get_one(Cohort, cast.summer).capacity = 1
        wes = db.session.scalars(select(Application).where(Application.user_id == cast.wes)).one()
        line.enter(wes, clock.now)
    sam.post(address(pat), data=form(sam.get(address(pat) + f"?to={SLUG}").text))
    sweep_seats(clock.now)
    assert db.session.scalars(select(Offer).join(Offer.application)).one().application.user_id == cast.wes


def test_an_offer_they_have_there_is_taken_with_its_seat(sam, cast, pat, winter, write, clock):
    with write():
        cohort = db.session.get_one(Cohort, winter)
        application = Application(user_id=cast.pat, cohort_id=winter, status="accepted", answers={})
        db.session.add(application)
        db.session.flush()
        db.session.add(
            Offer(
                application_id=application.id, amount_cents=1, currency="usd", made_at=clock.now,
                expires_at=clock.now + timedelta(days=2),
            )
        )  # fmt: skip
        seats.take(cohort, cast.pat, "offer", clock.now + timedelta(days=2), clock.now)
    assert sam.post(address(pat), data=form(sam.get(address(pat) + f"?to={SLUG}").text)).status_code == 303
    assert db.session.scalars(select(Offer.status)).all() == ["taken"]
    assert holds(cast.pat)[1] == (winter, "converted") or holds(cast.pat)[0] == (winter, "converted")


# --- no seat ----------------------------------------------------------------------------------------------------


def test_without_a_free_seat_it_takes_a_reason_that_is_logged(sam, cast, pat, winter, write, clock):
    fill(winter, 3, clock.now)
    page = sam.get(address(pat) + f"?to={SLUG}").text
    assert "Full." in page and "logged as overbooked" in page
    response = sam.post(address(pat), data=form(page))
    assert response.status_code == 422 and 'id="why_over-error"' in response.text
    assert holds(cast.pat) == [(cast.summer, "converted")]
    data = form(page, why_over="Her surgery was ours to wait for.")
    assert sam.post(address(pat), data=data).status_code == 303
    said = "Overbooked Cohort of January 2, 2027 by 1, with a seat for Pat Lindqvist: Her surgery was ours to wait for."
    assert db.session.scalar(select(Entry.id).where(Entry.sentence == said))


def test_nobody_in_line_is_overtaken_by_accident(sam, cast, pat, winter, write, clock):
    with write():
        db.session.get_one(Cohort, winter).capacity = 1
        application = Application(user_id=cast.wes, cohort_id=winter, status="waitlisted", answers={})
        db.session.add(application)
        db.session.flush()
        line.enter(application, clock.now)
    page = sam.get(address(pat) + f"?to={SLUG}").text
    assert "1 free, and waited for" in page and "before those in line" in page
    assert sam.post(address(pat), data=form(page)).status_code == 422
    assert sam.post(address(pat), data=form(page, why_over="A promise of May.")).status_code == 303
    said = "Gave away, before those in line for Cohort of January 2, 2027, a seat for Pat Lindqvist: A promise of May."
    assert db.session.scalar(select(Entry.id).where(Entry.sentence == said))


# --- the rule ----------------------------------------------------------------------------------------------------


def test_outside_the_rule_it_is_an_exception(sam, cast, pat, winter, write, clock, sign_in):
    with write():
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 3, 20)))
    page = sam.get(address(pat) + f"?to={SLUG}").text
    assert "Who tells us after Fri, Mar 20, 2026 stays in this cohort." in page and "exception" in page
    response = sam.post(address(pat), data=form(page))
    assert response.status_code == 422 and 'id="exception-error"' in response.text
    assert sam.post(address(pat), data=form(page, exception="A <b>hospital</b> stay.")).status_code == 303
    assert db.session.scalars(select(Deferral)).one().exception == "A <b>hospital</b> stay."
    db.session.rollback()
    assert "A &lt;b&gt;hospital&lt;/b&gt; stay." in sam.get(address(pat)).text
    mail = db.session.scalars(select(Message).where(Message.kind == "admissions/deferred")).one()
    assert "hospital" not in mail.text


def test_the_day_they_told_us_counts(pat, cast, winter, write, clock, sign_in):
    with write():
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 3, 26)))
    clock.now += timedelta(days=3)
    sam = sign_in(cast.sam)
    assert "stays in this cohort" in sam.get(address(pat) + f"?to={SLUG}").text
    page = sam.get(address(pat) + f"?to={SLUG}&told_on=2026-03-26").text
    assert "at no cost" in page
    assert sam.post(address(pat), data=form(page)).status_code == 303


def test_once_is_counted(sam, cast, pat, winter, write):
    with write():
        for cohort_id in (cast.summer, winter):
            db.session.add(DeferralTier(cohort_id=cohort_id, until=date(2027, 1, 2)))
        another_cohort(cast, date(2027, 6, 5))
    sam.post(address(pat), data=form(sam.get(address(pat) + f"?to={SLUG}").text))
    page = sam.get(address(new_place(cast).id) + "?to=cohort-2027-06-05").text
    assert "They have moved once already." in page and "this would be an exception" in page


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["", "nowhere", "summer-2026", "spring-2026", "<b>", "\x00", "x" * 5000])
def test_a_cohort_that_cannot_be_is_told_at_its_field(sam, cast, pat, winter, to):
    response = sam.get(address(pat), query_string={"to": to})
    assert response.status_code == 422 and 'id="to-error"' in response.text
    data = form(sam.get(address(pat) + f"?to={SLUG}").text, to=to)
    assert sam.post(address(pat), data=data).status_code == 422
    assert new_place(cast) is None


@pytest.mark.parametrize("day", ["", "yesterday", "2026-03-26", "2020-01-01", "0000-00-00", "\x00"])
def test_a_day_that_cannot_be_is_told_at_its_field(sam, cast, pat, winter, day):
    response = sam.get(address(pat), query_string={"told_on": day, "to": SLUG})
    assert response.status_code == 422 and 'id="told_on-error"' in response.text
    data = form(sam.get(address(pat) + f"?to={SLUG}").text, told_on=day)
    assert sam.post(address(pat), data=data).status_code == 422
    assert new_place(cast) is None


@pytest.mark.parametrize("reason", ["", "none", "<b>", "\x00", "x" * 5000])
def test_without_a_reason_nothing_happens_and_the_cohort_is_kept(sam, cast, pat, winter, reason):
    data = form(sam.get(address(pat) + f"?to={SLUG}").text, reason=reason)
    response = sam.post(address(pat), data=data)
    assert response.status_code == 422
    assert 'id="reason-error"' in response.text and f'value="{SLUG}" checked' in response.text
    assert new_place(cast) is None


@pytest.mark.parametrize("seen", ["", "0" * 16, "<b>"])
def test_another_plan_than_the_one_shown_is_refused(sam, cast, pat, winter, seen):
    data = form(sam.get(address(pat) + f"?to={SLUG}").text, seen=seen)
    response = sam.post(address(pat), data=data)
    assert response.status_code == 409 and "Here is how it stands now" in response.text
    assert new_place(cast) is None


def test_stripe_silent_changes_nothing(sam, cast, pat, winter, stripe):
    data = form(sam.get(address(pat) + f"?to={SLUG}").text)
    pat.go_to_pay(2)
    stripe.fail_next("timeout_before", times=9)
    response = sam.post(address(pat), data=data)
    stripe.fail_next("timeout_before", times=0)
    assert response.status_code == 409
    assert new_place(cast) is None and pat.state()["enrollment"] == "active"


def test_a_place_without_an_order(sam, cast, winter):
    page = sam.get(address(cast.uma_enrollment) + f"?to={SLUG}").text
    assert "no money moves" in page and "has not begun a system yet" in page
    assert sam.post(address(cast.uma_enrollment), data=form(page)).status_code == 303
    assert holds(cast.uma) == [(cast.autumn, "released"), (winter, "converted")]


def test_no_cohort_to_go_on_in_is_said(sam, cast, write, pat):
    with write():
        for cohort in db.session.scalars(select(Cohort)):
            cohort.status = "closed"
    assert "No other cohort is open or planned" in sam.get(address(pat)).text


@pytest.mark.parametrize("status", ["pending", "completed", "withdrawn", "removed"])
def test_who_cannot_move_is_told_so(sam, cast, winter, write, status):
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = status
    page = sam.get(address(cast.ana_enrollment))
    assert page.status_code == 200
    assert f"place is {status}, so there is nothing to move" in page.text and "Go on in" not in page.text
    data = {"to": SLUG, "told_on": "2026-03-25", "reason": "time", "seen": ""}
    assert sam.post(address(cast.ana_enrollment), data=data).status_code == 409


def test_a_get_changes_nothing(sam, cast, pat, winter):
    before = db.session.scalar(select(Entry.id).order_by(Entry.id.desc()))
    db.session.rollback()
    sam.get(address(pat) + f"?to={SLUG}")
    assert db.session.scalar(select(Entry.id).order_by(Entry.id.desc())) == before


def test_whose_seat_an_employer_paid_moves_without_money(sam, cast, clock, stripe, winter):
    harbor = Bought(cast.sam, cast.summer, clock).paid(stripe)
    harbor.invite("pat@example.com")
    harbor.claim(cast.pat, "pat@example.com")
    old = db.session.scalars(select(Enrollment.id).where(Enrollment.user_id == cast.pat)).one()
    page = sam.get(address(old) + f"?to={SLUG}").text
    assert f'The seat is paid by <a href="/staff/employers/{harbor.id}">Harbor Health</a>' in page
    assert "The seat here is Harbor Health’s again, to be claimed by somebody else" in page
    assert sam.post(address(old), data=form(page)).status_code == 303
    new = new_place(cast)
    assert (new.cohort_id, new.status) == (winter, "active")
    assert holds(cast.pat) == [(winter, "converted")]
    assert harbor.holds() == [("converted", "employer", False)] * 2
    assert harbor.invitations() == {"pat@example.com": "given up"}
    assert db.session.scalars(select(Order.id).where(Order.enrollment_id.is_not(None))).all() == []
    assert harbor.order().status == "paid"
    assert mails(CONTACT)[-1] == "admissions/employer_seat_back"
    moved = db.session.scalars(select(Message).where(Message.kind == "admissions/deferred")).one()
    assert "$" not in moved.text
    harbor.invite("ben@example.com", "uma@example.com")  # both seats can be given
