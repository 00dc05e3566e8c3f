"""What staff type about a discount code. Days are whole days of the program's zone; the last one is included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.cohorts.models import Cohort
from app.lib import times
from app.lib.forms import Form
from app.lib.imprint import imprint
from app.lib.money import cents, money
from app.lib.refusal import Refused
from app.lib.words import clean_text
from app.payments.discount_models import DiscountCode
from app.payments.discounts import Terms

MOST = 1_000_000
NUMBER = "Give a whole number of at least 1, or leave it empty."
DAY = "Give a day, such as 2026-12-31, or leave it empty."


def _clean(text: Any) -> Any:
    return clean_text(text) if isinstance(text, str) else text


class CodeForm(Form):
    code = StringField(
        "Code",
        [
            InputRequired("Give the code that people type."),
            Length(max=60, message="Use at most 40 characters."),
        ],
        description="Letters, digits and dashes, as people will type it. Capitals do not matter.",
        filters=[_clean],
    )
    kind = RadioField(
        "What it does",
        [InputRequired("Choose what the code does.")],
        choices=[
            SelectChoice("percent", "Takes a percentage off"),
            SelectChoice("amount", "Takes an amount off"),
            SelectChoice("price", "Sets the price"),
        ],
    )
    value = StringField(
        "Percentage, amount or price",
        [InputRequired("Give the percentage, the amount or the price.")],
        description="20 for 20%, or dollars such as 300 or 1,249.50. 100% or a price of 0 is a free seat: "
        "nobody is asked for a card.",
        filters=[_clean],
    )
    cohort = SelectField("For", description="One cohort, or all of them.")
    plan = SelectField(
        "Way of paying",
        choices=[
            SelectChoice("", "Any that is offered"),
            SelectChoice("1", "Paying in full only"),
            SelectChoice("3", "3 installments only"),
            SelectChoice("6", "6 installments only"),
        ],
        description="A plan that nobody is offered without a code opens with it.",
    )
    max_uses = IntegerField("Uses in all", [Optional(), NumberRange(1, MOST, NUMBER)])
    per_person = IntegerField(
        "Uses a person", [InputRequired(NUMBER), NumberRange(1, 100, NUMBER)], default=1
    )
    valid_from = DateField("From", [Optional()])
    valid_until = DateField("Until the end of", [Optional()])
    budget = StringField(
        "Set aside in all",
        [Optional()],
        description="When all discounts together have reached it, the code stops.",
        filters=[_clean],
    )
    is_scholarship = BooleanField("Scholarship: a seat that is let go does not give its use back.")
    note = TextAreaField(
        "Note for staff", [Length(max=500, message="Please use at most 500 characters.")], filters=[_clean]
    )

    def terms(self, currency: str) -> Terms:
        """What was typed, as the verbs take it. Refused, at the field, for an amount that is none."""
        kind = str(self.kind.data)
        return Terms(
            code=str(self.code.data),
            kind=kind,
            value=_percent(str(self.value.data))
            if kind == "percent"
            else _cents(str(self.value.data), "value"),
            currency=currency,
            cohort_id=int(self.cohort.data) if self.cohort.data else None,
            opens_plan=int(self.plan.data) if self.plan.data else None,
            max_uses=self.max_uses.data,
            per_person=self.per_person.data or 1,
            valid_from=_midnight(self.valid_from.data),
            valid_until=_midnight(self.valid_until.data, days=1),
            budget_cents=_cents(str(self.budget.data), "budget") if self.budget.data else None,
            is_scholarship=bool(self.is_scholarship.data),
            note=str(self.note.data or ""),
        )


def code_form(cohorts: Sequence[Cohort], row: DiscountCode | None = None) -> CodeForm:
    """The form, empty or with what holds now."""
    form = CodeForm(data=_shown(row) if row else None)
    form.cohort.choices = [
        SelectChoice("", "Every cohort"),
        *(SelectChoice(str(one.id), one.title) for one in cohorts),
    ]
    return form


def _shown(row: DiscountCode) -> dict[str, Any]:
    zone = imprint().time_zone
    value = str(row.value) if row.kind == "percent" else money(row.value).removeprefix("$")
    return {
        "code": row.code, "kind": row.kind, "value": value, "cohort": str(row.cohort_id or ""),
        "plan": str(row.opens_plan or ""), "max_uses": row.max_uses, "per_person": row.per_person,
        "valid_from": row.valid_from and times.local_date(row.valid_from, zone),
        "valid_until": row.valid_until and times.local_date(row.valid_until, zone) - timedelta(days=1),
        "budget": money(row.budget_cents).removeprefix("$") if row.budget_cents is not None else "",
        "is_scholarship": row.is_scholarship, "note": row.note,
    }  # fmt: skip


def _percent(typed: str) -> int:
    number = typed.strip().removesuffix("%").strip()
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        raise Refused("Give a percentage from 1 to 100, without decimals.", "value")
    return int(number)


def _cents(typed: str, field: str) -> int:
    found = cents(typed)
    if found is None or found > 100 * MOST:
        raise Refused("Give an amount in dollars, such as 300 or 1,249.50.", field)
    return found


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None:
        return None
    if not 2000 <= day.year <= 2200:
        raise Refused("Give a day between the years 2000 and 2200.", "valid_until" if days else "valid_from")
    return times.at(day + timedelta(days=days), "00:00", imprint().time_zone)
