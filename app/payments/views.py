"""Stripe's webhook, and the pages on which a person sees what is paid, what is to come, and pays it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.sessions import get_user
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.web import csrf, say
from app.payments import checkout, events, papers, queries, rules, schedule, stripe
from app.payments.models import Installment, Order

bp = Blueprint("payments", __name__)

# What a person is told on coming back from Stripe, by what became of the page there.
CAME_BACK = {
    "complete": ("Thank you. It is done, and what it changes stands below.", "done"),
    "processing": ("Your bank takes a few days to confirm this. Please do not pay a second time.", "note"),
    "open": ("Nothing was charged.", "note"),
    "expired": ("The payment page had timed out. Nothing was charged.", "note"),
    "failed": ("Your bank did not make the payment. Nothing was charged.", "problem"),
}
NOT_YET = (
    "The payment service does not answer at the moment. If you have paid, it shows below by itself within minutes, "
    "and a mail says so. Please do not pay a second time before that.",
    "note",
)
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


@bp.get("/payments/installments/<id:installment_id>")
@open_to("signed in")
def installment(installment_id: int) -> Any:
    """Where every mail about money leads: one installment, what is the matter with it, and what pays exactly it."""
    part = queries.installment_for(get_user(), installment_id)
    return _pay_page(part.order, [part])


@bp.post("/payments/installments/<id:installment_id>")
@open_to("signed in")
def pay_installment(installment_id: int) -> Any:
    part = queries.installment_for(get_user(), installment_id)
    try:
        return _to_stripe(part.order, [part.id])
    except Refused as refused:
        db.session.rollback()
        part = queries.installment_for(get_user(), installment_id)
        return _pay_page(part.order, [part], refused.sentence)


@bp.get("/payments/orders/<id:order_id>/rest")
@open_to("signed in")
def rest(order_id: int) -> Any:
    """Everything of a plan that is still open, to be paid at once."""
    order = queries.order_for(get_user(), order_id)
    return _pay_page(order, queries.parts_of(order))


@bp.post("/payments/orders/<id:order_id>/rest")
@open_to("signed in")
def pay_rest(order_id: int) -> Any:
    order = queries.order_for(get_user(), order_id)
    try:
        return _to_stripe(order, [part.id for part in queries.parts_of(order)])
    except Refused as refused:
        db.session.rollback()
        order = queries.order_for(get_user(), order_id)
        return _pay_page(order, queries.parts_of(order), refused.sentence)


@bp.post("/payments/orders/<id:order_id>/card")
@open_to("signed in")
def change_card(order_id: int) -> Any:
    """To the page of Stripe that saves another card for what is still to come."""
    order = queries.order_for(get_user(), order_id)
    try:
        if order.status != "part paid":
            raise Refused("Nothing is to be charged here any more, so no card is needed.")
        return _to_stripe(order, checkout.ONLY_A_CARD)
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return redirect(url_for("site.payments"), 303)


@bp.get("/payments/papers/<id:paper_id>.pdf")
@open_to("signed in")
def paper(paper_id: int) -> Any:
    """A receipt or a credit note, for whoever it is for and for staff."""
    found = papers.paper_for(get_user(), paper_id)
    label, data = found.label, papers.printed(found)
    headers = {"Content-Disposition": f'inline; filename="{label}.pdf"'}
    return Response(data, headers=headers, mimetype="application/pdf")


@bp.get("/payments/return")
@open_to("signed in")
def came_back() -> Any:
    """Where Stripe sends people back to. It does what the webhook would do a second later; twice is harmless."""
    stripe_id = request.args.get("session_id", "")
    looks_right = len(stripe_id) < 120 and stripe_id.isascii() and stripe_id.isprintable()
    row = queries.session_for(get_user(), stripe_id) if looks_right else None
    if row is None:
        abort(404)
    try:
        row = checkout.settle(stripe_id, clock.now())
        say(*CAME_BACK.get(row.status if row else "", NOT_YET))
    except Refused:
        db.session.rollback()
        say(*NOT_YET)
    return redirect(url_for("site.payments"), 303)


def _to_stripe(order: Order, ids: Collection[int]) -> Response:
    """On to Stripe's page for these installments. Commits. Raises Refused with the sentence for the person."""
    if order.status == "open" and not queries.is_begun(
        order
    ):  # the seat is not theirs yet: its own page holds it while they pay
        return redirect(url_for("admissions.checkout", slug=order.cohort.slug), 303)
    base, order_id = current_app.config["BASE_URL"], order.id
    back = f"{base}/payments/return?session_id={{CHECKOUT_SESSION_ID}}"
    return redirect(checkout.pay(order_id, back, f"{base}/payments", clock.now(), ids), 303)


def _pay_page(order: Order, parts: Collection[Installment], problem: str | None = None) -> Any:
    if order.status == "open" and not queries.is_begun(order):
        return redirect(url_for("admissions.checkout", slug=order.cohort.slug), 303)
    page = render_template(
        "payments/pay.html",
        order=order,
        parts=[part for part in parts if schedule.left_of(part)] or list(parts)[-1:],
        amount_cents=schedule.pay_off_cents(parts),
        problem=problem,
    )
    return page, 409 if problem else 200
