"""What is typed about an employer's seats: by staff, by the employer's contact, by who claims one."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from app.accounts.forms import ADDRESS, strip, time_zones
from app.admissions.forms import clean, one_line
from app.lib.forms import Form, whole_number
from app.payments.forms import A_DAY, DayField
from app.payments.staff_rules import read_cents

A_PRICE = "Enter what one seat costs, such as 2400 or 2400.50."
A_NUMBER = "Enter a number of seats, such as 3."
LONGEST = "Please use at most %(max)d characters."


def _is_price(_form: Form, field: Field) -> None:
    if read_cents(field.data or "") is None:
        raise ValidationError(A_PRICE)


def _is_number(_form: Form, field: Field) -> None:
    if whole_number(field.data or "") < 1:
        raise ValidationError(A_NUMBER)


class PurchaseForm(Form):
    """What an employer buys: staff open it."""

    employer = StringField(
        "Name of the employer",
        [DataRequired("Enter the name of the employer."), Length(max=160, message=LONGEST)],
        filters=[one_line],
        description="It stands on receipts, and people read it as who has paid for them.",
    )
    contact_name = StringField(
        "Name of the contact",
        [DataRequired("Enter who looks after these seats."), Length(max=120, message=LONGEST)],
        filters=[one_line],
    )
    contact_email = EmailField(
        "Email of the contact",
        ADDRESS,
        filters=[strip],
        description="A private link to the page of these seats goes there. It needs no account.",
    )
    seats = StringField("Seats", [DataRequired(A_NUMBER), _is_number], filters=[strip])
    price = StringField("Price of one seat", [DataRequired(A_PRICE), _is_price], filters=[strip])
    pays_by = RadioField(  # type: ignore[call-arg]
        "How it is paid",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("link", "By card or bank account, on the page of the link"),
            SelectChoice("by hand", "By paper check or bank transfer, which you enter"),
        ],
        invalid_choice_message="Choose one.",
    )
    pay_until = DayField(
        "Held unpaid until the end of", [DataRequired(A_DAY)], description="Then the seats go to others."
    )
    claim_until = DayField("Last day to claim a seat", [DataRequired(A_DAY)])
    why_over = StringField(
        "Reason to overbook",
        [Length(max=500, message=LONGEST)],
        filters=[one_line],
        description="Leave it empty unless there are not enough free seats and these are given all the same.",
    )

    @property
    def number(self) -> int:
        return whole_number(self.seats.data or "")

    @property
    def cents(self) -> int:
        """The price of one seat, once the form is valid."""
        return read_cents(self.price.data or "") or 0


class ExtendForm(Form):
    claim_until = DayField("Last day to claim a seat", [DataRequired(A_DAY)])


class PayForm(Form):
    agree = BooleanField("agree", [DataRequired("Please tick this box, so that we know you have read it.")])


class InviteForm(Form):
    people = TextAreaField(
        "Email addresses",
        [DataRequired("Enter at least one email address.")],
        filters=[clean],
        description="One in each line. You can paste a list.",
    )


class AccountForm(Form):
    """Who is invited and has no account here. The address is known: it is where the invitation went."""

    name = StringField(
        "Your name",
        [DataRequired("Please enter your name."), Length(max=120, message=LONGEST)],
        filters=[one_line],
    )
    # The stubs of WTForms are older than the library: they know neither plain strings as choices nor the message.
    time_zone = SelectField(  # type: ignore[call-arg]
        "Your time zone", choices=time_zones, invalid_choice_message="Please choose from the list."
    )


class ClaimForm(Form):
    practice_name = StringField(
        "Name of your practice", [Length(max=160, message=LONGEST)], filters=[one_line]
    )
    agree = BooleanField("agree", [DataRequired("Please tick this box, so that we know you have read it.")])
