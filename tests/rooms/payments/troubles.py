"""Every page and every step of the worker that speaks to Stripe, for the tests in which Stripe is in trouble.

Each step sets its scene, is taken while Stripe is in trouble, and goes on by itself or by one more press afterwards.
What a person reads meanwhile is what `act` returns; what must be true in the end is in `end`.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask

from app.accounts.models import User
from app.admissions import actions as admissions
from app.admissions import seats
from app.admissions.jobs import sweep_seats
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.payments import checkout
from app.payments.jobs import reconcile
from app.payments.models import Order
from app.payments.price_models import Price
from app.payments.standin import StandIn
from app.payments.standin.cards import DECLINED_LATER
from tests.cast import Cast
from tests.rooms.admissions.offers import offered
from tests.rooms.payments.leavers import Leaver, returned
from tests.rooms.payments.plans import EACH, TOTAL, Plan, charged
from tests.rooms.payments.purchases import CANCEL, PAID_ONCE, SUCCESS, Buyer

SEAT = "/cohorts/summer-2026/checkout"
FULL = 240000
MASTERCARD = "5555555555554444"
UNPAID = "did not answer, and nothing was charged just now"


class Step:
    """One thing a person or the worker does with Stripe. `words` must stand on the page while Stripe is in trouble."""

    words: tuple[str, ...] = ()

    def __init__(self, app: Flask, cast: Cast, clock: Any, stripe: StandIn, sign_in: Any) -> None:
        self.app, self.cast, self.clock, self.stripe, self.sign_in = app, cast, clock, stripe, sign_in
        self.begin()

    def begin(self) -> None: ...

    def act(self) -> str:
        raise NotImplementedError

    def go_on(self) -> None:
        """What happens once all is well: the next run of the worker, or the same button."""
        self.act()

    def end(self) -> None:
        raise NotImplementedError

    # --- what several of them need ---

    def pressed(self, browser: Any, address: str, **data: Any) -> str:
        """The page one is on after pressing a button that leads to Stripe when all is well; '' at Stripe."""
        response = browser.post(address, data=data)
        if response.status_code == 303 and response.location.startswith("/"):
            return str(browser.get(response.location).text)
        if response.status_code == 303:
            self.page = response.location.rsplit("/", 1)[1]
            return ""
        assert response.status_code == 409
        return str(response.text)

    def pays(self, **card: str) -> None:
        assert self.page, "no page was opened"
        self.stripe.pay(self.page, **card)

    page = ""


class TheCheckout(Step):
    words = (UNPAID, "Your seat stays held", "Take the seat and pay $2,400", "checked")

    def begin(self) -> None:
        offered(self.cast.pat, self.cast.summer, self.cast.sam, self.clock.now)
        self.browser = self.sign_in(self.cast.pat)

    def act(self) -> str:
        return self.pressed(self.browser, SEAT, agree="y")

    def go_on(self) -> None:
        self.act()
        self.pays()

    def end(self) -> None:
        assert "You are in" in self.browser.get(SEAT).text
        assert charged(self.stripe) == FULL


class AnotherPlan(TheCheckout):
    """A page for the whole is open, and three installments are chosen after all."""

    words = (UNPAID, "Your seat stays held", "Take the seat and pay $850 today", "checked")

    def begin(self) -> None:
        begin_write()
        plan = {"cohort_id": self.cast.summer, "label": "Three", "currency": "usd"}
        db.session.add(Price(amount_cents=TOTAL, installments=3, **plan))
        db.session.commit()
        super().begin()
        super().act()

    def act(self) -> str:
        return self.pressed(self.browser, SEAT, agree="y", plan=3, first="2026-03-25")

    def end(self) -> None:
        assert "You are in" in self.browser.get(SEAT).text
        assert charged(self.stripe) == EACH
        assert [one["status"] for one in self.stripe.all("checkout.session")].count("open") == 0


class TheWayBack(TheCheckout):
    """Paid, and back from Stripe before any webhook: whether it was paid is not known."""

    words = (
        "We are waiting for the payment service",
        "nothing is lost",
        "do not pay a second time",
        "Look again",
    )

    def begin(self) -> None:
        super().begin()
        super().act()
        self.stripe.hold_deliveries = True
        self.pays()

    def act(self) -> str:
        text = self.browser.get(f"{SEAT}/return?session_id={self.page}").text
        assert "Not paid" not in text
        return str(text)

    def go_on(self) -> None:
        reconcile(self.clock.now)
        sweep_seats(self.clock.now)


class Recovery(Step):
    """The page that pays exactly the installment that failed."""

    words = (UNPAID, "Pay $850")
    paid = 2 * EACH

    def begin(self) -> None:
        self.plan = Plan(self.cast.pat, self.cast.summer, self.clock).begun(self.stripe, card=DECLINED_LATER)
        self.plan.wait_until_due(2)
        self.plan.work()
        self.browser = self.sign_in(self.cast.pat)
        self.address = f"/payments/installments/{self.plan.part(2).id}"

    def act(self) -> str:
        return self.pressed(self.browser, self.address)

    def go_on(self) -> None:
        self.act()
        self.pays()

    def end(self) -> None:
        assert charged(self.stripe) == self.paid
        assert self.plan.state()["enrollment"] == "active"


class EarlyPayOff(Recovery):
    words = (UNPAID, "Pay $1,700")
    paid = TOTAL

    def begin(self) -> None:
        super().begin()
        self.address = f"/payments/orders/{self.plan.order_id}/rest"


class AnotherCard(Step):
    words = (UNPAID,)

    def begin(self) -> None:
        self.plan = Plan(self.cast.pat, self.cast.summer, self.clock).begun(self.stripe)
        self.browser = self.sign_in(self.cast.pat)

    def act(self) -> str:
        return self.pressed(self.browser, f"/payments/orders/{self.plan.order_id}/card")

    def go_on(self) -> None:
        self.act()
        self.pays(card=MASTERCARD)

    def end(self) -> None:
        assert charged(self.stripe) == EACH
        assert db.session.get_one(Order, self.plan.order_id).card_words == "Mastercard ending 4444"


class BackToThePayments(Recovery):
    words = ("does not answer at the moment", "shows below by itself", "do not pay a second time")

    def begin(self) -> None:
        super().begin()
        super().act()
        self.stripe.hold_deliveries = True
        self.pays()

    def act(self) -> str:
        assert self.browser.get(f"/payments/return?session_id={self.page}").status_code == 303
        return str(self.browser.get("/payments").text)

    def go_on(self) -> None:
        reconcile(self.clock.now)


class AWithdrawal(Step):
    """Confirmed while a payment page of theirs is open, which has to be ended first."""

    words = ("Stripe did not answer", "Nobody has left, no money was moved", 'value="health" selected')

    def begin(self) -> None:
        self.plan = Leaver(self.cast.pat, self.cast.summer, self.clock).begun(self.stripe)
        begin_write()
        hold = seats.take(
            db.session.get_one(Cohort, self.cast.summer), self.cast.pat, "enrolled", None, self.clock.now
        )
        assert hold is not None
        seats.keep(hold)
        db.session.commit()
        self.browser = self.sign_in(self.cast.sam)
        self.address = f"/staff/enrollments/{self.plan.enrollment_id}/withdraw"
        shown = self.browser.get(self.address).text
        found = re.findall(r'type="hidden" name="(told_on|back|balance)" value="([^"]*)"', shown)
        self.form = dict(found) | {"reason": "health"}
        self.plan.go_to_pay(2)

    def act(self) -> str:
        return self.pressed(self.browser, self.address, **self.form)

    def go_on(self) -> None:
        self.act()
        self.plan.send()

    def end(self) -> None:
        assert self.plan.state()["enrollment"] == "withdrawn"
        assert self.plan.refunds() == [("succeeded", EACH)]
        assert returned(self.stripe) == EACH


class ARefund(Step):
    """The worker sends the money. Where Stripe has answered its key with a fault, it waits for a day."""

    words = ("did not answer",)

    def begin(self) -> None:
        self.plan = Leaver(self.cast.pat, self.cast.summer, self.clock).begun(self.stripe)
        self.plan.leave(self.cast.sam)

    def act(self) -> str:
        return " ".join(self.plan.send())

    def go_on(self) -> None:
        self.clock.move(hours=25)
        assert self.act() == ""

    def end(self) -> None:
        assert self.plan.refunds() == [("succeeded", EACH)]
        assert returned(self.stripe) == EACH


class AReplay(Step):
    """Staff take an event again that we had failed to apply."""

    words = ("Stripe did not answer", "It is kept as it was, no money was moved")

    def begin(self) -> None:
        self.stripe.hold_deliveries = True
        self.buyer = Buyer(self.cast.pat, self.cast.summer, self.clock.now)
        self.stripe.pay(self.buyer.go_to_pay(self.clock.now))
        events = self.stripe.pending_events
        self.event = next(one for one in events if one["type"] == "checkout.session.completed")
        self.stripe.fail_next("timeout_before", times=3)
        assert self.stripe.deliver(self.event) == [500]
        self.browser = self.sign_in(self.cast.sam)

    def act(self) -> str:
        return self.pressed(self.browser, f"/staff/webhooks/{self.event['id']}")

    def end(self) -> None:
        assert self.buyer.state() == PAID_ONCE


class AWebhook(AReplay):
    """We cannot look up what the event is about: Stripe is asked to send it once more."""

    words = ("[500]",)

    def act(self) -> str:
        return str(self.stripe.deliver(self.event))


class Reconciling(AReplay):
    words = ("did not answer",)

    def act(self) -> str:
        return " ".join(reconcile(self.clock.now))


class Comparing(AReplay):
    """The nightly comparison, as the command runs it."""

    words = ("Stripe did not answer, so nothing was compared.", "run it again")

    def act(self) -> str:
        db.session.remove()
        return str(self.app.test_cli_runner().invoke(args=["reconcile"]).output)


class TheTimeIsOver(Step):
    """The sweep has to end the open page before it frees the seat."""

    words = ("0 seats",)

    def begin(self) -> None:
        offered(self.cast.pat, self.cast.summer, self.cast.sam, self.clock.now)
        begin_write()
        user, cohort = (
            db.session.get_one(User, self.cast.pat),
            db.session.get_one(Cohort, self.cast.summer),
        )
        self.order_id = admissions.begin_checkout(user, cohort, self.clock.now).id
        db.session.commit()
        self.clock.move(hours=71, minutes=50)
        self.page = checkout.pay(self.order_id, SUCCESS, CANCEL, self.clock.now).rsplit("/", 1)[1]
        self.clock.move(minutes=20)

    def act(self) -> str:
        return f"{sweep_seats(self.clock.now)} seats"

    def go_on(self) -> None:
        self.clock.move(minutes=1)
        assert self.act() == "1 seats"

    def end(self) -> None:
        assert self.stripe.get(self.page)["status"] == "expired"
        assert charged(self.stripe) == 0
        db.session.rollback()
        assert db.session.get_one(Order, self.order_id).status == "expired"


class ACharge(Step):
    """The saved card is charged for the second installment. Where Stripe repeats its fault, one run gives that key up,
    and the next takes another."""

    words = ("did not answer",)

    def begin(self) -> None:
        self.plan = Plan(self.cast.pat, self.cast.summer, self.clock).begun(self.stripe)
        self.plan.wait_until_due(2)

    def act(self) -> str:
        return " ".join(self.plan.work())

    def go_on(self) -> None:
        for _run in range(2):
            self.clock.move(minutes=10)
            said = self.act()
        assert said == ""

    def end(self) -> None:
        assert charged(self.stripe) == 2 * EACH
        assert self.plan.state()["parts"] == ["paid", "paid", "scheduled"]


class ForgettingTheCard(Step):
    """Everything is paid, and Stripe shall keep the card no longer."""

    words = ("did not answer",)

    def begin(self) -> None:
        self.plan = Plan(self.cast.pat, self.cast.summer, self.clock).begun(self.stripe)
        self.stripe.pay(self.plan.go_to_pay(2, 3))

    def act(self) -> str:
        return " ".join(self.plan.work())

    def go_on(self) -> None:
        self.clock.move(minutes=10)
        assert self.act() == ""

    def end(self) -> None:
        assert charged(self.stripe) == TOTAL
        assert {one["customer"] for one in self.stripe.all("payment_method")} == {None}


STEPS: tuple[type[Step], ...] = (
    *(TheCheckout, AnotherPlan, TheWayBack, Recovery, EarlyPayOff, AnotherCard, BackToThePayments),
    *(AWithdrawal, ARefund, AReplay, AWebhook, Reconciling, Comparing),
    *(TheTimeIsOver, ACharge, ForgettingTheCard),
)
