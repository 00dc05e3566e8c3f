"""A discount code at the checkout: tried, used, counted, given back; what it lowers is what is agreed to and paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import jobs
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.payments import discounts
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Installment, Order, Payment
from app.payments.price_models import Price
from tests.house.hostile import STRINGS, danger
from tests.rooms.admissions.offers import new_user, offered
from tests.rooms.payments.purchases import stripe  # noqa: F401

URL = "/cohorts/summer-2026/checkout"
FIRST = "2026-03-25"  # the day of the tests, in the cohort's zone
TERMS = {
    "code": "SPRING-20", "kind": "percent", "value": 20, "currency": "usd", "cohort_id": None, "opens_plan": None,
    "max_uses": None, "per_person": 1, "valid_from": None, "valid_until": None, "budget_cents": None,
    "is_scholarship": False, "note": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def prices(cast, write):
    with write():
        for number, cents, hidden in ((3, 255000, False), (6, 280000, True)):
            row = Price(
                cohort_id=cast.summer, label=f"{number}", amount_cents=cents, currency="usd", hidden=hidden
            )
            row.installments = number
            db.session.add(row)


@pytest.fixture
def made(cast, clock, write):
    def one(**terms):
        with write():
            staff = db.session.get_one(User, cast.sam)
            return discounts.create(staff, discounts.Terms(**{**TERMS, **terms}), clock.now).id

    return one


@pytest.fixture
def pat(cast, clock, stripe, sign_in):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    return sign_in(cast.pat)


def tries(browser, code: str, plan: int = 1):
    return browser.post(f"{URL}/code", data={"code": code, "plan": plan})


def pays(browser, code: str = "", plan: int = 1):
    return browser.post(URL, data={"agree": "y", "plan": plan, "first": FIRST, "code": code})


def order() -> Order:
    db.session.rollback()
    return db.session.scalars(select(Order).execution_options(populate_existing=True)).one()


def uses() -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(DiscountUse).order_by(DiscountUse.id))
    return [(row.status, row.amount_cents) for row in rows]


def test_a_code_lowers_what_is_shown_agreed_to_and_paid(pat, stripe, made):
    made()
    assert tries(pat, " spring-20 ").status_code == 303
    page = pat.get(URL).text
    for said in (
        "$1,920",
        "$480 less with the code SPRING-20",
        "I agree to pay $1,920, $480 less with the code",
    ):
        assert said in page, said
    answer = pays(pat, "SPRING-20")
    assert answer.status_code == 303
    kept = order()
    assert (kept.amount_cents, kept.discount_cents) == (192000, 48000)
    assert uses() == [("held", 48000)]
    page = answer.location.rsplit("/", 1)[1]
    stripe.pay(page)
    assert pat.get(f"{URL}/return?session_id={page}").status_code == 200
    assert uses() == [("confirmed", 48000)]
    paid = db.session.scalars(select(Payment)).one()
    assert paid.amount_cents == 192000
    assert order().status == "paid"


def test_a_discount_is_taken_off_before_the_plan_is_cut(pat, stripe, made):
    made()
    tries(pat, "SPRING-20", plan=3)
    assert "$680 a month" in pat.get(f"{URL}?plan=3").text
    assert pays(pat, "SPRING-20", plan=3).status_code == 303
    order()
    parts = db.session.scalars(select(Installment.amount_cents).order_by(Installment.number)).all()
    assert parts == [68000, 68000, 68000]


def test_a_code_can_be_taken_away_and_pressing_again_changes_nothing(pat, stripe, made):
    made()
    tries(pat, "SPRING-20")
    for _twice in range(2):
        pays(pat, "SPRING-20")
    assert uses() == [("held", 48000)]
    assert tries(pat, "").status_code == 303
    assert "I have a discount code" in pat.get(URL).text
    assert pays(pat).status_code == 303
    kept = order()
    assert (kept.amount_cents, kept.discount_cents) == (240000, 0)
    assert uses() == [("given back", 48000)]


def test_what_was_shown_is_what_is_agreed_to(pat, stripe, made):
    """Another tab used a code, or took it away: nothing is bought at a price that this tab did not show."""
    made()
    tries(pat, "SPRING-20")
    answer = pays(pat)
    assert answer.status_code == 409
    assert "has changed since you opened this page" in answer.text
    tries(pat, "")
    assert pays(pat, "SPRING-20").status_code == 409
    assert db.session.scalar(select(Order.id)) is None


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"code": "OTHER-CODE"}, "do not know this code"),
        ({"max_uses": 1, "used": True}, "as often as it may be"),
        ({"cohort_id": "spring"}, "another cohort"),
        ({"budget_cents": 40000}, "set aside for this code is used up"),
        ({"opens_plan": 2}, "goes with the plan of 2 installments"),
    ],
)
def test_a_code_that_does_not_work_says_why_and_the_page_stays(
    pat, stripe, made, cast, write, clock, terms, says
):
    terms = dict(terms)
    used = terms.pop("used", False)
    if terms.get("cohort_id") == "spring":
        terms["cohort_id"] = cast.spring
    code_id = made(**terms)
    if used:
        with write():
            paid = db.session.scalars(select(Enrollment)).first()
            bought = Order(enrollment_id=paid.id, description="A seat", amount_cents=1, currency="usd",
                           status="cancelled", created_at=clock.now)  # fmt: skip
            db.session.add(bought)
            db.session.flush()
            db.session.add(
                DiscountUse(code_id=code_id, order_id=bought.id, user_id=paid.user_id, amount_cents=9,
                            status="confirmed", at=clock.now)
            )  # fmt: skip
    answer = tries(pat, "SPRING-20")
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="SPRING-20"' in answer.text
    assert "Take the seat and pay $2,400" in answer.text


def test_a_wrong_code_leaves_the_plan_that_was_chosen(pat, stripe, made):
    answer = tries(pat, "NOT-OURS", plan=3)
    assert answer.status_code == 422
    assert "Take the seat and pay $850 today" in answer.text


def test_a_code_opens_a_plan_that_nobody_else_is_offered(pat, stripe, made, cast, write):
    with write():
        price = db.session.scalars(select(Price).where(Price.hidden)).one()
        price.installments, price.amount_cents = 2, 250000
    made(code="SLOWLY", kind="amount", value=0, opens_plan=2)
    assert "two installments" not in pat.get(URL).text
    tries(pat, "SLOWLY", plan=2)
    page = pat.get(f"{URL}?plan=2").text
    assert "In two installments" in page
    assert "$1,250 a month" in page
    assert pays(pat, "SLOWLY", plan=2).status_code == 303
    assert (order().amount_cents, order().installments) == (250000, 2)
    assert uses() == [("held", 0)]


def test_a_scholarship_takes_a_seat_without_stripe(pat, stripe, made):
    made(code="GRANT", value=100, is_scholarship=True)
    tries(pat, "GRANT")
    page = pat.get(URL).text
    assert "Nobody asks for a card" in page
    assert "With the code GRANT it costs me nothing" in page
    assert "installments" not in page
    asked = len(stripe.requests)
    answer = pays(pat, "GRANT")
    assert answer.location.endswith(URL)
    assert "You are in" in pat.get(URL).text
    assert len(stripe.requests) == asked
    assert uses() == [("confirmed", 240000)]
    kept = order()
    assert (kept.status, kept.amount_cents) == ("paid", 0)


def test_a_seat_that_is_let_go_gives_its_use_back(pat, stripe, made, clock):
    made(max_uses=1)
    tries(pat, "SPRING-20")
    pays(pat, "SPRING-20")
    clock.now += timedelta(days=5)
    jobs.sweep_seats(clock.now)
    assert order().status == "expired"
    assert uses() == [("given back", 48000)]


def test_of_two_people_with_the_last_use_one_gets_it(pat, stripe, made, cast, clock, sign_in):
    made(max_uses=1)
    olga = new_user("Olga", clock.now)
    offered(olga, cast.summer, cast.sam, clock.now)
    other = sign_in(olga)
    for browser in (pat, other):
        assert tries(browser, "SPRING-20").status_code == 303
    assert pays(pat, "SPRING-20").status_code == 303
    late = pays(other, "SPRING-20")
    assert late.status_code == 409
    assert uses() == [("held", 48000)]
    assert "Take the seat and pay $2,400" in late.text


def test_guessing_is_slowed_down(pat, stripe, made):
    made()
    for number in range(10):
        assert tries(pat, f"GUESS-{number}").status_code == 422
    answer = tries(pat, "SPRING-20")
    assert answer.status_code == 429
    assert "Please try again in an hour" in answer.text


def test_a_code_is_for_people_who_may_pay(cast, sign_in, made, stripe):
    made()
    assert (
        tries(sign_in(cast.pat), "SPRING-20").status_code == 303
    )  # to the application: there is no offer yet
    assert db.session.scalar(select(DiscountCode.code)) == "SPRING-20"


@pytest.mark.parametrize("text", STRINGS)
def test_a_hostile_code_is_told_as_unknown(pat, stripe, text):
    answer = pat.post(f"{URL}/code", data={"code": text, "plan": text}, critical=False)
    assert answer.status_code in (303, 422)
    assert danger(answer.text) == []
