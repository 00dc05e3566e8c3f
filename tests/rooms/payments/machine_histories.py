"""Courses of events around money, as people and banks make them; how the news of them travels is another matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.admissions import actions as admissions
from app.admissions import seats
from app.lib.database import begin_write, db
from app.payments import actions as payments
from app.payments.standin import BANK_DEBIT
from app.payments.standin.cards import DECLINED_LATER
from tests.rooms.admissions.lines import sell
from tests.rooms.payments.machine_orders import Act, History
from tests.rooms.payments.machine_people import EACH, FULL, THREE, Person, worker

People = Sequence[Person]
PAID = {"order": "paid", "place": "active", "seat": "converted", "tasks": []}


def pays(plan: int = 1, who: int = 0, **card: str) -> Act:
    """The button, and the card on the page behind it."""

    def act(people: People) -> None:
        page = people[who].presses(plan)
        assert page is not None
        people[who].stripe.pay(page, **card)

    return act


def presses(people: People) -> None:
    people[0].presses()


def declined(people: People) -> None:
    for page in people[0].open_pages():
        people[0].stripe.decline(page)


def pays_open_page(people: People) -> None:
    for page in people[0].open_pages():
        people[0].stripe.pay(page)


def page_runs_out(people: People) -> None:
    people[0].clock.move(minutes=34)
    people[0].stripe.sweep()


def bank_answers(yes: bool) -> Act:
    def act(people: People) -> None:
        stripe = people[0].stripe
        page = next(one["id"] for one in stripe.all("checkout.session") if one["payment_status"] == "unpaid")
        (stripe.async_pay if yes else stripe.async_fail)(page)

    return act


def due(number: int, days: int = 0, who: int = 0) -> Act:
    """The day comes, and the worker."""

    def act(people: People) -> None:
        worker(people[who].clock.now)
        people[who].waits_until_due(number, days)
        worker(people[who].clock.now)

    return act


def pays_part(number: int) -> Act:
    def act(people: People) -> None:
        people[0].stripe.pay(people[0].opens_page(number))

    return act


def pays_rest(people: People) -> None:
    people[0].comes_back()
    people[0].stripe.pay(people[0].opens_rest())


def leaves(people: People) -> None:
    people[0].is_withdrawn()


def second_person(people: People) -> None:
    people[0].is_approved()


def minutes_pass(people: People) -> None:
    people[0].clock.move(minutes=10)
    worker(people[0].clock.now)


def dashboard_refund(cents: int | None) -> Act:
    return lambda people: people[0].stripe.refund(_first_intent(people), cents)


def refund_comes_back(people: People) -> None:
    people[0].clock.move(days=4)
    worker(people[0].clock.now)
    stripe = people[0].stripe
    stripe.fail_refund(stripe.all("refund")[0]["id"])


def disputed(people: People) -> None:
    people[0].stripe.dispute(_first_intent(people))


def bank_decides(won: bool) -> Act:
    def act(people: People) -> None:
        stripe = people[0].stripe
        stripe.close_dispute(stripe.all("dispute")[0]["id"], won)

    return act


def seat_is_let_go(people: People) -> None:
    """The seat goes although the page can still be paid: what must never be, and must do no harm."""
    person = people[0]
    order_id = person.order_id()
    assert order_id is not None
    begin_write()
    seats.lock(person.cohort_id)
    hold = seats.hold_of(person.cohort_id, person.user_id)
    assert hold is not None
    admissions.let_go(hold, payments.lock_order(order_id), person.clock.now)
    db.session.commit()


def others_take_all(people: People) -> None:
    sell(people[0].cohort_id, 3, people[0].clock.now)


def _first_intent(people: People) -> str:
    intents: list[dict[str, Any]] = people[0].stripe.all("payment_intent")
    return next(one["id"] for one in intents if one["status"] == "succeeded")


HISTORIES = (
    History("paid in full", (pays(),), PAID | {"net": FULL}),
    History("declined, then paid", (presses, declined, pays_open_page), PAID | {"net": FULL}),
    History("the bank makes the debit", (pays(card=BANK_DEBIT), bank_answers(True)), PAID | {"net": FULL}),
    History(
        "the bank refuses the debit, and a card pays",
        (pays(card=BANK_DEBIT), bank_answers(False), minutes_pass, pays()),
        PAID | {"net": FULL, "payments": [("failed", FULL), ("succeeded", FULL)]},
    ),
    History("the page runs out, another is paid", (presses, page_runs_out, pays()), PAID | {"net": FULL}),
    History(
        "paid after the seat was let go", (presses, seat_is_let_go, pays_open_page), PAID | {"net": FULL}
    ),
    History(
        "paid after the seat was somebody else's",
        (presses, seat_is_let_go, others_take_all, pays_open_page),
        {"order": "expired", "place": "pending", "seat": None, "net": FULL, "tasks": ["paid late"]},
    ),
    History("three installments", (pays(3), due(2), due(3)), PAID | {"net": THREE}),
    History(
        "an installment declined and paid on its page",
        (pays(3, card=DECLINED_LATER), due(2), pays_part(2), due(3)),
        PAID | {"net": THREE},
    ),
    History(
        "suspended, then paid",
        (pays(3, card=DECLINED_LATER), due(2), due(2, 15), pays_part(2)),
        {"order": "part paid", "place": "active", "seat": "converted", "net": 2 * EACH, "tasks": []},
    ),
    History("paid off early", (pays(3), pays_rest), PAID | {"net": THREE}),
    History(
        "paid off early while a charge was declined",
        (pays(3, card=DECLINED_LATER), due(2), pays_rest),
        PAID | {"net": THREE},
    ),
    History(
        "withdrawn, and the money goes back",
        (pays(), leaves, second_person, minutes_pass),
        {"order": "cancelled", "place": "withdrawn", "seat": None, "net": 0, "tasks": []},
    ),
    History(
        "the refund comes back days later",
        (pays(), leaves, second_person, minutes_pass, refund_comes_back),
        {"order": "cancelled", "place": "withdrawn", "net": FULL, "tasks": ["refund failed"]},
    ),
    History(
        "refunded from the dashboard, in part and then the rest",
        (pays(), dashboard_refund(50000), dashboard_refund(None)),
        {"order": "paid", "place": "active", "net": 0, "credited": FULL, "tasks": ["external refund"]},
    ),
    History(
        "disputed and won", (pays(), disputed, bank_decides(True)), PAID | {"net": FULL, "disputes": ["won"]}
    ),
    History(
        "disputed and lost",
        (pays(), disputed, bank_decides(False)),
        {"place": "active", "net": 0, "disputes": ["lost"], "tasks": ["dispute lost"]},
    ),
    History(
        "refunded in part, then disputed and won",
        (pays(), dashboard_refund(50000), disputed, bank_decides(True)),
        {"order": "paid", "place": "active", "net": FULL - 50000, "tasks": ["external refund"]},
    ),
    History("two people at once", (pays(), pays(3, who=1), due(2, who=1)), PAID | {"net": FULL}, people=2),
)
