"""What about money a person must look at: METI's task list. None of these commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import User
from app.audit.actions import record
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments.event_models import MoneyAlert
from app.payments.models import Order

LONGEST_NOTE = 500  # characters
# What to do about each kind, in a sentence for METI's staff.
WHAT_TO_DO = {
    "paid late": "If a seat is free it is given by itself within minutes. If none is, offer another cohort or send "
    "the money back.",
    "overpaid": "Send the rest back the way it came, then write here what you sent.",
    "not opened": "Look at the enrollment: the person has paid and cannot work. Open it, or send the money back.",
    "grace": "Nothing is lost yet: mails go by themselves. A call helps most; you can move the day, enter a check, "
    "or give more days.",
    "suspended": "Call the person: they read their work and cannot go on. Move the day, waive, enter a check, or "
    "agree on an end.",
    "charge refused": "Look at this charge in Stripe’s dashboard. Usually the person must name another card; their "
    "payments page does that.",
    "external refund": "Somebody sent money back in Stripe’s dashboard. Check that it was meant, and what it means for "
    "the seat.",
    "refund failed": "The bank sent the refund back. The withdrawal’s page lets you send it by hand; ask the person "
    "how they would like it.",
    "pay back by hand": "Ask the person how they would like it, send it, and say so on the page of their place.",
    "cancellation to confirm": "Another member of staff reads on its page who is touched and what goes back, and "
    "says yes or no there.",
    "cancelling": "Look at the page of the cancellation: it names who could not be handled and why, and tries again.",
    "refund to approve": "Another member of staff looks at the page of the place, or of the employer’s seats, and says "
    "yes or no there.",
    "refund declined": "The page of the place, or of the employer’s seats, lets you ask for another amount. If nothing "
    "more is to go back, write here why.",
    "seats unclaimed": "Open the employer’s seats from the order: give more days, free them, or send money back.",
    "dispute": "Answer in Stripe’s dashboard before the day it names: agreed words, receipt and use of the program are "
    "on the order’s page.",
    "dispute lost": "The money is gone from what we have. Decide what becomes of the seat, and write it here.",
    "left checkout": "Call or write: often it is one question about dates or the price.",
    "wrong mode": "Test and real keys are mixed up. Ask your operator to compare key and webhook secret.",
    "wrong version": "Ask your operator to set the webhook endpoint at Stripe to the version named.",
    "difference": "Look at both sides: the order here, the payment at Stripe. When it is settled by itself, this "
    "closes with the next nightly comparison.",
    "payout": "Open the payout under Reports: what it is made of is named there. If a movement belongs to something "
    "else you sell, write that here.",
}
OTHERWISE = "Look at the order, settle it, and write here what you did."


def raise_once(kind: str, key: str, order: Order | None, detail: str, now: datetime) -> None:
    """Put something about money before a person; the same key does so once."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    order_id = order.id if order else None
    # One statement: what is about no order is not under a lock, and the first two of it must not meet on the key.
    task = insert(MoneyAlert).values(
        kind=kind, key=key, order_id=order_id, detail=detail[:500], opened_at=now
    )
    db.session.execute(task.on_conflict_do_nothing(index_elements=[MoneyAlert.key]))


def note_decided(
    actor: User, kind: str, key: str, order: Order, detail: str, note: str, now: datetime
) -> None:
    """Somebody decides this fact before it is ever put before a person: a task closed as it opens, which can be
    opened again. One that is there already, and open, ends with it."""
    raise_once(kind, key, order, detail, now)
    task = db.session.scalars(select(MoneyAlert).where(MoneyAlert.key == key)).one()
    if task.closed_at is None:
        task.closed_at, task.closed_by_id, task.closed_note = now, actor.id, note


def is_open(order: Order, kind: str) -> bool:
    """Does something of this kind about the order wait for a person?"""
    waiting = (MoneyAlert.order_id == order.id, MoneyAlert.kind == kind, MoneyAlert.closed_at.is_(None))
    return db.session.scalar(select(MoneyAlert.id).where(*waiting).limit(1)) is not None


def close(order: Order, kinds: Collection[str], now: datetime) -> None:
    """What these said about the order is over."""
    over = select(MoneyAlert).where(MoneyAlert.order_id == order.id, MoneyAlert.kind.in_(kinds))
    for row in db.session.scalars(over.where(MoneyAlert.closed_at.is_(None))):
        row.closed_at = now


def close_key(key: str, now: datetime) -> None:
    """The fact of this key is no more. Twice is harmless."""
    row = db.session.scalar(select(MoneyAlert).where(MoneyAlert.key == key, MoneyAlert.closed_at.is_(None)))
    if row is not None:
        row.closed_at = now


def keep_to(kind: str, found: Mapping[str, tuple[Order | None, str]], over: str, now: datetime) -> None:
    """Let the tasks of this kind be exactly these (key → order and detail): new ones open, others close, with a note.

    One that ended by itself and is there again opens again; what a person has closed stays closed.
    """
    known = {row.key: row for row in db.session.scalars(select(MoneyAlert).where(MoneyAlert.kind == kind))}
    for key, (order, detail) in found.items():
        row = known.get(key)
        if row is None:
            raise_once(kind, key, order, detail, now)
        elif row.closed_at is not None and row.closed_by_id is None:
            row.closed_at, row.closed_note, row.opened_at = None, "", now
    for key, row in known.items():
        if key not in found and row.closed_at is None:
            row.closed_at, row.closed_note = now, over


def close_by_hand(actor: User, task: MoneyAlert, note: str, now: datetime) -> None:
    """Somebody has dealt with it, and says how. The task is locked. Raises Refused."""
    if task.closed_at is not None:
        by = task.closed_by.name if task.closed_by else "The system"
        raise Refused(f"{by} has closed this already: {task.closed_note or 'it ended by itself'}")
    if not note:
        raise Refused("Say in a sentence what you did.", field="note")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"Keep the note to {LONGEST_NOTE} characters.", field="note")
    task.closed_at, task.closed_by_id, task.closed_note = now, actor.id, note
    record(actor, f"Closed a task about money ({task.kind}): {note}", _about(task), now=now)


def reopen(actor: User, task: MoneyAlert, now: datetime) -> None:
    """Undo of `close_by_hand`. Twice is harmless. The task is locked."""
    if task.closed_at is None:
        return
    if task.closed_by_id is None:
        raise Refused("This ended by itself. If it happens again, it comes back by itself too.")
    task.closed_at, task.closed_by_id, task.closed_note = None, None, ""
    record(actor, f"Opened a task about money again ({task.kind})", _about(task), now=now)


def _about(task: MoneyAlert) -> tuple[str, int]:
    return ("order", task.order_id) if task.order_id else ("money task", task.id)
