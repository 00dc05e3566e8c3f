"""Webhooks of the stand-in: signed, at least once, and as badly ordered as a test wishes."""

from __future__ import annotations

import random
import time

import pytest
import stripe
from flask import Flask, request

from app.payments.standin import StandIn, post_to_app

from .standin_kit import Clock, Site, client_of, seat


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standin(site: Site, clock: Clock) -> StandIn:
    return StandIn(site, clock=clock)


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    return client_of(standin)


def key(text: str) -> stripe.RequestOptions:
    return {"idempotency_key": text}


def new_session(client: stripe.StripeClient, number: int = 1) -> str:
    return client.v1.checkout.sessions.create(seat(), key(f"checkout:{number}")).id


def last_event(standin: StandIn, kind: str) -> dict[str, object]:
    return next(event for event in reversed(standin.events) if event["type"] == kind)


def test_held_events_wait_and_can_be_sent_in_any_order(client, standin, site):
    standin.hold_deliveries = True
    standin.pay(new_session(client))
    waiting = [event["type"] for event in standin.pending_events]
    assert waiting[-1] == "checkout.session.completed"
    assert site.received == []

    standin.deliver_pending("reversed")

    assert site.types == waiting[::-1]
    assert standin.pending_events == []


def test_a_seeded_shuffle_is_the_same_every_time(client, standin, site):
    standin.hold_deliveries = True
    standin.pay(new_session(client))
    expected = [event["type"] for event in standin.pending_events]
    random.Random(7).shuffle(expected)

    standin.deliver_pending(random.Random(7))

    assert site.types == expected


def test_an_event_can_arrive_twice_or_never(client, standin, site):
    standin.hold_deliveries = True
    standin.pay(new_session(client))

    for event in standin.pending_events:
        if event["type"] == "checkout.session.completed":
            assert standin.deliver(event, times=2) == [200, 200]
        else:
            standin.drop(event)

    assert site.types == ["checkout.session.completed"] * 2
    assert site.received[0][0] == site.received[1][0]
    assert standin.pending_events == []


def test_a_refused_event_stays_owed_until_it_is_taken(client, standin, site):
    site.status = 500
    standin.pay(new_session(client))
    owed = [event["id"] for event in standin.pending_events]
    assert len(owed) == 4
    failed = client.v1.events.list({"delivery_success": False}).data
    assert sorted(event.id for event in failed) == sorted(owed)

    site.status = 200
    standin.deliver_pending()

    assert standin.pending_events == []
    assert client.v1.events.list({"delivery_success": False}).data == []


def test_tries_are_spaced_out_and_given_up_after_three_days(client, standin, site, clock):
    site.status = 500
    standin.expire(new_session(client))
    assert len(site.received) == 1

    tried_at = []
    for second in range(1, 32):
        clock.move(seconds=1)
        before = len(site.received)
        standin.tick()
        tried_at += [second] * (len(site.received) - before)
    assert tried_at == [1, 3, 7, 15, 31]

    clock.move(days=3)
    standin.tick()
    assert standin.pending_events == []


def test_what_an_api_call_causes_waits_until_our_code_is_done(client, standin, site):
    session = new_session(client)
    client.v1.checkout.sessions.expire(session, {}, key("expire:1"))
    assert site.types == []

    standin.deliver_pending()

    assert site.types == ["checkout.session.expired"]
    event = standin.events[-1]
    assert event["request"]["idempotency_key"] == "expire:1"


def test_it_can_also_arrive_before_the_answer(client, standin, site):
    standin.deliver_during_calls = True

    client.v1.checkout.sessions.expire(new_session(client), {}, key("expire:1"))

    assert site.types == ["checkout.session.expired"]


def test_an_event_keeps_the_object_as_it_was(client, standin):
    intent = standin.pay(new_session(client))["payment_intent"]
    client.v1.refunds.create({"payment_intent": intent}, key("refund:1"))

    assert last_event(standin, "charge.succeeded")["data"]["object"]["amount_refunded"] == 0
    assert last_event(standin, "charge.refunded")["data"]["object"]["amount_refunded"] == 249_700


def test_an_old_signature_or_another_secret_is_refused_by_the_sdk(client, standin, site):
    standin.pay(new_session(client))
    event = last_event(standin, "checkout.session.completed")
    standin.deliver(event, signed_at=int(time.time()) - 301)
    body, headers = site.received[-1]

    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        client.construct_event(body, headers["Stripe-Signature"], standin.webhook_secret)
    standin.deliver(event)
    body, headers = site.received[-1]
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body, headers["Stripe-Signature"], "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body + b" ", headers["Stripe-Signature"], standin.webhook_secret)


def test_without_an_endpoint_nothing_is_owed():
    standin = StandIn()
    standin.pay(new_session(client_of(standin)))

    assert len(standin.events) == 4
    assert standin.pending_events == []


def test_an_application_of_this_process_takes_webhooks(client):
    app, seen = Flask(__name__), []

    @app.post("/webhooks/stripe")
    def hear() -> str:
        event = client.construct_event(
            request.get_data(), request.headers["Stripe-Signature"], "whsec_of_the_test"
        )
        seen.append(event.type)
        return ""

    standin = StandIn(post_to_app(app), "whsec_of_the_test")
    standin.pay(new_session(client_of(standin)))

    assert seen[-1] == "checkout.session.completed"
    assert standin.pending_events == []
