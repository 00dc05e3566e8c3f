"""The line for a seat: who is offered the next one, what a lapse means, and others' accidents by their number."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import actions, seats
from app.admissions.jobs import sweep_seats
from app.admissions.models import Application, Offer, SeatHold
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.payments.price_models import Price
from tests.rooms.admissions.lines import (
    entry,
    mails,
    seat,
    sell,
    set_cohort,
    status,
    taken,
    waits,
    withdraw,
)
from tests.rooms.admissions.offers import applied, new_user
from tests.rooms.payments.purchases import Buyer, stripe  # noqa: F401

APPLY = "/cohorts/summer-2026/apply"
ANSWERS = {
    "practice_name": "P",
    "asked_clients": "C",
    "asked_why_now": "W",
    "asked_hours": "Four or five hours",
}


@pytest.fixture
def seated(app, cast, clock) -> list[int]:
    """Three people have the three seats of the summer cohort."""
    return sell(cast.summer, 3, clock.now)


@pytest.fixture
def line(seated, cast, clock) -> list[int]:
    """First, Second and Third wait for a seat, in that order."""
    found = []
    for name in ("First", "Second", "Third"):
        found.append(new_user(name, clock.now))
        waits(cast, found[-1], clock.now)
        clock.move(minutes=10)
    return found


# --- into the line ----------------------------------------------------------------------------------------------


def test_a_full_cohort_takes_the_application_and_gives_a_place(sign_in, seated, cast, clock):
    pat = sign_in(cast.pat)
    page = pat.get(APPLY)
    assert "Apply for the waitlist" in page.text
    assert "we read your application as any other" in page.text
    assert "held for 48 hours" in page.text
    assert pat.post(APPLY, data=ANSWERS).status_code == 303
    found = entry(cast.pat)
    assert (found.status, found.joined_at, found.application.status) == ("waiting", clock.now, "submitted")
    page = pat.get(APPLY).text
    assert "We have your application" in page
    assert "near the front" in page
    assert "place in line from this moment" in mails(cast.pat, "admissions/received")[0].text


def test_with_a_seat_free_nobody_stands_in_line(sign_in, cast, app):
    sign_in(cast.pat).post(APPLY, data=ANSWERS)
    assert "72 hours" in mails(cast.pat, "admissions/received")[0].text
    with pytest.raises(AssertionError):
        entry(cast.pat)


def test_a_stranger_applies_to_a_full_cohort(client, seated, cast):
    person = {"name": "Nora Quist", "email": "nora@example.com", "time_zone": "America/Chicago"}
    assert client.post(APPLY, data=ANSWERS | person).location == APPLY + "/sent"
    assert "place in line" in client.get(APPLY + "/sent").text
    nora = db.session.scalar(select(User.id).where(User.email == "nora@example.com"))
    assert status(nora) == "waiting"


def test_staff_put_an_application_in_line_from_when_it_came(sign_in, cast, clock, app):
    came = clock.now
    application_id = applied(cast.pat, cast.summer, came)
    clock.move(hours=5)
    sell(cast.summer, 3, clock.now)
    sam = sign_in(cast.sam)
    page = sam.get(f"/staff/applications/{application_id}")
    assert "Put Pat on the waitlist" in page.text
    assert page.text.count("Your next step") == 1
    url = f"/staff/applications/{application_id}/waitlist"
    assert sam.post(url, data={"version": "1"}).status_code == 303
    found = entry(cast.pat)
    assert (found.status, found.joined_at, found.application.status) == ("waiting", came, "waitlisted")
    mail = mails(cast.pat, "waitlist/listed")[0]
    assert "held" not in mail.subject
    assert "48 hours" in mail.text
    assert "Wed, Jun 3, 2026" in mail.text  # three days before the start
    again = sam.post(url, data={"version": "2"})
    assert again.status_code == 409
    assert "on the waitlist already" in again.text
    assert len(mails(cast.pat, "waitlist/listed")) == 1


def test_nobody_is_put_in_line_for_nothing(sign_in, cast, clock, app):
    application_id = applied(cast.pat, cast.summer, clock.now)
    set_cohort(cast.summer, status="running")
    url = f"/staff/applications/{application_id}/waitlist"
    answer = sign_in(cast.sam).post(url, data={"version": "1"})
    assert answer.status_code == 409
    assert "an empty promise" in answer.text


# --- the next seat ------------------------------------------------------------------------------------------------


def test_a_freed_seat_is_offered_in_order(app, line, seated, cast, clock):
    first = line[0]
    assert sweep_seats(clock.now) == 0
    assert [status(one) for one in line] == ["waiting"] * 3
    withdraw(seated[1])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["offered", "waiting", "waiting"]
    hold = db.session.scalar(select(SeatHold).where(SeatHold.user_id == first))
    assert (hold.seat, hold.because, hold.until) == (2, "offer", clock.now + timedelta(hours=48))
    assert entry(first).offered_until == hold.until
    mail = mails(first, "waitlist/seat_free")[0]
    assert "$2,400" in mail.text
    assert "50% of $2,400" in mail.text
    assert not mails(first, "admissions/offered")
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["offered", "waiting", "waiting"]
    withdraw(seated[0])
    withdraw(seated[2])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["offered"] * 3
    assert taken(cast.summer) == 3


def test_priority_comes_before_time(app, line, seated, cast, clock, sign_in):
    sam = sign_in(cast.sam)
    third = entry(line[2])
    url = f"/staff/applications/{third.application_id}/waitlist/priority"
    assert sam.post(url, data={"version": third.version, "direction": "up"}).status_code == 303
    assert entry(line[2]).priority == 1
    stale = sam.post(url, data={"version": "1", "direction": "up"})
    assert stale.status_code == 409
    assert "changed since you opened the page" in stale.text
    withdraw(seated[0])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["waiting", "waiting", "offered"]


@pytest.mark.parametrize(
    ("direction", "sentence"), [("up", "from −9 to 9"), ("sideways", "up or down"), ("", "up or down")]
)
def test_priorities_end(sign_in, line, cast, direction, sentence):
    begin_write()
    found = entry(line[0])
    begin_write()
    found.priority = 9
    db.session.commit()
    url = f"/staff/applications/{found.application_id}/waitlist/priority"
    answer = sign_in(cast.sam).post(url, data={"version": found.version, "direction": direction})
    assert answer.status_code == 409
    assert sentence in answer.text
    assert entry(line[0]).priority == 9


def test_passed_over_once(app, line, seated, cast, clock, sign_in):
    sam = sign_in(cast.sam)
    first = entry(line[0])
    url = f"/staff/applications/{first.application_id}/waitlist/pass-over"
    nothing = sam.post(url, data={"version": first.version, "why_passed": " "})
    assert nothing.status_code == 422
    assert "in a few words why" in nothing.text
    sent = {"version": first.version, "why_passed": "Travels until Friday"}
    assert sam.post(url, data=sent).status_code == 303
    assert "Travels until Friday" in sam.get("/staff/cohorts/summer-2026/seats").text
    withdraw(seated[0])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["waiting", "offered", "waiting"]
    withdraw(seated[1])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["offered", "offered", "waiting"]
    said = db.session.scalars(select(Entry.sentence)).all()
    assert "Passed First Example over for the next seat: Travels until Friday" in said


def test_nobody_to_pass_over_for(sign_in, seated, cast, clock):
    only = new_user("Only", clock.now)
    application_id = waits(cast, only, clock.now)
    url = f"/staff/applications/{application_id}/waitlist/pass-over"
    answer = sign_in(cast.sam).post(url, data={"version": "1", "why_passed": "Travels until Friday"})
    assert answer.status_code == 409
    assert "Nobody else waits" in answer.text
    assert "Travels until Friday" in answer.text
    assert entry(only).skipped is False


def test_who_was_not_read_is_not_offered_and_not_overtaken_by_newcomers(app, seated, cast, clock, sign_in):
    application_id = applied(cast.pat, cast.summer, clock.now)
    withdraw(seated[0])
    sweep_seats(clock.now)
    assert status(cast.pat) == "waiting"
    newcomer = applied(cast.ben, cast.summer, clock.now)  # a seat is free, and Pat waits for it
    assert status(cast.ben) == "waiting"
    sam = sign_in(cast.sam)
    assert sam.post(f"/staff/applications/{application_id}/accept", data={"version": "1"}).status_code == 303
    assert (status(cast.pat), seat(cast.pat)) == ("offered", "active")
    assert mails(cast.pat, "waitlist/seat_free")
    assert sam.post(f"/staff/applications/{newcomer}/accept", data={"version": "1"}).status_code == 409


def test_newcomers_do_not_jump_the_queue(app, line, seated, cast, clock, client, sign_in, write):
    """A seat is free, three wait: the public page says none, and neither staff nor a lapsed offer gives it away."""
    withdraw(seated[0])
    begin_write()
    actions.keep_paid_seats(cast.summer, clock.now)
    db.session.commit()
    assert "0 of 3 free" in client.get(APPLY).text
    assert "Apply for the waitlist" in client.get("/cohorts/summer-2026").text
    begin_write()
    assert seats.take(seats.lock(cast.summer), cast.pat, "checkout", None, clock.now) is None
    db.session.rollback()
    with write():
        early = Application(user_id=cast.ben, cohort_id=cast.summer, status="submitted", answers={})
        db.session.add(early)
        db.session.flush()
        early = early.id  # from the time when seats were free
    answer = sign_in(cast.sam).post(f"/staff/applications/{early}/accept", data={"version": "1"})
    assert answer.status_code == 409
    assert "waited for" in answer.text


def test_without_a_price_nothing_is_offered_and_nothing_breaks(app, line, seated, cast, clock, write):
    with write():
        db.session.query(Price).filter_by(cohort_id=cast.summer).one().valid_until = clock.now
    withdraw(seated[0])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["waiting"] * 3


# --- the accidents of others ---------------------------------------------------------------------------------------


def test_pretix_681_no_offer_after_the_last_day(app, line, seated, cast, clock):
    withdraw(seated[0])
    clock.now = clock.now.replace(month=6, day=3, hour=4, minute=0)  # midnight in New York, three days before
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["waiting"] * 3
    clock.move(minutes=-1)
    sweep_seats(clock.now)
    assert status(line[0]) == "offered"


@pytest.mark.parametrize("closed", ["closed", "running", "cancelled", "finished", "draft"])
def test_pretix_681_no_offer_when_sales_are_closed(app, line, seated, cast, clock, closed):
    withdraw(seated[0])
    set_cohort(cast.summer, status=closed)
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["waiting"] * 3


def test_the_last_day_to_apply_ends_no_waiting(app, line, seated, cast, clock):
    withdraw(seated[0])
    set_cohort(cast.summer, apply_until=clock.now)
    sweep_seats(clock.now)
    assert status(line[0]) == "offered"


def test_pretix_1405_1163_a_taken_offer_is_used_up(app, line, seated, cast, clock, stripe):
    """Cancelling later frees the seat, not the offer: it goes to the next, and to nobody twice."""
    first, second, _third = line
    withdraw(seated[0])
    sweep_seats(clock.now)
    stripe.pay(Buyer(first, cast.summer, clock.now).go_to_pay(clock.now))
    sweep_seats(clock.now)
    assert (status(first), seat(first)) == ("taken", "converted")
    withdraw(first)
    sweep_seats(clock.now)
    assert (status(first), seat(first)) == ("taken", None)
    assert (status(second), seat(second)) == ("offered", "active")
    assert taken(cast.summer) == 3
    assert db.session.scalars(select(Offer.status).order_by(Offer.id)).all() == ["taken", "open"]
    assert len(mails(first, "waitlist/seat_free")) == 1


def test_pretix_74_nobody_pays_for_a_seat_that_is_gone(app, line, seated, cast, clock, stripe):
    """The offer passes while the payment page is open: the page is ended before the seat goes on."""
    first, second, _third = line
    withdraw(seated[0])
    sweep_seats(clock.now)
    page = Buyer(first, cast.summer, clock.now).go_to_pay(clock.now)
    clock.move(hours=49)
    sweep_seats(clock.now)
    assert stripe.get(page)["status"] == "expired"
    assert (status(first), seat(first)) == ("lapsed", None)
    assert (status(second), seat(second)) == ("offered", "active")


def test_pretix_74_money_that_came_late_goes_before_the_line(app, line, seated, cast, clock, stripe):
    """Their seat went on while the bank kept silent: the next free one is theirs, before anybody who waits."""
    first, second, third = line
    withdraw(seated[0])
    sweep_seats(clock.now)
    page = Buyer(first, cast.summer, clock.now).go_to_pay(clock.now)
    begin_write()
    hold = db.session.scalar(select(SeatHold).where(SeatHold.user_id == first))
    from app.payments import queries as money
    from app.payments.models import Order

    order = db.session.scalar(select(Order).order_by(Order.id.desc()))
    actions.let_go(hold, order, clock.now)  # as if Stripe had said that the page is over
    db.session.commit()
    sweep_seats(clock.now)
    assert status(second) == "offered"
    stripe.pay(page)
    assert money.paid_late()
    withdraw(seated[1])
    sweep_seats(clock.now)
    assert (status(first), seat(first)) == ("taken", "converted")
    assert status(third) == "waiting"
    assert taken(cast.summer) == 3


# --- an offer that passes ------------------------------------------------------------------------------------------


def test_a_lapse_keeps_the_place_for_who_wants_it(app, line, seated, cast, clock, client, sign_in):
    first = line[0]
    joined = entry(first).joined_at
    withdraw(seated[0])
    sweep_seats(clock.now)
    clock.move(hours=48)
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["lapsed", "offered", "waiting"]
    mail = mails(first, "waitlist/passed")[0]
    assert not mails(first, "admissions/let_go")
    link = re.search(r"http\S+(/sign-in/link/\S+)", mail.text).group(1)
    client.get(link)
    assert status(first) == "lapsed"  # looking changes nothing
    assert client.post(link).location == APPLY
    page = client.get(APPLY).text
    assert "Keep me on the list" in page
    assert status(first) == "lapsed"
    assert client.post("/cohorts/summer-2026/waitlist/keep").location == APPLY
    found = entry(first)
    assert (found.status, found.joined_at) == ("waiting", joined)
    assert mails(first, "waitlist/listed")[1].subject.startswith("You are still on the waitlist")
    before = found.version
    client.post("/cohorts/summer-2026/waitlist/keep")  # twice is harmless
    assert entry(first).version == before
    assert len(mails(first, "waitlist/listed")) == 2
    clock.move(hours=48)
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["offered", "lapsed", "waiting"]  # before Third, who came later
    assert len(mails(first, "waitlist/seat_free")) == 2
    offer = db.session.scalar(select(Offer).where(Offer.application_id == entry(first).application_id))
    assert (offer.status, offer.amount_cents) == ("open", 240000)


def test_the_price_of_the_first_offer_holds_for_the_second(app, line, seated, cast, clock, sign_in, write):
    first = line[0]
    withdraw(seated[0])
    sweep_seats(clock.now)
    with write():
        db.session.query(Price).filter_by(cohort_id=cast.summer).one().amount_cents = 300000
    clock.move(hours=48)
    sweep_seats(clock.now)
    sign_in(first).post("/cohorts/summer-2026/waitlist/keep")
    clock.move(hours=48)
    sweep_seats(clock.now)
    assert "$2,400" in mails(first, "waitlist/seat_free")[1].text


def test_too_late_to_come_back(app, line, seated, cast, clock, sign_in):
    withdraw(seated[0])
    sweep_seats(clock.now)
    clock.move(hours=48)
    sweep_seats(clock.now)
    set_cohort(cast.summer, status="running")
    first = sign_in(line[0])
    assert "Keep me on the list" not in first.get(APPLY).text
    first.post("/cohorts/summer-2026/waitlist/keep")
    assert "nothing to wait for" in first.get(APPLY).text
    assert status(line[0]) == "lapsed"


def test_a_lapsed_offer_of_the_usual_kind_leads_to_the_line(app, cast, clock, sign_in):
    from tests.rooms.admissions.offers import offered

    offered(cast.pat, cast.summer, cast.sam, clock.now)
    clock.move(hours=72)
    sweep_seats(clock.now)
    pat = sign_in(cast.pat)
    pat.post("/cohorts/summer-2026/waitlist/join")
    assert "A seat is free: you can take it now" in pat.get(APPLY).text
    sell(cast.summer, 3, clock.now)
    assert "Put me on the waitlist" in pat.get(APPLY).text
    assert "Put me on the waitlist" in pat.get("/cohorts/summer-2026/checkout").text  # one press
    assert pat.post("/cohorts/summer-2026/waitlist/join").status_code == 303
    pat.post("/cohorts/summer-2026/waitlist/join")
    found = entry(cast.pat)
    assert (found.status, found.joined_at, found.application.status) == ("waiting", clock.now, "waitlisted")
    assert len(mails(cast.pat, "waitlist/listed")) == 1


def test_nobody_joins_without_an_offer(sign_in, cast, app):
    pat = sign_in(cast.pat)
    for verb in ("join", "keep", "leave"):
        assert pat.post(f"/cohorts/summer-2026/waitlist/{verb}").status_code == 303
    assert "no place in the line" in pat.get(APPLY).text
    with pytest.raises(AssertionError):
        entry(cast.pat)


def test_leaving(app, line, seated, cast, clock, sign_in):
    first = sign_in(line[0])
    assert "Leave the waitlist" in first.get(APPLY).text
    assert first.post("/cohorts/summer-2026/waitlist/leave").location == APPLY
    assert (status(line[0]), entry(line[0]).application.status) == ("removed", "withdrawn")
    first.post("/cohorts/summer-2026/waitlist/leave")
    withdraw(seated[0])
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["removed", "offered", "waiting"]
    second = sign_in(line[1])
    second.post("/cohorts/summer-2026/waitlist/leave")
    assert "A seat is held for you" in second.get(APPLY).text
    assert status(line[1]) == "offered"


def test_taken_off_the_list_with_a_reason(app, line, cast, sign_in):
    sam = sign_in(cast.sam)
    application_id = entry(line[0]).application_id
    page = sam.get(f"/staff/applications/{application_id}")
    assert "Or take off the waitlist" in page.text
    reason = "We have learned that you practice in a field we do not teach."
    sent = {"version": entry(line[0]).application.version, "reason": reason}
    assert sam.post(f"/staff/applications/{application_id}/decline", data=sent).status_code == 303
    assert (status(line[0]), entry(line[0]).application.status) == ("removed", "declined")
    assert "a field we do not teach" in mails(line[0], "admissions/declined")[0].text
    assert "could not offer you a seat" in sign_in(line[0]).get(APPLY).text


def test_offered_by_hand_out_of_turn(app, line, seated, cast, clock, sign_in):
    withdraw(seated[0])
    begin_write()
    actions.keep_paid_seats(cast.summer, clock.now)
    db.session.commit()
    sam, third = sign_in(cast.sam), entry(line[2])
    page = sam.get(f"/staff/applications/{third.application_id}").text
    assert "Others stand before Third in line" in page
    assert "48 hours" in page
    version = third.application.version
    answer = sam.post(f"/staff/applications/{third.application_id}/accept", data={"version": version})
    assert answer.status_code == 303
    assert [status(one) for one in line] == ["waiting", "waiting", "offered"]
    sweep_seats(clock.now)
    assert [status(one) for one in line] == ["waiting", "waiting", "offered"]


def test_a_person_is_told_a_band_and_never_a_number(app, line, cast, clock, sign_in):
    for name in ("Fourth", "Fifth", "Sixth"):
        waits(cast, new_user(name, clock.now), clock.move(minutes=1))
    for user, band in ((line[0], "near the front"), (line[2], "in the middle")):
        page = sign_in(user).get(APPLY).text
        assert f"You stand {band} of the line" in page
        assert "of 6" not in page


def test_one_live_place_for_each_person_and_cohort(app, line, cast, clock):
    from sqlalchemy.exc import IntegrityError

    from app.admissions.waitlist_models import WaitlistEntry

    found = entry(line[0])
    begin_write()
    db.session.add(
        WaitlistEntry(
            cohort_id=cast.summer, user_id=line[0], application_id=found.application_id, joined_at=clock.now,
            status="lapsed",
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("who", ["ana", "cora", "pat", "wes"])
def test_only_staff_order_the_line(sign_in, line, cast, who):
    browser, found = sign_in(getattr(cast, who)), entry(line[0])
    base = f"/staff/applications/{found.application_id}"
    before = db.session.scalar(select(func.count(Entry.id)))
    sent = {
        "version": 1,
        "direction": "up",
        "why_passed": "because",
        "why_over": "because",
        "capacity": "9",
        "was": "3",
    }
    for path in (
        f"{base}/waitlist",
        f"{base}/waitlist/priority",
        f"{base}/waitlist/pass-over",
        f"{base}/overbook",
    ):
        assert browser.post(path, data=sent).status_code == 404
    assert browser.get("/staff/cohorts/summer-2026/seats").status_code == 404
    assert browser.post("/staff/cohorts/summer-2026/capacity", data=sent).status_code == 404
    db.session.rollback()
    assert db.session.scalar(select(func.count(Entry.id))) == before
    assert db.session.get_one(Cohort, cast.summer).capacity == 3
