"""Forms of a plan and its payments."""

import re
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # newer than its stubs
    SelectChoice,
)
from wtforms.validators import ValidationError

from app.agreements.actions import DateChange
from app.offers.rules import Option
from app.offers.terms import Limits
from app.payments.payer import Payer
from app.portal.amounts import parse_cents, typed_amount
from app.portal.choices import Choice
from app.portal.forms import Form, Needed, stripped
from app.portal.language import current, gettext
from app.portal.language import later as _
from themes import formats

STATES = (
    *("AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA"),
    *("PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"),
)


def _amount(label: Any, **more: str) -> StringField:
    return StringField(
        label,
        filters=[stripped],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": "15", **more},
    )


class _PlanForm(Form):
    times = SelectField(_("Number of instalments"), coerce=int, validate_choice=False)
    day = SelectField(_("Day of the month"), coerce=int, validate_choice=False)

    def offer_choices(self, limits: Limits) -> None:
        """Let the controls hold what the offer's limits allow."""
        self.times.choices = [SelectChoice(n, f"{n}×") for n in range(1, limits.plan.longest + 1)]
        self.day.choices = [SelectChoice(day, str(day)) for day in limits.plan.due_days]


POINTS = {"pt_BR": ",", "en": "."}


class SimulatorForm(_PlanForm):
    """The sentence: a down payment, so many instalments, every day such."""

    down = _amount(_("Down payment"))
    budget = _amount(_("What fits in your month"))

    class Meta(Form.Meta):
        csrf = False  # it only asks

    @classmethod
    def of(
        cls, limits: Limits, option: Option, asked: Choice, typed_budget: str = ""
    ) -> "SimulatorForm":
        """The form showing what was answered, so that the sentence is always true.

        A budget that is no amount stays as it was typed, with what to do beside it.
        """
        point, budget = POINTS[current()], asked.budget_cents
        form = cls(
            formdata=None,
            down=typed_amount(option.down_payment_cents, point),
            budget=stripped(typed_budget) if budget is None else typed_amount(budget, point),
            times=option.instalments,
            day=option.due_day,
        )
        form.offer_choices(limits)
        if form.budget.data and budget is None:
            form.budget.errors = [gettext("Type an amount, like 150,00.")]
        return form


class FitsForm(Form):
    """What somebody's month allows, by their own word."""

    budget = _amount(_("What you can pay each month"))
    income = _amount(_("What you receive in a month"))
    keep = BooleanField(_("Keep these amounts for the next proposals"))

    def validate_budget(self, field: Any) -> None:
        if not parse_cents(field.data or ""):
            raise ValidationError(_("Type an amount, like 150,00."))

    def validate_income(self, field: Any) -> None:
        if field.data and parse_cents(field.data) is None:
            raise ValidationError(_("Type an amount, like 1.800,00, or leave it empty."))

    @property
    def budget_cents(self) -> int:
        """What fits, once the form is valid."""
        return parse_cents(self.budget.data or "") or 0

    @property
    def income_cents(self) -> int | None:
        """The income, once the form is valid; None where it was not told."""
        return parse_cents(self.income.data or "")


class CounterForm(_PlanForm):
    """The person's own proposal."""

    down = _amount(_("Down payment"))
    amount = _amount(_("Each instalment"))

    @classmethod
    def of(cls, limits: Limits, proposed: Option | None) -> "CounterForm":
        """The form with the choices that the limits allow, beginning at what was proposed."""
        start: dict[str, Any] = {}
        if proposed:
            start = {"times": proposed.instalments, "day": proposed.due_day}
            if proposed.down_payment_cents:
                start["down"] = typed_amount(proposed.down_payment_cents, POINTS[current()])
        form = cls(**start)
        form.offer_choices(limits)
        return form

    def validate_amount(self, field: Any) -> None:
        if not parse_cents(field.data or ""):
            raise ValidationError(_("Type an amount, like 150,00."))

    def validate_down(self, field: Any) -> None:
        if field.data and parse_cents(field.data) is None:
            raise ValidationError(_("Type an amount, like 150,00, or leave it empty."))


class DueDateForm(Form):
    """Another day for an instalment."""

    due_on = RadioField(_("Which day is better?"), validate_choice=True)

    @classmethod
    def of(cls, changes: list[DateChange]) -> "DueDateForm":
        """The form with the days that are allowed, and what each of them adds."""
        form = cls()
        form.due_on.choices = [
            SelectChoice(change.due_on.isoformat(), _day_and_cost(change)) for change in changes
        ]
        return form

    @property
    def chosen(self) -> date:
        """The day, once the form is valid."""
        return date.fromisoformat(self.due_on.data)


def _day_and_cost(change: DateChange) -> str:
    day = formats.weekday(change.due_on, current())
    if not change.interest_cents:
        return day
    more = formats.money(change.interest_cents, locale=current())
    return gettext("%(day)s (plus %(amount)s of interest)", day=day, amount=more)


class PayerForm(Form):
    """What a boleto must name and the creditor's file did not bring."""

    email = StringField(
        _("Your e-mail"),
        filters=[stripped],
        validators=[Needed(_("Type your e-mail, like name@example.com."))],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": "200"},
    )
    line1 = StringField(
        _("Street and number"),
        filters=[stripped],
        validators=[Needed(_("Type the street and the number."))],
        render_kw={"autocomplete": "address-line1", "maxlength": "120"},
    )
    city = StringField(
        _("City"),
        filters=[stripped],
        validators=[Needed(_("Type the city."))],
        render_kw={"autocomplete": "address-level2", "maxlength": "80"},
    )
    state = SelectField(
        _("State"),
        choices=[SelectChoice("", _("Choose")), *(SelectChoice(uf, uf) for uf in STATES)],
        validators=[Needed(_("Choose the state."))],
    )
    postal_code = StringField(
        _("Postal code (CEP)"),
        filters=[stripped],
        validators=[Needed(_("Type the 8 digits of the CEP."))],
        render_kw={"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": "9"},
    )

    def validate_email(self, field: Any) -> None:
        try:
            validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(_("Type your e-mail, like name@example.com.")) from None

    def validate_postal_code(self, field: Any) -> None:
        if len(re.sub(r"\D", "", field.data)) != 8:
            raise ValidationError(_("Type the 8 digits of the CEP."))

    def payer(self) -> Payer:
        """What was typed, as far as it was."""
        return Payer(
            email=self.email.data or "",
            line1=self.line1.data or "",
            city=self.city.data or "",
            state=self.state.data if self.line1.data else "",
            postal_code=re.sub(r"\D", "", self.postal_code.data or ""),
        )


class AcceptForm(Form):
    """Accepting: the key makes a double submit one agreement."""

    acceptance_key = HiddenField(filters=[stripped])
    read = HiddenField(filters=[stripped])
    """What was read: a plan that became another one meanwhile is shown again."""
    choice = HiddenField()
