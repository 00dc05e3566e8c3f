"""What about money a person must look at. None of these commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.lib.database import db
from app.payments.models import MoneyAlert, Order


def raise_once(kind: str, key: str, order: Order | None, detail: str, now: datetime) -> None:
    """Put something about money before a person; the same key does so once."""
    if db.session.scalar(select(MoneyAlert.id).where(MoneyAlert.key == key)):
        return
    order_id = order.id if order else None
    db.session.add(MoneyAlert(kind=kind, key=key, order_id=order_id, detail=detail[:500], opened_at=now))
    db.session.flush()


def is_open(order: Order, kind: str) -> bool:
    """Does something of this kind about the order wait for a person?"""
    waiting = (MoneyAlert.order_id == order.id, MoneyAlert.kind == kind, MoneyAlert.closed_at.is_(None))
    return db.session.scalar(select(MoneyAlert.id).where(*waiting).limit(1)) is not None


def close(order: Order, kinds: Collection[str], now: datetime) -> None:
    """What these said about the order is over."""
    over = select(MoneyAlert).where(MoneyAlert.order_id == order.id, MoneyAlert.kind.in_(kinds))
    for row in db.session.scalars(over.where(MoneyAlert.closed_at.is_(None))):
        row.closed_at = now
