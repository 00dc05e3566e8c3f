"""What the stand-in shows when asked: pages of lists, filters, expanded ids, customers."""

from __future__ import annotations

import pytest
import stripe

from app.payments.standin import StandIn

from .standin_kit import Clock, client_of, seat

NOW = int(Clock().now.timestamp())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standin(clock: Clock) -> StandIn:
    return StandIn(clock=clock)


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    return client_of(standin)


def key(text: str) -> stripe.RequestOptions:
    return {"idempotency_key": text}


def test_lists_are_paged_newest_first(client, clock):
    made = []
    for number in range(5):
        made.insert(0, client.v1.checkout.sessions.create(seat(), key(f"checkout:{number}")).id)
        clock.move(seconds=10)

    page = client.v1.checkout.sessions.list({"limit": 2})
    assert ([s.id for s in page.data], page.has_more) == (made[:2], True)
    page = client.v1.checkout.sessions.list({"limit": 2, "ending_before": made[4]})
    assert ([s.id for s in page.data], page.has_more) == (made[2:4], True)
    page = client.v1.checkout.sessions.list({"starting_after": made[3]})
    assert ([s.id for s in page.data], page.has_more) == (made[4:], False)
    everything = client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()
    assert [s.id for s in everything] == made
    page = client.v1.checkout.sessions.list({"created": {"gte": NOW + 10, "lt": NOW + 30}})
    assert [s.id for s in page.data] == made[2:4]


def test_events_are_listed_by_type_and_by_delivery(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    standin.pay(session.id)

    found = client.v1.events.list({"types": ["charge.succeeded", "checkout.session.completed"]}).data
    assert [event.type for event in found] == ["checkout.session.completed", "charge.succeeded"]
    assert client.v1.events.retrieve(found[0].id).data.object.id == session.id
    assert client.v1.events.list({"delivery_success": False}).data == []  # there is no endpoint to fail


def test_expansion_replaces_ids_by_objects(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    standin.pay(session.id)

    plain = client.v1.checkout.sessions.retrieve(session.id)
    assert plain.payment_intent.startswith("pi_")
    assert "line_items" not in plain
    listed = client.v1.checkout.sessions.list({"expand": ["data.payment_intent", "data.line_items"]}).data[0]
    assert listed.payment_intent.id == plain.payment_intent
    assert listed.line_items.data[0].amount_total == 249_700
    lines = client.v1.checkout.sessions.line_items.list(session.id)
    assert lines.data[0].description == "Enterprise Cohort, one seat"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(session.id, {"expand": ["amount_total"]})


def test_a_customer_is_kept_and_changed(client, standin):
    customer = client.v1.customers.create(
        {"email": "ana@example.com", "name": "Ana", "metadata": {"user": "1", "old": "x"}}, key("customer:1")
    )

    client.v1.customers.update(
        customer.id, {"email": "ana@example.org", "metadata": {"old": ""}}, key("customer:1:1")
    )

    kept = client.v1.customers.retrieve(customer.id)
    assert (kept.email, kept.name, kept.metadata.to_dict()) == ("ana@example.org", "Ana", {"user": "1"})
    assert standin.violations == []
