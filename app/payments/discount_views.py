"""Discount codes for staff: the list, one code with its uses, making, changing and archiving one."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.cohorts.models import Cohort
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.payments import discount_queries as queries
from app.payments import discounts
from app.payments.discount_forms import CodeForm, code_form
from app.payments.discount_models import DiscountCode
from app.payments.views import bp

CURRENCY = "usd"  # of new codes, as of prices


@bp.get("/staff/codes")
@open_to("staff")
def codes() -> str:
    archived, before = request.args.get("show") == "archived", _number(request.args.get("before", ""))
    lines, on = queries.codes(archived, before or None)
    return render_template(
        "payments/codes.html", lines=lines, archived=archived, on=on, is_later=bool(before), now=clock.now()
    )


@bp.get("/staff/codes/new")
@open_to("staff")
def new_code() -> str:
    return _form_page(code_form(queries.cohorts_for_codes()))


@bp.post("/staff/codes")
@open_to("staff")
def make_code() -> Any:
    form, now = code_form(queries.cohorts_for_codes()), clock.now()
    if not form.validate():
        return _form_page(form), 422
    begin_write()
    try:
        row = discounts.create(get_user(), form.terms(CURRENCY), now)
    except Refused as refused:
        db.session.rollback()
        return _form_page(_told(form, refused)), 422
    code = row.code
    db.session.commit()
    say(f"{code} can be used from now on." if row.valid_from is None else f"{code} is made.")
    return redirect(url_for("payments.codes"), 303)


@bp.get("/staff/codes/<id:code_id>")
@open_to("staff")
def code(code_id: int) -> str:
    line = _line(code_id)
    return _form_page(code_form(_cohorts_with(line), line.code), line)


@bp.post("/staff/codes/<id:code_id>")
@open_to("staff")
def change_code(code_id: int) -> Any:
    line = _line(code_id)
    form, now = code_form(_cohorts_with(line)), clock.now()
    if not form.validate():
        return _form_page(form, line), 422
    begin_write()
    row = db.session.get_one(DiscountCode, code_id)
    try:
        discounts.change(
            get_user(), row, _number(request.form.get("version", "")), form.terms(row.currency), now
        )
    except Refused as refused:
        db.session.rollback()
        return _form_page(_told(form, refused), _line(code_id)), 422 if refused.field else 409
    name = row.code
    db.session.commit()
    say(f"{name} is changed. Orders that used it keep what they got.")
    return redirect(url_for("payments.code", code_id=code_id), 303)


@bp.post("/staff/codes/<id:code_id>/archive")
@open_to("staff")
def archive_code(code_id: int) -> Any:
    """Take it out of use, or (`back`) put it back: each is the other's undo."""
    _line(code_id)
    begin_write()
    row, away = db.session.get_one(DiscountCode, code_id), not request.form.get("back")
    discounts.set_archived(get_user(), row, away, clock.now())
    name = row.code
    db.session.commit()
    say(
        f"{name} is out of use. Whoever is paying with it keeps it." if away else f"{name} can be used again."
    )
    return redirect(url_for("payments.code", code_id=code_id), 303)


def _line(code_id: int) -> queries.Line:
    return queries.line_of(code_id) or abort(404)


def _cohorts_with(line: queries.Line) -> list[Cohort]:
    """The cohorts to choose from, and the code's own even when that one is over."""
    found = list(queries.cohorts_for_codes())
    if line.code.cohort_id is not None and all(one.id != line.code.cohort_id for one in found):
        found.append(db.session.get_one(Cohort, line.code.cohort_id))
    return found


def _form_page(form: CodeForm, line: queries.Line | None = None) -> str:
    uses = queries.uses_of(line.code.id) if line else []
    return render_template("payments/code.html", form=form, line=line, uses=uses, now=clock.now())


def _told(form: CodeForm, refused: Refused) -> CodeForm:
    if refused.field and refused.field in form:
        form[refused.field].errors = [refused.sentence]
    else:
        form.form_errors.append(refused.sentence)
    return form


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
