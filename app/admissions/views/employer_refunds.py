"""Money of an employer on its way back that takes a second person: a yes, a no, and another amount after a no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request

from app.accounts.sessions import get_user, require_recent_second_factor
from app.admissions.views.employers import FIVE_MINUTES, back_to, bp, purchase_page
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import declining, employer_queries, refunds
from app.payments.models import Order
from app.payments.staff_rules import read_cents


@bp.post("/staff/employers/<id:purchase_id>/approve")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def approve(purchase_id: int) -> Any:
    """The second person's yes to money above the limit."""

    def say_yes(order: Order, now: datetime) -> str:
        cents = refunds.approve(get_user(), order.id, now)
        return f"Approved: {money(cents, order.currency)} goes back to {order.payer.name}."

    return _about_refund(purchase_id, say_yes)


@bp.post("/staff/employers/<id:purchase_id>/decline")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def decline(purchase_id: int) -> Any:
    """The second person's no, with its reason."""

    def say_no(order: Order, now: datetime) -> str:
        cents = declining.decline(get_user(), order.id, clean_text(request.form.get("why_not", "")), now)
        return (
            f"Declined: {money(cents, order.currency)} stays here. Who asked for it gets your reason by mail."
        )

    return _about_refund(purchase_id, say_no)


@bp.post("/staff/employers/<id:purchase_id>/ask-again")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def ask_again(purchase_id: int) -> Any:
    """After a no: another amount, which waits for a second person again."""

    def ask(order: Order, now: datetime) -> str:
        cents = read_cents(request.form.get("amount", "")) or 0
        declining.ask_again(get_user(), order.id, cents, now)
        return f"{money(cents, order.currency)} waits for a second person now."

    return _about_refund(purchase_id, ask)


def _about_refund(purchase_id: int, verb: Callable[[Order, datetime], str]) -> Any:
    """Do something about money that waits; a refusal shows the page again with what was typed."""
    begin_write()
    order = employer_queries.order_for(get_user(), purchase_id)
    try:
        sentence = verb(order, clock.now())
    except Refused as refused:
        db.session.rollback()
        return purchase_page(purchase_id, refused), 422 if refused.field else 409
    db.session.commit()
    say(sentence)
    return back_to(purchase_id)
