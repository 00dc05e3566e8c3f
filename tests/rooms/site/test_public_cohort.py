"""A cohort's page: the facts before applying, and what this reader can do about a seat."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.accounts.models import User
from app.admissions import actions as admissions
from app.admissions.models import Application
from app.admissions.queries import standing
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments.price_models import Price
from tests.rooms.admissions.offers import applied, fill, offered
from tests.rooms.site.test_public_home import amber, later

SUMMER = "/cohorts/summer-2026"


def page(client, path=SUMMER):
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


# --- the facts ----------------------------------------------------------------------------------------------


def test_says_dates_price_seats_and_refund(client):
    html = page(client)
    for text in (
        "Cohort of June 6, 2026",
        "Sat, Jun 6, 11:00 a.m. EDT",
        "Friday, August 28, 2026",
        "Wed, Jun 3, 11:59 p.m. EDT",
        "3 of 3 free",
        "in full until Sat, May 23",
        "all of it, $2,400",
        "50% of $2,400 = $1,200",
        "72 hours",
    ):
        assert text in html


def test_a_moved_schedule_moves_every_date(client, write, cast):
    with write():
        db.session.get_one(Cohort, cast.summer).shift_days = 7
    html = page(client)
    assert "Friday, September 4, 2026" in html
    assert "Jun 13" in html


def test_answers_are_promised_by_the_same_calendar_as_reviews(client, write, cast):
    assert '<time datetime="2026-06-16">' in page(client)  # due Thursday, three business days
    with write():
        db.session.get_one(Cohort, cast.summer).holidays = ["2026-06-12"]
    html = page(client)
    assert '<time datetime="2026-06-17">' in html


def test_the_signed_in_reader_sees_their_own_time_too(sign_in, cast):
    assert "for you Sat, Jun 6, 9:00 a.m. MDT" in page(sign_in(cast.ana))
    assert "for you" not in page(sign_in(cast.pat))  # lives in the cohort's zone


def test_without_a_price_nothing_is_invented(client, write, cast):
    with write():
        db.session.execute(db.delete(Price).where(Price.cohort_id == cast.summer))
    html = page(client)
    assert "The price is not set yet" in html
    assert "$" not in html
    assert "If you have to stop" not in html


def test_every_plan_on_sale_is_named_before_applying(client, write, cast, clock):
    """Amounts, what more it comes to, until when and what then; what only a code opens is on no page."""
    until = clock.now + timedelta(days=10)
    with write():
        plan = {"cohort_id": cast.summer, "currency": "usd"}
        rows = [
            Price(label="Early", amount_cents=220000, valid_until=until, **plan),
            Price(label="3", amount_cents=250000, installments=3, **plan),
            Price(label="6", amount_cents=198000, installments=6, hidden=True, **plan),
        ]
        db.session.add_all(rows)
    html = page(client)
    for text in (
        "$2,200", "by Sat, Apr 4, 11:00 a.m. EDT; after that it is $2,400.",
        "3 × $833.33", "$2,500 in all, $300 more than in full", "the last is $833.34",
        "In full, or in three installments", "the difference is still owed",
    ):  # fmt: skip
        assert text in html, text
    for path in (SUMMER, f"{SUMMER}/apply", "/cohorts", "/"):
        html = page(client, path).replace("&nbsp;", " ")
        assert "3 × $833.33" in html, path
        assert "$1,980" not in html, path
        assert "$330" not in html, path


def test_one_way_to_pay_is_not_called_a_choice(client):
    html = page(client)
    assert "installments" not in html
    assert "$2,400" in html


def test_shows_a_module_from_the_inside(client):
    html = page(client)
    for text in (
        "Lesson 1",
        "Write down one step.",
        "Snapshot",
        "Every step has an owner.",
        "Cancellation policy",
    ):
        assert text in html


@pytest.mark.parametrize("slug", ["nothing", "summer-2026'--", "%00", "x" * 300])
def test_no_such_cohort(client, slug):
    assert client.get(f"/cohorts/{slug}").status_code == 404


def test_a_draft_is_nobodys_business(client, write, cast):
    with write():
        db.session.get_one(Cohort, cast.summer).status = "draft"
    assert client.get(SUMMER).status_code == 404


# --- the seat card ------------------------------------------------------------------------------------------


def test_open(client):
    assert amber(page(client)) == {"Apply for a seat": f"{SUMMER}/apply"}


def test_full_leads_to_the_waitlist_and_shows_the_next_one(client, write, cast, clock):
    fill(cast.summer, 3, clock.now)
    html = page(client)
    assert "Every seat is taken or waited for." in html
    assert amber(html) == {"Apply for the waitlist": f"{SUMMER}/apply"}
    with write():
        later(1, clock.now)
    html = page(client)
    assert 'href="/cohorts/later-1"' in html
    assert amber(html) == {"Apply for the waitlist": f"{SUMMER}/apply"}


@pytest.mark.parametrize("status", ["closed", "running", "finished", "archived", "cancelled"])
def test_closed(client, write, cast, status):
    with write():
        db.session.get_one(Cohort, cast.summer).status = status
    html = page(client)
    assert amber(html) == {"Tell me when the next one opens": f"/subscribe?for=cohorts&from={SUMMER}"}
    assert ("does not take place" if status == "cancelled" else "takes no more applications") in html


def test_too_late(client, clock):
    clock.now = clock.now.replace(month=6, day=4, hour=12)
    html = page(client)
    assert "takes no more applications" in html
    assert "Apply by</dt>" not in html.split("Dates</h2>")[0]


def test_who_applied_is_told_when_the_answer_comes(sign_in, cast, clock):
    applied(cast.pat, cast.summer, clock.now)
    html = page(sign_in(cast.pat))
    assert "We are reading your application." in html
    assert "by Fri, Mar 27" in html
    assert amber(html) == {}


def test_who_waits_is_told_so(sign_in, cast):
    assert "You are on the waitlist." in page(sign_in(cast.wes))


def test_who_has_an_offer_goes_to_pay(sign_in, cast, clock):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    html = page(sign_in(cast.pat))
    assert amber(html) == {"Pay and take your seat": f"{SUMMER}/checkout"}
    assert "until Sat, Mar 28, 11:00 a.m. EDT" in html
    assert "2 of 3 free" in html


def test_an_offer_keeps_its_price(sign_in, write, cast, clock):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    with write():
        for price in db.session.scalars(db.select(Price).where(Price.cohort_id == cast.summer)):
            price.amount_cents = 300000
    card = page(sign_in(cast.pat)).partition('aria-labelledby="seat"')[2].partition("</aside>")[0]
    assert "$2,400" in card
    assert "$3,000" not in card


def test_a_no_is_not_shown_to_others(sign_in, client, write, cast, clock):
    application_id = applied(cast.pat, cast.summer, clock.now)
    with write():
        sam, application = db.session.get_one(User, cast.sam), db.session.get_one(Application, application_id)
        admissions.decline(
            sam, application, application.version, "Please come back with a practice.", clock.now
        )
    assert "answered with a no" in page(sign_in(cast.pat))
    assert "answered with a no" not in page(client)
    assert "answered with a no" not in page(sign_in(cast.ana))


def test_who_is_enrolled_goes_to_the_dashboard(sign_in, cast):
    html = page(sign_in(cast.ana), "/cohorts/spring-2026")
    assert amber(html) == {"Go to your dashboard": "/dashboard"}


def test_who_left_may_still_read(sign_in, write, cast):
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "withdrawn"
    html = page(sign_in(cast.ana), "/cohorts/spring-2026")
    assert "You have left this cohort." in html
    assert amber(html) == {}


def test_an_offer_that_ran_out_when_the_last_seat_is_gone(sign_in, write, cast, clock):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    with write():
        pat, cohort = db.session.get_one(User, cast.pat), db.session.get_one(Cohort, cast.summer)
        hold = standing(pat, cohort).hold
        hold.status, hold.ended_at = "expired", clock.now + timedelta(days=4)
    fill(cast.summer, 3, clock.now)
    assert "The time of your offer is over" in page(sign_in(cast.pat))


# --- the list -----------------------------------------------------------------------------------------------


def test_lists_what_can_be_applied_for(client, write, clock):
    with write():
        later(1, clock.now)
    html = page(client, "/cohorts")
    assert html.index("Saturday, June 6, 2026") < html.index("Saturday, September 12, 2026")
    assert "$2,500" in html
    assert "Spring" not in html
    assert amber(html) == {"See this cohort of Sat, Jun 6, 2026": SUMMER}


def test_the_list_says_what_will_appear(client, write, cast):
    with write():
        db.session.get_one(Cohort, cast.summer).status = "closed"
    html = page(client, "/cohorts")
    assert "No cohort takes applications right now" in html
    assert amber(html) == {"Tell me when the next one opens": "/subscribe?for=cohorts&from=/cohorts"}


def test_a_cohort_moved_across_the_change_of_clocks_keeps_its_wall_clock(client, write, cast, clock):
    with write():
        cohorts.open_cohort(
            None,
            slug="fall",
            title="Fall",
            starts_on=date(2026, 10, 31),
            capacity=2,
            release_id=db.session.get_one(Cohort, cast.summer).release_id,
            now=clock.now,
        )
    html = page(client, "/cohorts/fall")
    assert "Sat, Oct 31, 11:00 a.m. EDT" in html
    assert "Wed, Oct 28, 11:59 p.m. EDT" in html
