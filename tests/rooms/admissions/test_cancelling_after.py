"""A cancelled cohort: what goes back by hand, whom it does not touch, and what people find afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions.cancelling_rules import Shown
from app.cohorts.models import Enrollment
from app.coursework.handover import in_danger
from app.lib.database import begin_write, db
from app.payments import staff_actions
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Order, Refund
from app.payments.price_models import RefundTier
from app.payments.standin import BANK_DEBIT
from tests.factories import submitted_system
from tests.rooms.admissions.cancelled import (  # noqa: F401
    WHY,
    Called,
    applied,
    called,
    enrolled,
    people,
    well_again,
)
from tests.rooms.payments.leavers import returned
from tests.rooms.payments.plans import EACH
from tests.rooms.payments.purchases import CANCEL, SUCCESS, stripe  # noqa: F401

# --- by hand, and who is not touched ------------------------------------------------------------------------


def test_what_came_by_check_is_a_task_to_pay_back_by_hand(called, cast, clock, sign_in, stripe):
    pat = enrolled(cast.pat, cast.summer, clock, stripe, total=90000)
    sam = sign_in(cast.sam)
    begin_write()
    order, staff = db.session.get_one(Order, pat.order_id), db.session.get_one(User, cast.sam)
    day = clock.now.date()
    staff_actions.enter_payment(staff, order, "check", 30000, day, "1042", "", False, clock.now)
    db.session.commit()
    called.ask()
    assert called.run() == []
    assert called.tasks() == ["pay back by hand"]
    assert "$300 goes by check or transfer; we write when it is sent." in called.letters()["Pat"]
    page = sam.get("/staff/cohorts/summer-2026/cancel").text
    assert "Pay back by hand" in page and "$300 to send by hand" in page
    by_hand = db.session.scalars(select(Refund.id).where(Refund.by_hand)).one()
    db.session.rollback()
    assert sam.post(f"/staff/refunds/{by_hand}/sent").status_code == 303
    assert called.tasks() == []
    assert pat.refunds() == [("succeeded", 30000)] * 2


@pytest.mark.parametrize("status", ["completed", "withdrawn", "removed", "deferred"])
def test_who_completed_or_left_before_is_not_touched(called, people, write, status):
    with write():
        db.session.get_one(Enrollment, people.enrollment_id).status = status
    assert "Pat" not in {one.name.split()[0] for one in called.overview().people}
    called.ask()
    called.run()
    assert people.state()["enrollment"] == status
    assert people.refunds() == []


def test_who_leaves_between_the_confirm_and_the_worker_gets_no_second_letter(called, people, write):
    called.ask()
    with write():
        db.session.get_one(Enrollment, people.enrollment_id).status = "deferred"
    called.run()
    assert "Pat" not in called.letters()
    assert called.cases()["Pat"] == ("enrolled", "left")
    assert people.refunds() == []


def test_a_code_that_was_used_can_be_used_again_and_the_cohorts_own_is_archived(
    called, people, cast, clock, write
):
    with write():
        own, any_cohort = (
            DiscountCode(code=name, kind="percent", value=10, cohort_id=cohort_id, created_at=clock.now)
            for name, cohort_id in (("OWN", cast.summer), ("ANY", None))
        )
        db.session.add_all([own, any_cohort])
        db.session.flush()
        use = DiscountUse(
            code_id=any_cohort.id, order_id=people.order_id, user_id=cast.pat, amount_cents=5000,
            status="confirmed", at=clock.now,
        )  # fmt: skip
        db.session.add(use)
    called.ask()
    called.run()
    rows = db.session.execute(select(DiscountCode.code, DiscountCode.archived_at)).all()
    assert {name: archived is not None for name, archived in rows} == {"OWN": True, "ANY": False}
    assert db.session.scalars(select(DiscountUse.status)).one() == "given back"


def test_a_share_as_data_goes_back_where_less_was_agreed(called, people, cast, stripe, write):
    with write():
        db.session.add(RefundTier(cohort_id=cast.summer, until=None, share_percent=50))
    called.ask(shown=Shown(4, EACH // 2))
    called.run()
    assert (returned(stripe), people.sums()) == (EACH // 2, (EACH // 2, EACH // 2, 0))
    assert "gets back 50% of $850 = $425." in called.letters()["Pat"]


def test_a_share_of_several_payments_goes_back_once(called, people, cast, stripe, write):
    """Nothing of the older payment goes back by itself: that does not make it money that came late."""
    with write():
        db.session.add(RefundTier(cohort_id=cast.summer, until=None, share_percent=50))
    stripe.pay(people.go_to_pay(2))
    called.ask(shown=Shown(4, EACH))
    for _ in range(3):
        called.run()
    assert (returned(stripe), people.refunds()) == (EACH, [("succeeded", EACH)])


def test_a_share_of_what_comes_late_is_one_of_all_together(called, people, cast, clock, stripe, write):
    with write():
        db.session.add(RefundTier(cohort_id=cast.summer, until=None, share_percent=50))
    stripe.pay(people.go_to_pay(2), BANK_DEBIT)
    called.ask(shown=Shown(4, EACH // 2))
    called.run()
    clock.move(days=4)
    stripe.async_pay(stripe.all("checkout.session")[-1]["id"])
    for _ in range(3):
        called.run()
    assert [cents for _status, cents in people.refunds()] == [EACH // 2, EACH // 2]


# --- afterwards ---------------------------------------------------------------------------------------------


def test_participants_keep_reading_and_nothing_is_promised_any_more(
    called, people, cast, clock, sign_in, write
):
    spring = Called(cast.spring, cast.sam, clock)
    with write():
        submitted_system(cast.ana_enrollment, now=clock.now)
    assert spring.ask() == "confirmed"
    spring.run()
    ana = sign_in(cast.ana)
    page = ana.get("/dashboard").text
    assert "This cohort does not take place" in page and "No call is planned" in page
    assert ana.get("/manual").status_code == 200
    assert "nothing is planned in it any more" in ana.get("/calendar").text
    clock.move(days=30)
    assert in_danger(clock.now) == []


def test_the_public_page_says_so_and_leads_on(called, people, client, cast, sign_in, write):
    called.ask()
    called.run()
    for page in ("/cohorts/summer-2026", "/cohorts/summer-2026/apply"):
        text = client.get(page).text
        assert "does not take place" in text and "/subscribe" in text, page
    assert "Summer" not in client.get("/cohorts").text and "june" not in client.get("/cohorts").text.lower()
    pat = sign_in(cast.pat)
    assert "What you paid for this one goes back to you" in pat.get("/cohorts/summer-2026").text
    assert "This cohort does not take place" in pat.get("/cohorts/summer-2026/checkout").text
    payments_page = pat.get("/payments").text
    assert "What goes back to you" in payments_page and "C-2026-" in payments_page
    assert "If you have to stop" not in payments_page
