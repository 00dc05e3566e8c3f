"""Opening a cohort, closing it, and giving it coaches, from the command line."""

from __future__ import annotations

from datetime import date, datetime

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from sqlalchemy import select

from app.accounts.actions import find_or_create
from app.accounts.models import User
from app.accounts.queries import user_by_email
from app.admissions.deferring_models import DeferralTier
from app.cohorts import actions as cohorts
from app.cohorts.models import COHORT_STATUSES, Cohort
from app.curriculum.queries import current_release
from app.lib import clock
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments.price_models import Price, RefundTier

SMALLEST = 50  # cents; Stripe charges nothing below
DAY = click.DateTime(formats=["%Y-%m-%d"])


class Refund(click.ParamType[tuple[date, int]]):
    """`2027-01-09=50`: who withdraws by this day gets this share (percent) back."""

    name = "DAY=PERCENT"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[date, int]:
        day, _, share = str(value).partition("=")
        try:
            found = date.fromisoformat(day), int(share)
        except ValueError:
            self.fail(f"{value!r} is not like 2027-01-09=50.", param, ctx)
        if not 0 <= found[1] <= 100:
            self.fail(f"{found[1]} is not a share from 0 to 100 percent.", param, ctx)
        return found


class Defer(click.ParamType[tuple[date, int, int]]):
    """`2027-01-30=1,150`: who tells us by this day may move to another cohort once, for 150."""

    name = "DAY=TIMES,FEE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[date, int, int]:
        day, _, said = str(value).partition("=")
        times, _, fee = said.partition(",")
        try:
            found = date.fromisoformat(day), int(times), round(float(fee or 0) * 100)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not like 2027-01-30=1,150.", param, ctx)
        if not (1 <= found[1] <= 20 and 0 <= found[2] <= 1_000_000):
            self.fail(f"{said!r} is not from 1 to 20 times for 0 to 10,000.", param, ctx)
        return found


class PlanPrice(click.ParamType[tuple[int, int]]):
    """`3=2550`: in so many installments it costs this in all."""

    name = "3=TOTAL"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        number, _, total = str(value).partition("=")
        if number not in ("3", "6"):
            self.fail(f"{value!r} is not like 3=2550: plans have 3 or 6 installments.", param, ctx)
        try:
            cents = round(float(total) * 100)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not like 3=2550.", param, ctx)
        if not int(number) * SMALLEST <= cents <= 10_000_000:
            self.fail(f"{total!r} is not a total from $0.50 an installment to 100,000.", param, ctx)
        return int(number), cents


@click.command("open-cohort")
@click.argument("slug")
@click.option("--starts", type=DAY, required=True, help="The first day of week 1, for example 2027-01-02.")
@click.option("--seats", type=click.IntRange(1, 1000), required=True)
@click.option(
    "--price", type=click.FloatRange(0, 100_000), required=True, help="In whole units: 2400 or 2400.50."
)
@click.option("--plan", "plans", type=PlanPrice(), multiple=True, help="The total in 3 or in 6 installments.")
@click.option("--currency", default="usd", show_default=True)
@click.option("--refund", "refunds", type=Refund(), multiple=True, help="Once for each line of the rule.")
@click.option("--defer", "deferrals", type=Defer(), multiple=True, help="Once for each line of the rule.")
@with_appcontext
def open_cohort(
    slug: str,
    starts: datetime,
    seats: int,
    price: float,
    plans: tuple[tuple[int, int], ...],
    currency: str,
    refunds: tuple[tuple[date, int], ...],
    deferrals: tuple[tuple[date, int, int], ...],
) -> None:
    """Open the cohort SLUG of the newest release for applications, with price and rules."""
    release = current_release()
    if release is None:
        raise click.ClickException("Publish the curriculum first: flask --app wsgi curriculum publish")
    if len(currency) != 3 or not currency.isalpha():
        raise click.ClickException("--currency is a code of three letters, such as usd.")
    release_id, day, now = release.id, starts.date(), clock.now()
    begin_write()
    if db.session.scalar(select(Cohort.id).where(Cohort.slug == slug)):
        raise click.ClickException(f"There is a cohort {slug} already.")
    title = f"Cohort of {day:%B} {day.day}, {day.year}"
    try:
        cohort = cohorts.open_cohort(
            None, slug=slug, title=title, starts_on=day, capacity=seats, release_id=release_id, now=now
        )
    except Refused as refused:
        raise click.ClickException(refused.sentence) from None
    _price(cohort, currency, (1, round(price * 100)), *plans)
    db.session.add_all(
        RefundTier(cohort_id=cohort.id, until=until, share_percent=share) for until, share in refunds
    )
    db.session.add(RefundTier(cohort_id=cohort.id, until=None, share_percent=100))  # if METI cancels it
    db.session.add_all(
        DeferralTier(cohort_id=cohort.id, until=until, times=times, fee_cents=fee)
        for until, times, fee in deferrals
    )
    db.session.commit()
    click.echo(f"{title} takes applications at /cohorts/{slug}. Give it coaches: assign-coach EMAIL {slug}")


def _price(cohort: Cohort, currency: str, *plans: tuple[int, int]) -> None:
    for number, cents in plans:
        label = "Full price" if number == 1 else f"{number} installments"
        row = Price(cohort_id=cohort.id, label=label, amount_cents=cents, currency=currency.lower())
        row.installments = number
        db.session.add(row)


@click.command("assign-coach")
@click.argument("email")
@click.argument("slug")
@click.option(
    "--name", default="", help="Of a coach who has no account yet: one is made, to sign in by mailed link."
)
@with_appcontext
def assign_coach(email: str, slug: str, name: str) -> None:
    """Make the account EMAIL a coach of the cohort SLUG. Twice is harmless."""
    now = clock.now()
    begin_write()
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == slug))
    if cohort is None:
        raise click.ClickException(f"There is no cohort {slug}.")
    try:
        user = user_by_email(email) or (_new_account(email, name, cohort, now) if name else None)
    except (Refused, EmailNotValidError) as problem:
        raise click.ClickException(str(problem)) from None
    if user is None:
        raise click.ClickException(f"There is no account {email}. Give --name to make one.")
    cohorts.assign_coach(None, cohort, user, now)
    said = f"{user.name} coaches the {cohort.title}."
    db.session.commit()
    click.echo(said)


def _new_account(email: str, name: str, cohort: Cohort, now: datetime) -> User:
    address = validate_email(email, check_deliverability=False, allow_smtputf8=False).original
    return find_or_create(address, name, cohort.time_zone, now)


@click.command("set-cohort")
@click.argument("slug")
@click.argument("status", type=click.Choice(COHORT_STATUSES))
@with_appcontext
def set_cohort(slug: str, status: str) -> None:
    """Say where the cohort SLUG stands: closed to applications, running, finished …"""
    if status == "cancelled":
        raise click.ClickException(
            f"People and money hang on that: cancel it in the browser, at /staff/cohorts/{slug}/cancel."
        )
    begin_write()
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == slug))
    if cohort is None:
        raise click.ClickException(f"There is no cohort {slug}.")
    try:
        cohorts.set_status(None, cohort, status, clock.now())
    except Refused as refused:
        raise click.ClickException(refused.sentence) from None
    said = f"{cohort.title} is {status}."
    db.session.commit()
    click.echo(said)


ALL = (open_cohort, assign_coach, set_cohort)
