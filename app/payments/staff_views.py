"""Money for staff: one order and what can be done with it by hand, the list of tasks, the events from Stripe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import (
    actions,
    alerts,
    checkout,
    declining,
    events,
    installments,
    staff_actions,
    staff_queries,
    staff_rules,
    stripe,
)
from app.payments.forms import EntryForm, GraceForm, MoveForm
from app.payments.staff_queries import SHOWN, OrderPage

bp = Blueprint("money", __name__)

# What is said of an event that was taken again, by what came of it.
TAKEN = {
    "applied": ("It has been applied. Nothing is left to do for it.", "done"),
    "known": ("It had been applied already, and nothing was changed.", "note"),
    "unmatched": (
        "It still fits nothing of ours. If it belongs to something else you sell, leave it.",
        "note",
    ),
}

UNASKED = (
    "Stripe did not answer, so the event could not be taken again. It is kept as it was, no money was moved, "
    "and the worker tries it again by itself; so can you in a minute."
)

Verb = Callable[[User, OrderPage, datetime], str]
ShowAgain = Callable[[OrderPage, Refused], Any]


@bp.get("/staff/orders/<id:order_id>")
@open_to("staff")
def order(order_id: int) -> Any:
    """One order: schedule, payments, charges, and everything that happened."""
    return _order_page(staff_queries.order_page_for(get_user(), order_id))


def _order_page(found: OrderPage, refused: Refused | None = None, form: FlaskForm | None = None) -> Any:
    page = render_template(
        "payments/staff_order.html",
        page=found,
        order=found.order,
        history=staff_queries.history_of(found.order),
        grace=form or GraceForm(formdata=None, until=found.order.grace_until),
        taken_back=request.form.get("payment", ""),
        reason=clean_text(request.form.get("reason", "")),
        refused=refused,
    )
    return page, _status(refused)


def _status(refused: Refused | None) -> int:
    return 200 if refused is None else 422 if refused.field else 409


def _do(order_id: int, verb: Verb, again: ShowAgain) -> Any:
    """Do something with an order, in one transaction; a refusal shows the page again with what was typed."""
    now, user = clock.now(), get_user()
    staff_queries.order_page_for(user, order_id)
    with suppress(Refused):  # Stripe is silent: what is paid there meanwhile is kept, and becomes a task
        checkout.close(order_id, now)
    begin_write()
    actions.lock_order(order_id)
    found = staff_queries.order_page_for(user, order_id)
    try:
        staff_rules.check_seen(found.seen, request.form.get("seen", ""))
        sentence = verb(user, found, now)
    except Refused as refused:
        db.session.rollback()
        return again(staff_queries.order_page_for(user, order_id), refused)
    db.session.commit()
    say(sentence)
    return redirect(url_for("money.order", order_id=order_id), 303)


# --- money entered by hand ------------------------------------------------------------------------------------------


@bp.get("/staff/orders/<id:order_id>/payments")
@open_to("staff")
def entry(order_id: int) -> Any:
    found = staff_queries.order_page_for(get_user(), order_id)
    today = installments.today_of(found.order, clock.now())
    return _entry_page(found, EntryForm(formdata=None, received_on=today))


@bp.post("/staff/orders/<id:order_id>/payments")
@open_to("staff")
def enter_payment(order_id: int) -> Any:
    form = EntryForm()
    if not form.validate():
        return _entry_page(staff_queries.order_page_for(get_user(), order_id), form), 422

    def verb(user: User, found: OrderPage, now: datetime) -> str:
        payment = staff_actions.enter_payment(
            user,
            found.order,
            form.source.data,
            form.cents,
            form.received_on.data,  # type: ignore[arg-type]
            form.reference.data or "",
            form.note.data or "",
            form.is_more.data,
            now,
        )
        amount = money(payment.amount_cents, payment.currency)
        return f"{amount} from {found.order.payer.name} is in the books; the receipt is on its way."

    return _do(order_id, verb, lambda found, refused: (_entry_page(found, form, refused), _status(refused)))


def _entry_page(found: OrderPage, form: EntryForm, refused: Refused | None = None) -> str:
    return render_template(
        "payments/staff_entry.html",
        page=found,
        order=found.order,
        form=form,
        refused=_at_field(form, refused),
    )


def _at_field(form: FlaskForm, refused: Refused | None) -> Refused | None:
    """Put a refusal at its field; back comes one that has no field in this form."""
    if refused is None or refused.field not in form:
        return refused
    form[refused.field].errors = [refused.sentence]
    return None


@bp.post("/staff/orders/<id:order_id>/payments/<id:payment_id>/take-back")
@open_to("staff")
def take_back_payment(order_id: int, payment_id: int) -> Any:
    def verb(user: User, found: OrderPage, now: datetime) -> str:
        payment = found.payment(payment_id)
        reason = clean_text(request.form.get("reason", ""))
        staff_actions.take_back_payment(user, found.order, payment, reason, now)
        return "The entry is taken back, its receipt is void, and what it had paid is to be paid again."

    return _do(order_id, verb, _order_page)


# --- the schedule ---------------------------------------------------------------------------------------------------


@bp.get("/staff/orders/<id:order_id>/installments/<id:number>")
@open_to("staff")
def part(order_id: int, number: int) -> Any:
    """One installment: move its day, or waive it."""
    found = staff_queries.order_page_for(get_user(), order_id)
    return _part_page(found, number, MoveForm(formdata=None, due_on=found.part(number).due_on))


def _part_page(found: OrderPage, number: int, form: MoveForm, refused: Refused | None = None) -> Any:
    page = render_template(
        "payments/staff_part.html",
        page=found,
        order=found.order,
        part=found.part(number),
        form=form,
        reason=clean_text(request.form.get("reason", "")),
        refused=_at_field(form, refused),
    )
    return page, _status(refused)


@bp.post("/staff/orders/<id:order_id>/installments/<id:number>/move")
@open_to("staff")
def move(order_id: int, number: int) -> Any:
    form = MoveForm()
    if not form.validate():
        return _part_page(staff_queries.order_page_for(get_user(), order_id), number, form)[0], 422

    def verb(user: User, found: OrderPage, now: datetime) -> str:
        due_on = form.due_on.data
        assert due_on is not None
        before = found.part(number).due_on
        staff_actions.move_installment(user, found.order, number, due_on, now)
        return f"It is due on {times.day_year(due_on)} now; it was {times.day_year(before)}. The person has a mail."

    return _do(order_id, verb, lambda found, refused: _part_page(found, number, form, refused))


@bp.post("/staff/orders/<id:order_id>/installments/<id:number>/waive")
@open_to("staff")
def waive(order_id: int, number: int) -> Any:
    def verb(user: User, found: OrderPage, now: datetime) -> str:
        found.part(number)
        staff_actions.waive(user, found.order, number, clean_text(request.form.get("reason", "")), now)
        return "It is waived, and the person has a mail. You can take that back below."

    def again(found: OrderPage, refused: Refused) -> Any:
        return _part_page(found, number, MoveForm(formdata=None, due_on=found.part(number).due_on), refused)

    return _do(order_id, verb, again)


@bp.post("/staff/orders/<id:order_id>/installments/<id:number>/ask-again")
@open_to("staff")
def ask_again(order_id: int, number: int) -> Any:
    def verb(user: User, found: OrderPage, now: datetime) -> str:
        found.part(number)
        due_on = staff_actions.ask_for_again(user, found.order, number, now).due_on
        return f"The waiver is taken back: it is due on {times.day_year(due_on)}, and the person has a mail."

    return _do(order_id, verb, _order_page)


@bp.post("/staff/orders/<id:order_id>/grace")
@open_to("staff")
def grace(order_id: int) -> Any:
    form = GraceForm()
    if not form.validate():
        found = staff_queries.order_page_for(get_user(), order_id)
        return _order_page(found, form=form)[0], 422

    def verb(user: User, found: OrderPage, now: datetime) -> str:
        until = form.until.data
        assert until is not None
        staff_actions.give_grace(user, found.order, until, now)
        return f"Everything stays open until {times.day_year(until)}, and the person has a mail."

    return _do(
        order_id, verb, lambda found, refused: _order_page(found, _at_field(form, refused) or refused, form)
    )


# --- tasks ----------------------------------------------------------------------------------------------------------


@bp.get("/staff/money")
@open_to("staff")
def tasks() -> Any:
    """What about money a person must look at: open first, and what has been closed."""
    return _tasks_page()


def _tasks_page(task_id: int = 0, refused: Refused | None = None) -> Any:
    waiting, closed = staff_queries.tasks()
    page = render_template(
        "payments/staff_tasks.html",
        waiting=waiting[:SHOWN],
        is_more=len(waiting) > SHOWN,
        closed=closed,
        what_to_do=lambda kind: alerts.WHAT_TO_DO.get(kind, alerts.OTHERWISE),
        task_id=task_id,
        note=clean_text(request.form.get("note", "")),
        refused=refused,
    )
    return page, _status(refused)


@bp.post("/staff/money/<id:task_id>/close")
@open_to("staff")
def close_task(task_id: int) -> Any:
    begin_write()
    task, user = staff_queries.task_for(get_user(), task_id), get_user()
    try:
        declining.close_task(user, task, clean_text(request.form.get("note", "")), clock.now())
    except Refused as refused:
        db.session.rollback()
        return _tasks_page(task_id, refused)
    db.session.commit()
    say("Closed. It stands below, with your note, and can be opened again.")
    return redirect(url_for("money.tasks"), 303)


@bp.post("/staff/money/<id:task_id>/reopen")
@open_to("staff")
def reopen_task(task_id: int) -> Any:
    begin_write()
    try:
        alerts.reopen(get_user(), staff_queries.task_for(get_user(), task_id), clock.now())
    except Refused as refused:
        db.session.rollback()
        return _tasks_page(0, refused)
    db.session.commit()
    say("It is open again.")
    return redirect(url_for("money.tasks"), 303)


# --- what Stripe told us --------------------------------------------------------------------------------------------


@bp.get("/staff/webhooks")
@open_to("staff")
def webhooks() -> str:
    """Every event is kept; those that failed come first, each with a button that takes it again."""
    failed = staff_queries.failed_events()
    return render_template(
        "payments/staff_webhooks.html",
        failed=failed[:SHOWN],
        is_more=len(failed) > SHOWN,
        latest=staff_queries.latest_events(),
    )


@bp.post("/staff/webhooks/<event_id>")
@open_to("staff")
def replay(event_id: str) -> Any:
    """Take a kept event again. The object it is about is fetched from Stripe as it is now."""
    user, now = get_user(), clock.now()
    begin_write()
    events.note_replay(user, staff_queries.event_for(user, event_id), now)
    db.session.commit()
    try:
        say(*TAKEN[events.again(event_id, now)])
    except stripe.NoAnswer:
        say(UNASKED, "problem")
    except Refused as refused:
        say(refused.sentence, "problem")
    return redirect(url_for("money.webhooks"), 303)
