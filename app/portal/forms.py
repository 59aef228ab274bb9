"""What people type, forgiven where it can be."""

import re
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, StopValidation, ValidationError

from app.identity import rules
from app.portal.language import later
from tenants.clock import today

LONGEST_TEXT = 2000


def stripped(value: str | None) -> str:
    """What was typed, without blanks around it."""
    return (value or "").strip()


class Needed:
    """Something must be there."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self._message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors[:] = []
            raise StopValidation(self._message)


class IdentifyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The first factor from the home page."""

    document = StringField(
        later("Your CPF or CNPJ"),
        filters=[stripped],
        validators=[Needed(later("Type your CPF: eleven digits."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": "24"},
    )
    normalised = ""

    def validate_document(self, field: Any) -> None:
        found = rules.parse_document(field.data)
        if found is None:
            raise ValidationError(later("This number does not look complete. Check the digits."))
        self.normalised = found


class BirthDateForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The second factor of a message link."""

    birth_date = StringField(
        later("Your date of birth"),
        filters=[stripped],
        validators=[Needed(later("Type the day, the month and the year."))],
        render_kw={"inputmode": "numeric", "autocomplete": "bday", "maxlength": "16"},
    )
    born: date | None = None

    def validate_birth_date(self, field: Any) -> None:
        self.born = rules.parse_birth_date(field.data, today("America/Sao_Paulo"))
        if self.born is None:
            raise ValidationError(
                later("Type the day, the month and the year, like 25/12/1990.")
            )


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The second factor from the home page."""

    code = StringField(
        later("The 6-digit code"),
        filters=[stripped],
        validators=[Needed(later("Type the 6 digits we sent you."))],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"},
    )
    digits = ""

    def validate_code(self, field: Any) -> None:
        found = rules.parse_code(field.data)
        if found is None:
            raise ValidationError(later("The code has 6 digits."))
        self.digits = found


class PlainForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A button alone."""


class DisputeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Why somebody does not recognise an account."""

    reason = RadioField(
        later("What happened?"),
        choices=[
            ("dispute", later("I do not recognise this account")),
            ("paid_claim", later("I have already paid it")),
            ("fraud", later("Somebody used my name")),
        ],
        default="dispute",
        validate_choice=True,
    )
    note = TextAreaField(
        later("Anything you want to add (optional)"),
        filters=[stripped],
        validators=[Length(max=LONGEST_TEXT, message=later("Please keep it shorter."))],
        render_kw={"rows": "3", "maxlength": str(LONGEST_TEXT)},
    )


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """What is wrong in somebody's data."""

    note = TextAreaField(
        later("What should be different?"),
        filters=[stripped],
        validators=[
            Needed(later("Tell us what is wrong and what would be right.")),
            Length(max=LONGEST_TEXT, message=later("Please keep it shorter.")),
        ],
        render_kw={"rows": "4", "maxlength": str(LONGEST_TEXT)},
    )


class VerifyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Is it really from the creditor?"""

    what = StringField(
        later("Code, Pix, boleto, phone, e-mail or site"),
        filters=[stripped],
        validators=[
            Needed(later("Type or paste what you received.")),
            Length(max=LONGEST_TEXT, message=later("Please keep it shorter.")),
        ],
        render_kw={"autocomplete": "off", "maxlength": str(LONGEST_TEXT)},
    )


class PreferencesForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """How somebody wants to be written to."""

    channel = RadioField(
        later("How should we write to you?"),
        choices=[
            ("", later("No preference")),
            ("email", later("E-mail")),
            ("sms", later("SMS")),
        ],
        default="",
    )
    hour = SelectField(
        later("At what time of day?"),
        choices=[
            ("", later("Any time in office hours")),
            ("8", later("Morning, from 8")),
            ("12", later("Around noon")),
            ("18", later("After work, from 18")),
        ],
        default="",
    )
    no_email = BooleanField(later("No e-mails about my accounts"))
    no_sms = BooleanField(later("No SMS about my accounts"))


class AcceptForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Accepting: the key makes a double submit one agreement."""

    acceptance_key = HiddenField()
    choice = HiddenField()


def parse_cents(text: str) -> int | None:
    """An amount as it is typed, in cents: "1.234,56", "1234.56", "R$ 50". None if it is none."""
    plain = re.sub(r"[^\d.,]", "", text)
    if not re.search(r"\d", plain):
        return None
    last = max(plain.rfind(","), plain.rfind("."))
    decimals = plain[last + 1 :] if last >= 0 else ""
    if last < 0 or len(decimals) == 3 or len(decimals) > 3:
        whole, decimals = re.sub(r"[.,]", "", plain), ""
    else:
        whole = re.sub(r"[.,]", "", plain[:last])
    if len(whole) > 12:
        return None
    return int(whole or "0") * 100 + int((decimals + "00")[:2])
