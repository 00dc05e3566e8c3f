"""The webhook route: what it takes, what it turns away, and what happens when we fail."""

from __future__ import annotations

import json
import time

import pytest
from werkzeug.test import Client

from app.lib.database import begin_write, db
from app.payments import actions
from app.payments.event_models import MoneyAlert, StripeEvent
from app.payments.jobs import reconcile
from app.payments.models import CheckoutSession, Order
from tests.rooms.payments.purchases import PAID_ONCE, Buyer, stripe  # noqa: F401

URL = "/webhooks/stripe"


@pytest.fixture
def pat(cast, clock, stripe):
    stripe.hold_deliveries = True
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(buyer.go_to_pay(clock.now))
    return buyer


def completed(stripe):
    return next(event for event in stripe.pending_events if event["type"] == "checkout.session.completed")


def signed(body: bytes, secret: str, at: int | None = None) -> dict[str, str]:
    import stripe as sdk

    when = at if at is not None else int(time.time())
    return {"Stripe-Signature": sdk.WebhookSignature.generate_signature_header(body.decode(), secret, when)}


def send(app, body: bytes, headers: dict[str, str]) -> int:
    return Client(app).post(URL, data=body, headers=headers).status_code


def test_an_altered_body_is_turned_away(app, pat, stripe):
    body = json.dumps(completed(stripe)).encode()
    headers = signed(body, "whsec_stand_in")
    assert send(app, body.replace(b"completed", b"expired__"), headers) == 400
    assert db.session.query(StripeEvent).count() == 0
    assert send(app, body, headers) == 200


@pytest.mark.parametrize(
    "header", ["", "t=1,v1=00", "nonsense", "t=,v1=", "v1=abc", "t=99999999999999999999,v1=a"]
)
def test_a_forged_signature_is_turned_away(app, pat, stripe, header):
    body = json.dumps(completed(stripe)).encode()
    assert send(app, body, {"Stripe-Signature": header} if header else {}) == 400
    assert pat.state()["order"] == "open"


def test_another_secret_is_turned_away(app, pat, stripe):
    body = json.dumps(completed(stripe)).encode()
    assert send(app, body, signed(body, "whsec_somebody_else")) == 400


def test_an_old_message_played_again_is_turned_away(app, pat, stripe, clock):
    old = int(clock.now.timestamp()) - 301
    assert stripe.deliver(completed(stripe), signed_at=old) == [400]
    body = json.dumps(completed(stripe)).encode()
    headers = signed(body, "whsec_stand_in", old)
    headers["Stripe-Signature"] += (
        f",t={int(clock.now.timestamp())}"  # a fresh time added to an old signature
    )
    assert send(app, body, headers) == 400
    assert stripe.deliver(completed(stripe), signed_at=old + 2) == [200]


def test_the_old_secret_still_counts_while_it_is_rolled(app, pat, stripe):
    app.config["STRIPE_WEBHOOK_SECRET"] = "whsec_new, whsec_stand_in"
    try:
        assert stripe.deliver(completed(stripe)) == [200]
    finally:
        app.config["STRIPE_WEBHOOK_SECRET"] = "whsec_stand_in"
    assert pat.state() == PAID_ONCE


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff\xfe", b'{"id": 1, "type": "x"}', b'{"id": "evt_1"}']
)
def test_a_signed_body_that_is_no_event(app, stripe, body):
    headers = signed(b"x", "whsec_stand_in")
    if body != b"\xff\xfe":
        headers = signed(body, "whsec_stand_in")
    assert send(app, body, headers) == 400


def test_a_huge_body_is_not_read(app, stripe):
    assert send(app, b"x" * (256 * 1024 + 1), {}) == 413


@pytest.mark.parametrize("data", [None, {}, {"object": None}, {"object": {"id": "x_1"}}, {"object": []}])
def test_unknown_types_are_kept(app, stripe, data):
    body = json.dumps({"id": "evt_odd", "type": "something.new", "data": data}).encode()
    assert send(app, body, signed(body, "whsec_stand_in")) == 200
    assert db.session.get(StripeEvent, "evt_odd").processed_at is not None


def test_an_event_of_a_page_that_is_not_ours_is_kept_and_tried_again(app, pat, stripe, clock):
    row = db.session.query(CheckoutSession).one()
    stripe_id, row_id = row.stripe_id, row.id
    begin_write()
    row = db.session.get_one(CheckoutSession, row_id)
    row.stripe_id = "cs_test_lost"  # as if our row did not know it …
    db.session.commit()
    event = completed(stripe)
    unmarked = {**event, "data": {"object": {"id": "cs_test_nowhere"}}}
    body = json.dumps(unmarked).encode()
    assert send(app, body, signed(body, "whsec_stand_in")) == 200
    db.session.expire_all()
    kept = db.session.get(StripeEvent, event["id"])
    assert kept.processed_at is None
    assert kept.error.startswith("unmatched")
    begin_write()
    db.session.get_one(CheckoutSession, row_id).stripe_id = stripe_id  # … and then it does
    db.session.get_one(StripeEvent, event["id"]).object_id = stripe_id
    db.session.commit()
    reconcile(clock.now)
    assert pat.state() == PAID_ONCE


def test_our_fault_is_noted_and_stripe_tries_again(app, pat, stripe, monkeypatch):
    def broken(*_args):
        db.session.add(Order(enrollment_id=pat.enrollment_id))  # must not survive
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "apply_session", broken)
        assert stripe.deliver(completed(stripe)) == [500]
    db.session.rollback()
    row = db.session.query(StripeEvent).one()
    assert (row.processed_at, row.attempts) == (None, 1)
    assert row.error == "RuntimeError: the disk is full"
    assert pat.state()["order"] == "open"
    assert stripe.deliver(completed(stripe)) == [200]
    assert pat.state() == PAID_ONCE
    db.session.expire_all()
    assert db.session.query(StripeEvent).one().error is None


def test_stripe_silent_while_we_ask(app, pat, stripe):
    event = completed(stripe)
    stripe.fail_next("timeout_before", times=3, on="GET /v1/checkout/sessions")
    assert stripe.deliver(event) == [500]
    assert stripe.deliver(event) == [200]
    assert pat.state() == PAID_ONCE


def test_a_refund_made_in_the_dashboard_is_put_before_a_person(app, pat, stripe):
    stripe.deliver_pending()
    intent = stripe.all("payment_intent")[0]["id"]
    stripe.refund(intent, 1000)
    stripe.deliver_pending()
    alert = db.session.query(MoneyAlert).one()
    assert alert.kind == "external refund"
    assert alert.order_id == pat.order_id


def test_real_money_told_to_a_trial(app, pat, stripe):
    body = json.dumps({**completed(stripe), "livemode": True}).encode()
    assert send(app, body, signed(body, "whsec_stand_in")) == 200
    assert pat.state()["order"] == "open"
    assert db.session.query(MoneyAlert).one().kind == "wrong mode"


def test_only_post(app, stripe):
    assert Client(app).get(URL).status_code == 405
