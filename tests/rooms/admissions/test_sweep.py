"""Seats whose time is over, and the job that looks for them. It must never free a seat that is paid."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.admissions import actions
from app.admissions.jobs import sweep_seats
from app.admissions.models import Offer, SeatHold
from app.admissions.queries import cohort_overview, seats, seats_left
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import checkout
from app.payments.models import Order
from tests.rooms.admissions.offers import applied, offered
from tests.rooms.payments.purchases import CANCEL, SUCCESS, stripe  # noqa: F401


@pytest.fixture
def pats_order(cast, clock, stripe):
    """Pat has an offer and has pressed the button; returns the order's id and the page's."""
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    begin_write()
    from app.accounts.models import User

    order = actions.begin_checkout(
        db.session.get_one(User, cast.pat), db.session.get_one(Cohort, cast.summer), clock.now
    )
    order_id = order.id
    db.session.commit()
    page = checkout.pay(order_id, SUCCESS, CANCEL, clock.now).rsplit("/", 1)[1]
    return order_id, page


def states(cast) -> tuple[str, str, str]:
    db.session.rollback()
    db.session.expire_all()
    hold = db.session.scalar(
        select(SeatHold).where(SeatHold.user_id == cast.pat).order_by(SeatHold.id.desc())
    )
    order = db.session.query(Order).order_by(Order.id.desc()).first()
    return hold.status, db.session.query(Offer).one().status, order.status if order else "none"


def test_an_offer_nobody_took_is_let_go_kindly(app, cast, clock):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    clock.move(hours=71, minutes=59)
    assert sweep_seats(clock.now) == 0
    assert states(cast)[0] == "active"
    clock.move(minutes=1)
    assert sweep_seats(clock.now) == 1
    assert states(cast) == ("expired", "lapsed", "none")
    mail = db.session.scalar(select(Message).where(Message.kind == "admissions/let_go"))
    assert "Nothing was charged" in mail.text
    assert sweep_seats(clock.now) == 0  # twice is harmless
    assert db.session.query(Message).filter_by(kind="admissions/let_go").count() == 1


def test_the_open_page_is_ended_before_the_seat_is_freed(cast, clock, stripe, pats_order):
    clock.move(hours=71)
    page = checkout.pay(pats_order[0], SUCCESS, CANCEL, clock.now).rsplit("/", 1)[1]
    begin_write()
    db.session.scalar(select(SeatHold).where(SeatHold.user_id == cast.pat)).until = clock.now
    db.session.commit()
    assert sweep_seats(clock.now) == 1
    assert stripe.get(page)["status"] == "expired"
    assert states(cast) == ("expired", "lapsed", "expired")
    with pytest.raises(Exception, match="Nothing was charged"):
        checkout.pay(pats_order[0], SUCCESS, CANCEL, clock.now)


def test_paid_in_the_last_second_with_the_news_lost(cast, clock, stripe, pats_order):
    stripe.hold_deliveries = True
    stripe.pay(pats_order[1])
    clock.move(hours=80)
    assert sweep_seats(clock.now) == 0
    sweep_seats(clock.now)
    assert states(cast) == ("converted", "taken", "paid")


def test_a_silent_stripe_frees_no_seat(cast, clock, stripe, pats_order):
    clock.move(hours=80)
    stripe.fail_next("timeout_before", times=3)  # as often as the SDK tries
    assert sweep_seats(clock.now) == 0
    assert states(cast)[0] == "active"
    assert sweep_seats(clock.now) == 1


def test_whoever_pays_again_while_we_ask_keeps_the_seat(cast, clock, stripe, pats_order, monkeypatch):
    """Between asking Stripe and taking the lock, the person pressed the button once more."""
    clock.move(hours=80)
    asked = checkout.close

    def close_and_press(order_id, now):
        answer = asked(order_id, now)
        begin_write()
        db.session.scalar(select(SeatHold).where(SeatHold.user_id == cast.pat)).until = now.replace(year=2027)
        db.session.commit()
        return answer

    monkeypatch.setattr(checkout, "close", close_and_press)
    assert sweep_seats(clock.now) == 0
    assert states(cast)[0] == "active"


def test_a_seat_of_somebody_who_left_is_free_again(app, cast, clock):
    begin_write()
    db.session.get_one(Enrollment, cast.ana_enrollment).status = "withdrawn"
    db.session.commit()
    spring = db.session.get_one(Cohort, cast.spring)
    assert seats(spring).sold == 2
    sweep_seats(clock.now)
    assert seats(db.session.get_one(Cohort, cast.spring)).sold == 1


def test_an_expired_payment_page_leaves_the_offer(cast, clock, stripe, pats_order):
    assert seats(db.session.get_one(Cohort, cast.summer)).held == 1
    sweep_seats(clock.now)
    assert seats(db.session.get_one(Cohort, cast.summer)).held == 1  # still on the page
    clock.move(hours=1)
    stripe.sweep()
    sweep_seats(clock.now)
    assert states(cast) == ("active", "open", "open")
    found = seats(db.session.get_one(Cohort, cast.summer))
    assert (found.held, found.offered) == (0, 1)


def test_the_sums_the_pages_show(app, cast, clock):
    cohort = db.session.get_one(Cohort, cast.summer)
    assert (seats(cohort).taken, seats_left(cohort)) == (0, 3)
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    applied(cast.ben, cast.summer, clock.now)
    cohort = db.session.get_one(Cohort, cast.summer)
    found = seats(cohort)
    assert (found.sold, found.held, found.offered, found.free) == (0, 0, 1, 2)
    rows = {row.cohort.slug: row for row in cohort_overview()}
    assert rows["summer-2026"].waiting == 1
    assert rows["summer-2026"].oldest == clock.now
    assert rows["summer-2026"].seats == found
    assert rows["spring-2026"].seats.sold == 2
    assert rows["spring-2026"].oldest is None


def test_a_fault_at_one_seat_keeps_no_other_from_being_swept(cast, clock, write, monkeypatch):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    offered(cast.uma, cast.summer, cast.sam, clock.now)
    clock.move(days=4)
    let_go, faults = actions.let_go, []

    def faulty(hold, order, now):
        if not faults:
            faults.append(hold.id)
            raise RuntimeError("an odd row")
        let_go(hold, order, now)

    monkeypatch.setattr(actions, "let_go", faulty)
    assert sweep_seats(clock.now) == 1
    monkeypatch.undo()
    assert sweep_seats(clock.now) == 1
