"""What banks, Stripe, its dashboard and the network do in the machine of money, and how the process dies."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.payments.standin.payments import finish_debit
from app.payments.standin.standin import Object
from tests.rooms.payments.machine_base import there_is, which
from tests.rooms.payments.machine_buyer import Buyers
from tests.rooms.payments.machine_orders import NEWS

FAULTS = ("500", "429", "409", "timeout_before", "timeout_after")
CALLS = (
    "POST /v1/checkout",
    "POST /v1/payment_intents",
    "POST /v1/refunds",
    "/expire",
    "GET /v1/",
    "POST /v1/customers",
)


class Banks(Buyers):
    # --- banks ---

    @there_is("deciding")
    @rule(which=which, yes=st.booleans())
    def a_bank_answers(self, which: int, yes: bool) -> None:
        """A debit takes days to be decided, on a page as well as one that was saved and charged later."""
        waiting = [one for one in self.stripe.all("payment_intent") if one["status"] == "processing"]
        intent = waiting[which % len(waiting)]["id"]
        pages = self.stripe.all("checkout.session")
        page = next((one["id"] for one in pages if one["payment_intent"] == intent), None)
        self.tries("the bank pays" if yes else "the bank refuses", lambda: self._answer(page, intent, yes))

    def _answer(self, page: str | None, intent: str, yes: bool) -> None:
        if page is not None:
            (self.stripe.async_pay if yes else self.stripe.async_fail)(page)
        else:
            state = self.stripe.state
            self.stripe._do(lambda: finish_debit(state, state.get("payment_intent", intent), yes))

    def _arrived(self) -> list[str]:
        return [one["id"] for one in self.stripe.all("payment_intent") if one["status"] == "succeeded"]

    @there_is("arrived")
    @rule(which=which)
    def a_bank_contests(self, which: int) -> None:
        if arrived := self._arrived():
            self.tries("dispute", lambda: self.stripe.dispute(arrived[which % len(arrived)]))

    @there_is("dispute")
    @rule(which=which, won=st.booleans())
    def a_bank_decides(self, which: int, won: bool) -> None:
        if disputes := self.stripe.all("dispute"):
            one = disputes[which % len(disputes)]["id"]
            self.tries("won" if won else "lost", lambda: self.stripe.close_dispute(one, won))

    @there_is("refund")
    @rule(which=which, fails=st.booleans())
    def a_refund_ends(self, which: int, fails: bool) -> None:
        if refunds := self.stripe.all("refund"):
            one = refunds[which % len(refunds)]["id"]
            end = self.stripe.fail_refund if fails else self.stripe.finish_refund
            self.tries("a refund fails" if fails else "a refund arrives", lambda: end(one))

    # --- the dashboard ---

    @there_is("arrived")
    @rule(which=which, cents=st.sampled_from((100, 20000, 85000, None)))
    def somebody_refunds_in_the_dashboard(self, which: int, cents: int | None) -> None:
        if arrived := self._arrived():
            self.tries(
                "refund in the dashboard", lambda: self.stripe.refund(arrived[which % len(arrived)], cents)
            )

    # --- the news ---

    @rule(which=st.integers(0, 30), times=st.integers(1, 2))
    def news_arrives(self, which: int, times: int) -> None:
        if owed := self._owed():
            self.tries("news", lambda: self.stripe.deliver(owed[which % len(owed)], times=times))

    @rule(seed=st.integers(0, 99))
    def all_news_arrives(self, seed: int) -> None:
        self._owed()
        self.dice.seed(seed)
        self.tries("all news", lambda: self.stripe.deliver_pending(self.dice))

    @rule(which=st.integers(0, 60))
    def old_news_arrives(self, which: int) -> None:
        if known := [one for one in self.stripe.events if one["type"].startswith(NEWS)]:
            self.tries("old news", lambda: self.stripe.deliver(known[which % len(known)]))

    @rule(which=st.integers(0, 30))
    def news_is_lost(self, which: int) -> None:
        if owed := self._owed():
            self.stripe.drop(owed[which % len(owed)])

    def _owed(self) -> list[Object]:
        """What tells of nothing that we subscribe to is left out, so that the rest has its turn."""
        for one in self.stripe.pending_events:
            if not one["type"].startswith(NEWS):
                self.stripe.drop(one)
        return self.stripe.pending_events

    # --- what goes wrong ---

    @rule(kind=st.sampled_from(FAULTS), on=st.sampled_from(CALLS), times=st.sampled_from((1, 3)))
    def stripe_will_fail(self, kind: str, on: str, times: int) -> None:
        """Once is repaired by the SDK's own retries; three times is not."""
        self.stripe.fail_next(kind, times, on)

    @rule(stage=st.integers(0, 60))
    def the_plug_will_be_pulled(self, stage: int) -> None:
        """After so many stages of whatever comes next."""
        self.plug.left = stage
