"""The balance at the stand-in: what each movement adds, and what is paid out on which day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

from app.payments.standin import BANK_DEBIT, StandIn

from .standin_kit import NOON, Clock, Site, client_of, seat


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def standin(site: Site, clock: Clock) -> StandIn:
    return StandIn(site, clock=clock)


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    return client_of(standin)


def paid(client: stripe.StripeClient, standin: StandIn, mark: str = "1", card: str | None = None) -> str:
    """The payment intent of one seat, $2,497.00."""
    session = client.v1.checkout.sessions.create(seat(), {"idempotency_key": f"checkout:{mark}"})
    if card == BANK_DEBIT:
        return standin.async_pay(session.id)["payment_intent"]
    return standin.pay(session.id)["payment_intent"]


def made_of(client: stripe.StripeClient, payout: str) -> list[tuple[str, int, int, int]]:
    """Type, amount, fee and net of what a payout is made of, the payout's own movement left out; oldest first."""
    found = client.v1.balance_transactions.list({"payout": payout, "limit": 100}).auto_paging_iter()
    return [(one.type, one.amount, one.fee, one.net) for one in found if one.type != "payout"][::-1]


def test_a_charge_is_paid_out_two_days_later_less_the_fee(client, standin, clock, site):
    intent = paid(client, standin)
    charge = client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).latest_charge
    moved = client.v1.balance_transactions.retrieve(charge.balance_transaction)
    assert (moved.amount, moved.fee, moved.net, moved.status) == (249_700, 7_271, 242_429, "pending")
    clock.move(days=1, hours=11)  # the last hour of the second day
    assert client.v1.payouts.list().data == []

    clock.move(hours=1)

    (payout,) = client.v1.payouts.list().data
    assert (payout.amount, payout.status, payout.automatic) == (242_429, "in_transit", True)
    assert payout.created == int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
    assert payout.arrival_date == int(datetime(2026, 3, 3, tzinfo=UTC).timestamp())
    assert made_of(client, payout.id) == [("charge", 249_700, 7_271, 242_429)]
    clock.move(days=1)
    assert client.v1.payouts.retrieve(payout.id).status == "paid"
    standin.deliver_pending()
    assert site.types[-2:] == ["payout.created", "payout.paid"]
    assert standin.violations == []


def test_a_payout_is_the_sum_of_what_it_is_made_of(client, standin, clock):
    first, second = paid(client, standin, "1"), paid(client, standin, "2")
    debit = paid(client, standin, "3", BANK_DEBIT)
    client.v1.refunds.create({"payment_intent": first, "amount": 50_000}, {"idempotency_key": "refund:1"})
    dispute = standin.dispute(second)
    clock.move(days=3)

    (payout,) = client.v1.payouts.list().data

    lines = made_of(client, payout.id)
    assert sum(net for *_, net in lines) == payout.amount
    assert [line[:3] for line in lines] == [
        ("charge", 249_700, 7_271),
        ("charge", 249_700, 7_271),
        ("payment", 249_700, 500),
        ("refund", -50_000, 0),
        ("adjustment", -249_700, 1_500),
    ]
    assert client.v1.disputes.retrieve(dispute["id"]).balance_transactions[0].amount == -249_700
    charge = client.v1.payment_intents.retrieve(debit).latest_charge
    assert client.v1.balance_transactions.list({"source": charge}).data[0].type == "payment"


def test_every_day_has_its_own_payout_however_late_one_looks(client, standin, clock):
    for number in range(3):
        paid(client, standin, str(number))
        clock.move(days=1)
    clock.move(days=5)

    payouts = client.v1.payouts.list({"limit": 2})

    assert payouts.has_more
    found = list(payouts.auto_paging_iter())
    assert [one.amount for one in found] == [242_429] * 3
    days = [datetime.fromtimestamp(one.arrival_date, UTC).day for one in found]
    assert days == [5, 4, 3]
    assert client.v1.payouts.list({"arrival_date": {"gte": found[0].arrival_date}}).data[0].id == found[0].id
    assert client.v1.payouts.list({"status": "paid"}).data[0].id == found[0].id


def test_a_balance_below_zero_waits(client, standin, clock):
    intent = paid(client, standin)
    clock.move(days=3)
    assert len(client.v1.payouts.list().data) == 1
    refund = client.v1.refunds.create({"payment_intent": intent}, {"idempotency_key": "refund:1"})
    clock.move(days=3)
    assert len(client.v1.payouts.list().data) == 1  # nothing to pay out of

    standin.fail_refund(refund.id)
    paid(client, standin, "2")
    clock.move(days=3)

    payout = client.v1.payouts.list().data[0]
    assert made_of(client, payout.id) == [
        ("refund", -249_700, 0, -249_700),
        ("refund_failure", 249_700, 0, 249_700),
        ("charge", 249_700, 7_271, 242_429),
    ]
    assert client.v1.refunds.retrieve(refund.id).failure_balance_transaction is not None


def test_a_dispute_that_is_won_brings_the_money_back_and_not_the_fee(client, standin, clock):
    intent = paid(client, standin)
    standin.close_dispute(standin.dispute(intent)["id"], won=True)
    clock.move(days=3)

    (payout,) = client.v1.payouts.list().data

    assert payout.amount == 242_429 - 1_500
    kinds = client.v1.balance_transactions.list({"type": "adjustment"}).data
    assert [one.reporting_category for one in kinds] == ["dispute_reversal", "dispute"]


def test_the_running_program_pays_out_by_itself(client, standin, clock, site):
    paid(client, standin)
    clock.move(days=4)

    standin.tick()

    assert [one["status"] for one in standin.all("payout")] == ["paid"]
    assert site.types[-1] == "payout.paid"


def test_what_no_list_has_is_refused(client, standin):
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        client.v1.balance_transactions.list({"payout": "po_none"})
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: arrives"):
        client.raw_request("get", "/v1/payouts", arrives="1")
    assert len(standin.violations) == 1
    assert int(NOON.timestamp()) == standin.state.now()
