"""What people type, forgiven where it can be."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # newer than its stubs
    SelectChoice,
)
from wtforms.validators import Length, StopValidation, ValidationError

from app.identity import rules
from app.portal.language import N_, gettext, ngettext
from app.portal.language import later as _
from tenants.clock import today

LONGEST_TEXT = 2000


def stripped(value: object) -> str:
    """What was typed, without blanks around it and without NULs, which no text column takes.

    A file that was sent in place of a text is nothing.
    """
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


class Needed:
    """Something must be there."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self._message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors[:] = []
            raise StopValidation(self._message)


class _Words:
    """wtforms' own messages, from our catalogue."""

    gettext = staticmethod(gettext)
    ngettext = staticmethod(ngettext)


OWN_MESSAGES = (N_("Not a valid choice."), N_("Choices cannot be None."))


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form that speaks the reader's language, wtforms' own messages included."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf has no types
        def get_translations(self, _form: Any) -> type[_Words]:
            """What wtforms looks its messages up in."""
            return _Words

    @property
    def status(self) -> int:
        """Of the page that shows it: 422 where it was sent and is not as it should be."""
        return 422 if self.is_submitted() else 200


class IdentifyForm(Form):
    """The first factor from the home page."""

    document = StringField(
        _("Your CPF or CNPJ"),
        filters=[stripped],
        validators=[Needed(_("Type your CPF: eleven digits."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": "24"},
    )
    normalised = ""

    def validate_document(self, field: Any) -> None:
        found = rules.parse_document(field.data)
        if found is None:
            raise ValidationError(_("This number does not look complete. Check the digits."))
        self.normalised = found


class BirthDateForm(Form):
    """The second factor of a message link."""

    birth_date = StringField(
        _("Your date of birth"),
        filters=[stripped],
        validators=[Needed(_("Type the day, the month and the year."))],
        render_kw={"inputmode": "numeric", "autocomplete": "bday", "maxlength": "16"},
    )
    born: date | None = None

    def validate_birth_date(self, field: Any) -> None:
        self.born = rules.parse_birth_date(field.data, today("America/Sao_Paulo"))
        if self.born is None:
            raise ValidationError(_("Type the day, the month and the year, like 25/12/1990."))


class CodeForm(Form):
    """The second factor from the home page."""

    code = StringField(
        _("The 6-digit code"),
        filters=[stripped],
        validators=[Needed(_("Type the 6 digits we sent you."))],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"},
    )
    digits = ""

    def validate_code(self, field: Any) -> None:
        found = rules.parse_code(field.data)
        if found is None:
            raise ValidationError(_("The code has 6 digits."))
        self.digits = found


class PlainForm(Form):
    """A button alone."""


class DisputeForm(Form):
    """Why somebody does not recognise an account."""

    reason = RadioField(
        _("What happened?"),
        choices=[
            SelectChoice("dispute", _("I do not recognise this account")),
            SelectChoice("paid_claim", _("I have already paid it")),
            SelectChoice("fraud", _("Somebody used my name")),
        ],
        default="dispute",
        validate_choice=True,
    )
    note = TextAreaField(
        _("Anything you want to add (optional)"),
        filters=[stripped],
        validators=[Length(max=LONGEST_TEXT, message=_("Please keep it shorter."))],
        render_kw={"rows": "3", "maxlength": str(LONGEST_TEXT)},
    )


class CorrectionForm(Form):
    """What is wrong in somebody's data."""

    note = TextAreaField(
        _("What should be different?"),
        filters=[stripped],
        validators=[
            Needed(_("Tell us what is wrong and what would be right.")),
            Length(max=LONGEST_TEXT, message=_("Please keep it shorter.")),
        ],
        render_kw={"rows": "4", "maxlength": str(LONGEST_TEXT)},
    )


class VerifyForm(Form):
    """Is it really from the creditor?"""

    what = StringField(
        _("Code, Pix, boleto, phone, e-mail or site"),
        filters=[stripped],
        validators=[
            Needed(_("Type or paste what you received.")),
            Length(max=LONGEST_TEXT, message=_("Please keep it shorter.")),
        ],
        render_kw={"autocomplete": "off", "maxlength": str(LONGEST_TEXT)},
    )


class PreferencesForm(Form):
    """How somebody wants to be written to."""

    channel = RadioField(
        _("How should we write to you?"),
        choices=[
            SelectChoice("", _("No preference")),
            SelectChoice("email", _("E-mail")),
            SelectChoice("sms", _("SMS")),
        ],
        default="",
    )
    hour = SelectField(
        _("At what time of day?"),
        choices=[
            SelectChoice("", _("Any time in office hours")),
            SelectChoice("8", _("Morning, from 8")),
            SelectChoice("12", _("Around noon")),
            SelectChoice("18", _("After work, from 18")),
        ],
        default="",
    )
    no_email = BooleanField(_("No e-mails about my accounts"))
    no_sms = BooleanField(_("No SMS about my accounts"))
