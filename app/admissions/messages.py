"""The letters of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.accounts import links
from app.admissions import draft_rules, rules
from app.admissions.models import Application, Offer
from app.lib import times
from app.mail.actions import post
from app.payments.models import Order
from app.payments.queries import refund_lines


def received(application: Application, now: datetime, *, in_line: bool) -> None:
    """'We have your application': what was sent, by when an answer comes, and what a place in line means."""
    assert application.submitted_at is not None
    cohort = application.cohort
    post(
        "admissions/received",
        application.user,
        f"We have your application: {cohort.title}",
        key=f"application:{application.id}:received",
        now=now,
        user=application.user,
        cohort=cohort,
        application=application,
        answer_by=rules.answer_by(application.submitted_at, cohort.time_zone),
        in_line=in_line,
    )


def already(application: Application, now: datetime) -> None:
    """Somebody applied again with this address: tell its owner, at most once a day, and no one else."""
    on = times.local_date(now, application.cohort.time_zone)
    post(
        "admissions/already",
        application.user,
        f"You have applied already: {application.cohort.title}",
        key=f"application:{application.id}:already:{on.isoformat()}",
        now=now,
        user=application.user,
        cohort=application.cohort,
        application=application,
        url=_sign_in(application, now, now + timedelta(hours=24), "apply"),
    )


def draft(application: Application, is_open: bool, now: datetime) -> None:
    """'You began an application': when it is deleted, and the way back to it."""
    assert application.saved_at is not None
    forgotten = draft_rules.forgotten_on(application.saved_at, now)
    post(
        "admissions/draft",
        application.user,
        f"Your application is not sent yet: {application.cohort.title}",
        key=f"application:{application.id}:draft:{application.version}",
        now=now,
        user=application.user,
        cohort=application.cohort,
        saved_at=application.saved_at,
        forgotten=forgotten,
        zone=application.user.time_zone,
        is_open=is_open,
        url=_sign_in(application, now, forgotten, "apply") if is_open else "",
    )


def offered(offer: Offer, now: datetime) -> None:
    """'Yes': the seat, until when, the price, the refund rule, and one link that signs in and leads to the checkout."""
    application = offer.application
    cohort = application.cohort
    post(
        "admissions/offered",
        application.user,
        f"Your seat is held: {cohort.title}",
        key=f"offer:{offer.id}:made",
        now=now,
        user=application.user,
        cohort=cohort,
        offer=offer,
        zone=application.user.time_zone,
        refund=refund_lines(cohort, offer.amount_cents, offer.currency),
        url=_sign_in(application, now, offer.expires_at, "checkout"),
    )


def declined(application: Application, now: datetime) -> None:
    post(
        "admissions/declined",
        application.user,
        f"Your application: {application.cohort.title}",
        key=f"application:{application.id}:declined",
        now=now,
        user=application.user,
        cohort=application.cohort,
        reason=application.reason,
    )


def let_go(offer: Offer, now: datetime) -> None:
    """'We let your seat go': kindly, with the way back."""
    application = offer.application
    post(
        "admissions/let_go",
        application.user,
        f"We let your seat go: {application.cohort.title}",
        key=f"offer:{offer.id}:let-go:{now.isoformat()}",
        now=now,
        user=application.user,
        cohort=application.cohort,
    )


def left_checkout(order: Order, offer: Offer, step: rules.Reminder, now: datetime) -> None:
    """'Your seat is still held': nothing was charged, until when, and one link back. `step` 'second' is the last."""
    application = offer.application
    post(
        "admissions/left_checkout",
        application.user,
        f"Your seat is still held: {application.cohort.title}",
        key=f"left-checkout:order:{order.id}:{step}",
        now=now,
        user=application.user,
        cohort=application.cohort,
        offer=offer,
        zone=application.user.time_zone,
        last=step == "second",
        url=_sign_in(application, now, offer.expires_at, "checkout"),
    )


def paid_too_late(order: Order, now: datetime) -> None:
    """The payment arrived after the seat was gone and none is free: say what happens to the money."""
    enrollment = order.enrollment
    post(
        "admissions/paid_too_late",
        enrollment.user,
        f"Your payment arrived after the seat was gone: {enrollment.cohort.title}",
        key=f"paid-too-late:order:{order.id}",
        now=now,
        user=enrollment.user,
        cohort=enrollment.cohort,
        order=order,
    )


def _sign_in(application: Application, now: datetime, expires_at: datetime, page: str) -> str:
    path = f"/cohorts/{application.cohort.slug}/{page}"
    return links.make(application.user, "sign-in", now=now, expires_at=expires_at, next_path=path)
