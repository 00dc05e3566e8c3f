from __future__ import annotations

from zoneinfo import available_timezones

from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length

from app.lib.forms import Form

ADDRESS = [
    DataRequired("Please enter your email address."),
    Length(max=254, message="That address is too long."),
    # Before the @ only ASCII: mail servers without SMTPUTF8, and that is most, could not be told the address.
    Email("That does not look like an email address. Is there an @ and a dot?", allow_smtputf8=False),
]


def strip(typed: str | None) -> str:
    """Phones like to add a space after an address."""
    return (typed or "").strip()


def time_zones() -> list[tuple[str, str]]:
    """The zones people choose from: places, not the historical abbreviations."""
    areas = ("America/", "Europe/", "Australia/", "Asia/", "Africa/", "Pacific/", "Atlantic/", "Indian/")
    names = ["UTC", *sorted(name for name in available_timezones() if name.startswith(areas))]
    return [(name, name) for name in names]


class SignInForm(Form):
    email = EmailField("Email", ADDRESS, filters=[strip])
    password = PasswordField(
        "Password", [DataRequired("Please enter your password, or ask for a link instead.")]
    )


class AddressForm(Form):
    email = EmailField("Email", ADDRESS, filters=[strip])


class NewPasswordForm(Form):
    password = PasswordField("New password", [DataRequired("Please enter a password.")])


class ChangePasswordForm(Form):
    current = PasswordField("Current password")
    password = PasswordField("New password", [DataRequired("Please enter a new password.")])


class ProfileForm(Form):
    name = StringField("Name", [DataRequired("Please enter your name.")])
    time_zone = SelectField("Time zone", choices=time_zones)


class CodeForm(Form):
    code = StringField(
        "Code", [DataRequired("Please type the code."), Length(max=60, message="That is too long.")]
    )


class SetUpForm(CodeForm):
    current = PasswordField("Your password")


class RecoveryForm(Form):
    recovery_code = StringField(
        "Recovery code",
        [DataRequired("Please type one of your codes."), Length(max=60, message="That is too long.")],
    )
