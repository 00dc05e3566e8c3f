"""Discount codes: the pages of staff, and a use under lock."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import Entry
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import actions, discounts
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Order
from tests.rooms.admissions.offers import new_user

TYPED = {
    "code": "spring-20",
    "kind": "percent",
    "value": "20%",
    "cohort": "",
    "plan": "",
    "per_person": "1",
    "note": "For the newsletter",
}


@pytest.fixture
def sam(sign_in, cast):
    return sign_in(cast.sam)


@pytest.fixture
def order(app, cast, clock):
    """Somebody's new order in the open cohort, and an open transaction that writes."""

    def open_one(name: str = "Olga", cents: int = 240_000):
        user_id = new_user(name, clock.now)
        begin_write()
        user = db.session.get_one(User, user_id)
        enrollment = cohorts.enroll(user, user, db.session.get_one(Cohort, cast.summer), "", clock.now)
        order_id = actions.open_order(user, enrollment, cents, "usd", "A seat", clock.now).id
        db.session.commit()
        begin_write()
        return db.session.get_one(Order, order_id)

    yield open_one
    db.session.rollback()


@pytest.fixture
def price(cast, clock):
    return {
        "cohort_id": cast.summer, "installments": 1, "total_cents": 240_000, "currency": "usd", "now": clock.now
    }  # fmt: skip


def only(model):
    db.session.rollback()
    return db.session.scalars(select(model)).one()


def test_a_code_is_made_and_listed(sam):
    assert sam.post("/staff/codes", data=TYPED).status_code == 303
    page = sam.get("/staff/codes").text
    assert "SPRING-20" in page
    assert "20% off" in page
    assert "Every cohort" in page
    assert only(DiscountCode).note == "For the newsletter"
    sentences = db.session.scalars(select(Entry.sentence)).all()
    assert "Made the code SPRING-20: 20% off" in sentences


def test_a_looking_page_changes_nothing(sam):
    for path in ("/staff/codes", "/staff/codes/new"):
        assert sam.get(path).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(DiscountCode)) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"code": "ü"}, "letters A to Z"),
        ({"code": ""}, "Give the code that people type"),
        ({"kind": "bogus"}, "Not a valid choice"),
        ({"value": "0"}, "from 1 to 100"),
        ({"value": "12.5"}, "without decimals"),
        ({"kind": "amount", "value": "free"}, "amount in dollars"),
        ({"max_uses": "0"}, "at least 1"),
        ({"per_person": "many"}, "Not a valid integer"),
        ({"valid_from": "2026-04-02", "valid_until": "2026-04-01"}, "lies before the first"),
        ({"valid_until": "0001-01-01"}, "between the years"),
        ({"budget": "1.999"}, "amount in dollars"),
        ({"cohort": "999999"}, "Not a valid choice"),
    ],
)
def test_bad_input_is_told_at_its_field_and_the_rest_kept(sam, change, says):
    answer = sam.post("/staff/codes", data=TYPED | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert "For the newsletter" in answer.text


def test_a_name_is_given_once(sam):
    sam.post("/staff/codes", data=TYPED)
    answer = sam.post("/staff/codes", data=TYPED | {"code": "Spring 20", "kind": "amount", "value": "300"})
    assert answer.status_code == 303  # SPRING20 is another name than SPRING-20
    answer = sam.post("/staff/codes", data=TYPED | {"code": "SPRING20"})
    assert answer.status_code == 422
    assert "There is a code of this name already" in answer.text


def test_changing_shows_what_holds_and_refuses_an_old_page(sam):
    sam.post("/staff/codes", data=TYPED | {"valid_until": "2026-12-31"})
    address = f"/staff/codes/{only(DiscountCode).id}"
    page = sam.get(address).text
    assert 'value="2026-12-31"' in page
    assert sam.post(address, data=TYPED | {"value": "25", "version": "1"}).status_code == 303
    assert only(DiscountCode).value == 25
    answer = sam.post(address, data=TYPED | {"value": "30", "version": "1"})
    assert answer.status_code == 409
    assert "Somebody changed this code" in answer.text
    assert only(DiscountCode).value == 25


def test_out_of_use_and_back(sam):
    sam.post("/staff/codes", data=TYPED)
    address = f"/staff/codes/{only(DiscountCode).id}"
    for _twice in range(2):
        assert sam.post(f"{address}/archive").status_code == 303
    assert f'href="{address}"' not in sam.get("/staff/codes").text
    assert f'href="{address}"' in sam.get("/staff/codes?show=archived").text
    sam.post(f"{address}/archive", data={"back": "1"})
    assert only(DiscountCode).archived_at is None


def test_a_use_is_held_confirmed_and_counted(sam, order, price):
    sam.post("/staff/codes", data=TYPED | {"max_uses": "1"})
    one = order()
    one_id = one.id
    wanted = discounts.want(" Spring-20 ", one.enrollment.user, one, locked=True)
    off = wanted.takes_off(**price)
    assert off == 48_000
    for _twice in range(2):
        discounts.use(one, wanted, off, price["now"])
    db.session.commit()
    other = order("Nils")
    with pytest.raises(Refused, match="as often as it may be"):
        discounts.want("SPRING-20", other.enrollment.user, other).takes_off(**price)
    one = db.session.get_one(Order, one_id)
    for _twice in range(2):
        discounts.confirm(one)
    discounts.give_back(one, price["now"])  # what is confirmed is not given back
    assert [use.status for use in db.session.scalars(select(DiscountUse))] == ["confirmed"]


def test_an_order_that_came_to_nothing_gives_its_use_back_but_a_scholarship_does_not(sam, order, price):
    sam.post("/staff/codes", data=TYPED | {"max_uses": "1"})
    sam.post(
        "/staff/codes", data=TYPED | {"code": "GRANT", "value": "100", "is_scholarship": "y", "max_uses": "1"}
    )
    one = order()
    user, order_id = one.enrollment.user, one.id
    for name in ("SPRING-20", "GRANT"):
        wanted = discounts.want(name, user, None)
        db.session.add(
            DiscountUse(code_id=wanted.id, order_id=one.id, user_id=user.id, amount_cents=1, status="held",
                        at=price["now"])
        )  # fmt: skip
    for _twice in range(2):
        discounts.give_back(one, price["now"])
    found = db.session.scalars(
        select(DiscountUse.status).where(DiscountUse.order_id == order_id).order_by(DiscountUse.id)
    )
    assert found.all() == ["given back", "held"]
    discounts.want("SPRING-20", user, None).takes_off(**price)
    with pytest.raises(Refused, match="used this code already"):
        discounts.want("GRANT", user, None).takes_off(**price)


def test_an_unknown_code_is_told_as_such(order, price):
    with pytest.raises(Refused, match="do not know this code") as refused:
        discounts.want("'; DROP TABLE discount_code; --", order().enrollment.user, None)
    assert refused.value.field == "code"
