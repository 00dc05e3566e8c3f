"""What an employer's contact does with the seats, and how an invited person claims one. The addresses are the secrets:
no account is needed for the first, and the second only for the seat itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.accounts.throttle import allow
from app.admissions import claim_queries, claim_rules, claims, employers
from app.admissions.claim_forms import InviteForm, PayForm
from app.admissions.claim_models import Invitation
from app.admissions.claim_queries import EmployerPage
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.imprint import imprint
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import count
from app.payments import checkout, employer_rules, papers
from app.payments import queries as payments
from app.payments.models import CheckoutSession, Order

bp = Blueprint("claims", __name__)

HOUR = timedelta(hours=1)
PRESSED, PRESSED_FROM = 60, 120  # on one employer's page, and from one place, in an hour
TOO_OFTEN = "That was pressed very often from here. Please wait an hour, or write to us; nothing was changed."
KEPT = "employer_page"  # in the browser's session: the secret of the page that one pays from
# The address is the secret: no page learns it from us, no copy stays, no search engine lists it.
PRIVATE = {
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
CAME_BACK = {
    "complete": ("Thank you. The seats are paid; now invite the people who sit in them.", "done"),
    "processing": ("The bank takes a few days to confirm this. Please do not pay a second time.", "note"),
}
NOTHING = ("Nothing was charged. The seats are still held, and can be paid below.", "note")
NOT_YET = ("The payment service is slow to answer. Nothing is charged twice; look again in a minute.", "note")


def _order(token: str) -> Order | None:
    return claim_queries.order_of_link(token)


@bp.get("/employers/<token>")
@open_to("anyone")
def employer_page(token: str) -> Any:
    order = _order(token)
    return _page(token, order) if order else _over()


def _over() -> Any:
    return render_template("admissions/employers/over.html"), 410, PRIVATE


def _page(
    token: str,
    order: Order,
    code: int = 200,
    *,
    pay_form: PayForm | None = None,
    invite_form: InviteForm | None = None,
    lines: Sequence[claim_rules.Line] = (),
    problem: str = "",
) -> Any:
    page, now = claim_queries.employer_page(order), clock.now()
    purchase, cohort = page.purchase, page.purchase.cohort
    consent = employer_rules.consent_words(
        purchase.seats, order.amount_cents, order.currency, purchase.employer
    )
    try:
        claims.check_open(page, now)
        why_not = ""
    except Refused as refused:
        why_not = refused.sentence
    html = render_template(
        "admissions/employers/page.html",
        token=token,
        page=page,
        order=order,
        purchase=purchase,
        cohort=cohort,
        state=employer_rules.state(order.status),
        deciding=_bank_decides(order),
        consent=consent,
        refund=payments.refund_lines(cohort, purchase.price_cents, purchase.currency),
        receipts=[one.receipt for one in payments.payments_of([order])[order.id] if one.receipt],
        why_not=why_not,
        pay_form=pay_form or PayForm(formdata=None),
        invite_form=invite_form or InviteForm(formdata=None),
        lines=lines,
        problem=problem,
        institute=imprint().short_name,
    )
    return html, code, PRIVATE


def _bank_decides(order: Order) -> bool:
    row = payments.session_under_way(order.id) if order.status == "open" else None
    return row is not None and row.status == "processing"


def _within(order: Order, now: datetime) -> bool:
    """Count one press, on this page and from this place, in a transaction of its own."""
    purchase_id = order.employer_purchase_id
    begin_write()
    answers = [
        allow(f"employer:{purchase_id}", PRESSED, HOUR, now),
        allow(f"employer-from:{request.remote_addr}", PRESSED_FROM, HOUR, now),
    ]
    db.session.commit()
    return all(answers)


# --- paying ---------------------------------------------------------------------------------------------------------


@bp.post("/employers/<token>/pay")
@open_to("anyone")
def pay(token: str) -> Any:
    order, now, form = _order(token), clock.now(), PayForm()
    if order is None:
        return _over()
    if not form.validate():
        return _page(token, order, 422, pay_form=form)
    if not _within(order, now):
        return _page(token, order, 429, pay_form=form, problem=TOO_OFTEN)
    begin_write()
    order = _order(token) or abort(404)
    purchase, order_id = order.employer, order.id
    assert purchase is not None
    consent = employer_rules.consent_words(purchase.seats, order.amount_cents, order.currency, purchase.name)
    base = current_app.config["BASE_URL"]
    back = f"{base}/employers/return"
    try:
        employers.begin_pay(order, consent, now)
        db.session.commit()
        goal = checkout.pay(order_id, f"{back}?session_id={{CHECKOUT_SESSION_ID}}", back, now)
    except Refused as refused:
        db.session.rollback()
        return _page(token, _order(token) or abort(404), 409, problem=refused.sentence)
    session[KEPT] = token  # Stripe is not told the secret of this page, only this browser comes back to it
    return redirect(goal, 303)


@bp.get("/employers/return")
@open_to("anyone")
def came_back() -> Any:
    """Where Stripe sends the contact back to. It does what the webhook would do a second later; twice is harmless."""
    stripe_id, now = request.args.get("session_id", ""), clock.now()
    token = str(session.get(KEPT, ""))
    order = _order(token) if token else None
    if not stripe_id:
        say(*NOTHING)
        return redirect(url_for("claims.employer_page", token=token), 303) if order else _thanks()
    looks_right = len(stripe_id) < 120 and stripe_id.isascii() and stripe_id.isprintable()
    row = payments.employer_session(stripe_id) if looks_right else None
    if row is None or (order is not None and row.order_id != order.id):
        abort(404)
    _settle(stripe_id, row.order_id, now)
    order = _order(token) if token else None
    return redirect(url_for("claims.employer_page", token=token), 303) if order else _thanks()


def _thanks() -> Any:
    return render_template("admissions/employers/thanks.html"), 200, PRIVATE


def _settle(stripe_id: str, order_id: int, now: datetime) -> None:
    try:
        row: CheckoutSession | None = checkout.settle(stripe_id, now)
        said = CAME_BACK.get(row.status if row else "", NOTHING)
        begin_write()
        order = db.session.get_one(Order, order_id)
        if order.status == "expired":
            employers.seat_late_money(order, now)
        employers.keep_paid(order, now)
        db.session.commit()
    except Refused:
        db.session.rollback()
        said = NOT_YET
    say(*said)


@bp.get("/employers/<token>/receipts/<id:paper_id>.pdf")
@open_to("anyone")
def receipt(token: str, paper_id: int) -> Any:
    paper = papers.paper_of(_order(token) or abort(404), paper_id)
    label, data = paper.label, papers.printed(paper)
    headers = PRIVATE | {"Content-Disposition": f'inline; filename="{label}.pdf"'}
    return Response(data, headers=headers, mimetype="application/pdf")


# --- inviting -------------------------------------------------------------------------------------------------------


@bp.post("/employers/<token>/invitations")
@open_to("anyone")
def invite(token: str) -> Any:
    """Invite a list of addresses: all of them, or none while a line is wrong."""
    order, now, form = _order(token), clock.now(), InviteForm()
    if order is None:
        return _over()
    if not form.validate():
        return _page(token, order, 422, invite_form=form)
    if not _within(order, now):
        return _page(token, order, 429, invite_form=form, problem=TOO_OFTEN)
    typed, lines = form.people.data or "", []
    begin_write()
    try:
        page = claims.page_of(_order(token) or abort(404))
        claims.check_open(page, now)
        lines = claim_rules.read_list(typed, page.known, page.left)
        claim_rules.check_list(lines, typed)
        if wrong := [line for line in lines if line.problem]:
            form.people.errors = [f"{count(len(wrong), 'line needs', 'lines need')} a look.".capitalize()]
            db.session.rollback()
            return _page(token, _order(token) or abort(404), 422, invite_form=form, lines=wrong)
        number = claims.invite(page, [line.email for line in lines], now)
    except Refused as refused:
        db.session.rollback()
        if refused.field:
            form.people.errors = [refused.sentence]
        return _page(
            token,
            _order(token) or abort(404),
            422 if refused.field else 409,
            invite_form=form,
            problem="" if refused.field else refused.sentence,
        )
    db.session.commit()
    say(
        f"{count(number, 'invitation is', 'invitations are')} on {'its' if number == 1 else 'their'} way.".capitalize()
    )
    return redirect(url_for("claims.employer_page", token=token), 303)


@bp.post("/employers/<token>/invitations/<id:invitation_id>/send")
@open_to("anyone")
def send_again(token: str, invitation_id: int) -> Any:
    return _on_invitation(token, invitation_id, claims.send_again, "The invitation is sent again to {email}.")


@bp.post("/employers/<token>/invitations/<id:invitation_id>/take-back")
@open_to("anyone")
def take_back(token: str, invitation_id: int) -> Any:
    said = "The invitation of {email} is taken back. The seat is yours to give."
    return _on_invitation(token, invitation_id, claims.take_back, said)


def _invitation(order: Order, invitation_id: int) -> Invitation:
    """One invitation to a seat of this employer's; 404 for any other."""
    return claim_queries.invitation_of(order, invitation_id) or abort(404)


def _on_invitation(
    token: str, invitation_id: int, verb: Callable[[EmployerPage, Invitation, datetime], None], said: str
) -> Any:
    order, now = _order(token), clock.now()
    if order is None:
        return _over()
    _invitation(order, invitation_id)
    if not _within(order, now):
        return _page(token, order, 429, problem=TOO_OFTEN)
    begin_write()
    order = _order(token) or abort(404)
    row = _invitation(order, invitation_id)
    try:
        verb(claims.page_of(order), row, now)
    except Refused as refused:
        db.session.rollback()
        return _page(token, _order(token) or abort(404), 409, problem=refused.sentence)
    email = row.email
    db.session.commit()
    say(said.format(email=email))
    return redirect(url_for("claims.employer_page", token=token), 303)
