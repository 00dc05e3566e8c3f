"""Employers' purchases as staff read them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.cohorts.models import Cohort
from app.lib.database import db
from app.payments import queries
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order


def orders_of(cohort: Cohort) -> Sequence[tuple[EmployerPurchase, Order, int]]:
    """What employers bought in a cohort, the latest first: purchase, order, and what we have of it in cents."""
    query = (
        select(EmployerPurchase, Order, queries.net_sum())
        .join(Order, Order.employer_purchase_id == EmployerPurchase.id)
        .where(EmployerPurchase.cohort_id == cohort.id)
        .options(lazyload("*"))
        .order_by(EmployerPurchase.id.desc())
    )
    return [(purchase, order, int(net or 0)) for purchase, order, net in db.session.execute(query)]


def order_for(user: User, purchase_id: int) -> Order:
    """The order of an employer's purchase, for staff; 404 for everybody else and for what is not there."""
    query = select(Order).where(Order.employer_purchase_id == purchase_id)
    found = db.session.scalar(query) if user.is_staff else None
    return found or abort(404)
