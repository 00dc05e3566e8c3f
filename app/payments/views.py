"""Stripe's webhook, and the page that says what was paid."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from app.accounts.sessions import get_user
from app.lib import clock
from app.lib.access import open_to
from app.lib.web import csrf
from app.payments import events, queries, rules, stripe

bp = Blueprint("payments", __name__)

LARGEST = 256 * 1024  # bytes; Stripe's events are a few kilobytes


@bp.post("/webhooks/stripe")
@csrf.exempt
@open_to("anyone")
def webhook() -> Any:
    """Take a signed event. 200: kept; 400: not from Stripe, or too old; 500: our fault, Stripe tries again."""
    now = clock.now()
    request.max_content_length = LARGEST
    secrets = [one.strip() for one in current_app.config["STRIPE_WEBHOOK_SECRET"].split(",") if one.strip()]
    try:
        event, signed_at = stripe.read_event(
            request.get_data(), request.headers.get("Stripe-Signature", ""), secrets
        )
    except ValueError as error:
        return {"error": str(error)}, 400
    if not rules.signature_fresh(signed_at, now):
        return {"error": "this was signed too long ago"}, 400
    try:
        return {"event": events.take(event, now)}
    except Exception:
        current_app.logger.exception("webhook event %s failed", event["id"])
        return {"error": "it could not be handled now; please send it again"}, 500


@bp.get("/payments")
@open_to("signed in")
def payments() -> str:
    """What this person paid, with receipts and the refund rule."""
    orders = queries.orders_for(get_user())
    return render_template(
        "payments/payments.html",
        orders=orders,
        payments=queries.payments_of(orders) if orders else {},
        refund=queries.refund_lines_of(orders) if orders else {},
    )
