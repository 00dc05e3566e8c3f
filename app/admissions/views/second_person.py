"""What a second person says about money on its way back, of a place or of an employer's seats, and what is asked for
after a no. Each does it to an order that is locked, and returns the sentence about it; Refused as the verbs."""

from __future__ import annotations

from datetime import datetime

from flask import request

from app.accounts.sessions import get_user
from app.lib.money import money
from app.lib.words import clean_text
from app.payments import declining, refunds
from app.payments.models import Order
from app.payments.staff_rules import read_cents


def say_yes(order: Order, now: datetime) -> str:
    cents = refunds.approve(get_user(), order.id, now)
    return f"Approved: {money(cents, order.currency)} goes back to {order.payer.name}."


def say_no(order: Order, now: datetime) -> str:
    cents = declining.decline(get_user(), order.id, clean_text(request.form.get("why_not", "")), now)
    return f"Declined: {money(cents, order.currency)} stays here. Who asked for it gets your reason by mail."


def ask_again(order: Order, now: datetime) -> str:
    cents = read_cents(request.form.get("amount", "")) or 0
    declining.ask_again(get_user(), order.id, cents, now)
    return f"{money(cents, order.currency)} waits for a second person now."
