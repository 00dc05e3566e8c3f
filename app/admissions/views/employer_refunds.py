"""Money of an employer on its way back that takes a second person: a yes, a no, and another amount after a no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.accounts.sessions import get_user, require_recent_second_factor
from app.admissions.views import second_person
from app.admissions.views.employers import FIVE_MINUTES, back_to, bp, purchase_page
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.payments import employer_queries
from app.payments.models import Order


@bp.post("/staff/employers/<id:purchase_id>/approve")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def approve(purchase_id: int) -> Any:
    """The second person's yes to money above the limit."""
    return _about_refund(purchase_id, second_person.say_yes)


@bp.post("/staff/employers/<id:purchase_id>/decline")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def decline(purchase_id: int) -> Any:
    """The second person's no, with its reason."""
    return _about_refund(purchase_id, second_person.say_no)


@bp.post("/staff/employers/<id:purchase_id>/ask-again")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def ask_again(purchase_id: int) -> Any:
    """After a no: another amount, which waits for a second person again."""
    return _about_refund(purchase_id, second_person.ask_again)


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
