"""The terms of an agreement: what the person reads before accepting, and what is sealed.

In the creditor's name and product line. Nothing here gives up a right or replaces the original
contract silently (BR-20): `fairness` sees to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.agreements.fairness import refuse_unfair
from app.offers.queries import StoredOffer
from app.offers.terms import Option
from tenants.resolve import Resolved
from themes import formats
from themes.dress import Brand
from themes.translations import catalogue


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause. `stands_out`: it restricts, so it is set apart (CDC 54 § 4)."""

    heading: str
    text: str
    stands_out: bool = False


def paragraphs(
    brand: Brand, tenant: Resolved, offer: StoredOffer, option: Option, locale: str
) -> list[str]:
    """The clauses as paragraphs, numbered: the very text that an acceptance seals."""
    return numbered(clauses(brand, tenant, offer, option, locale))


def numbered(written: Sequence[Clause]) -> list[str]:
    """Clauses as numbered paragraphs."""
    return [
        f"{number}. {clause.heading}. {clause.text}"
        for number, clause in enumerate(written, start=1)
    ]


def clauses(
    brand: Brand, tenant: Resolved, offer: StoredOffer, option: Option, locale: str
) -> list[Clause]:
    """The clauses of an option, in order. Raises TermsUnfair should one ever break BR-20."""
    writer = _Writer(brand, tenant, offer, option, locale)
    written = [
        writer.what(),
        writer.amounts(),
        writer.payments(),
        *writer.interest(),
        writer.broken(),
        writer.disputed(),
        writer.early(),
        *writer.due_date(),
        writer.contract(),
        writer.receipts(),
        writer.help(),
    ]
    refuse_unfair([clause.text for clause in written])
    return written


@dataclass(frozen=True, slots=True)
class _Writer:
    brand: Brand
    tenant: Resolved
    offer: StoredOffer
    option: Option
    locale: str

    def _say(self, message: str, **values: object) -> str:
        return message % values

    def _(self, message: str) -> str:
        return str(catalogue(self.locale, "documents").gettext(message))

    def _money(self, cents: int) -> str:
        return formats.money(cents, self.tenant.currency, self.locale)

    def what(self) -> Clause:
        """Who agrees with whom on what."""
        return Clause(
            self._("What this is"),
            self._say(
                self._(
                    "%(legal_name)s, CNPJ %(cnpj)s, and you settle the debts for %(product_line)s "
                    "that are listed in this document, under the conditions below."
                ),
                legal_name=self.brand.legal_name,
                cnpj=formats.cnpj(self.brand.cnpj),
                product_line=self.brand.product(self.brand.product_line, self.locale),
            ),
        )

    def amounts(self) -> Clause:
        """What is owed, what is taken off, what is paid."""
        option = self.option
        return Clause(
            self._("Amounts"),
            self._say(
                self._(
                    "Today you owe %(owed)s. The discount is %(discount)s: %(principal)s on the "
                    "original amount and %(charges)s on fine and interest. You pay %(total)s in "
                    "all."
                ),
                owed=self._money(self.offer.total_cents),
                discount=self._money(option.saved_principal_cents + option.saved_charges_cents),
                principal=self._money(option.saved_principal_cents),
                charges=self._money(option.saved_charges_cents),
                total=self._money(option.total_cents),
            ),
        )

    def payments(self) -> Clause:
        """How it is paid."""
        option = self.option
        values = {
            "total": self._money(option.total_cents),
            "down": self._money(option.down_payment_cents),
            "count": option.instalments,
            "each": self._money(option.instalment_cents),
            "last": self._money(option.last_instalment_cents),
            "day": option.due_day,
            "first": formats.day(option.first_due_on, self.locale),
        }
        if option.instalments == 1:
            text = self._("You pay %(total)s at once, by %(first)s.")
        elif option.down_payment_cents:
            text = self._(
                "You pay a down payment of %(down)s by %(first)s and then %(count)s monthly "
                "instalments of %(each)s, the last one of %(last)s, due on day %(day)s. A date "
                "that is no business day in your state moves to the next one at no cost."
            )
        else:
            text = self._(
                "You pay %(count)s monthly instalments of %(each)s, the last one of %(last)s, due "
                "on day %(day)s from %(first)s on. A date that is no business day in your state "
                "moves to the next one at no cost."
            )
        return Clause(self._("Payments"), self._say(text, **values))

    def interest(self) -> list[Clause]:
        """Rate, interest and CET, where there is interest (BR-19; CDC 52)."""
        rate, cost = self.option.monthly_rate, self.option.annual_cost
        if rate is None or cost is None:
            return []
        text = self._(
            "The instalments include interest of %(rate)s a month, %(interest)s in all. The total "
            "effective cost (CET) is %(cost)s a year. Without the interest you would pay %(net)s."
        )
        return [
            Clause(
                self._("Interest and total cost"),
                self._say(
                    text,
                    rate=formats.percent(rate, self.locale, digits=2),
                    interest=self._money(self.option.interest_cents),
                    cost=formats.percent(cost, self.locale, digits=2),
                    net=self._money(self.option.net_cents),
                ),
            )
        ]

    def broken(self) -> Clause:
        """What happens when it is broken."""
        text = self._(
            "Up to %(days)s days after a due date you still pay the same amount, at no extra cost. "
            "After that the agreement ends: the discount no longer holds and the original debts "
            "come back, less everything you have paid, which is deducted in proportion from the "
            "original amount and from fine and interest. You then receive a new offer."
        )
        days = self.offer.typed_limits.plan.grace_days
        return Clause(self._("If a payment is missed"), self._say(text, days=days), True)

    def disputed(self) -> Clause:
        """An open dispute pauses it (BR-11; `agreements.pausing`)."""
        text = self._(
            "If you dispute a debt listed here, report fraud or say that it is already paid, the "
            "agreement rests until you have our answer: in that time nothing falls due and nothing "
            "counts as late."
        )
        return Clause(self._("If you dispute a debt"), text)

    def early(self) -> Clause:
        """The right to pay early (CDC 52 § 2)."""
        text = self._(
            "You may pay early at any time, in whole or in part, with a proportional reduction of "
            "interest (Consumer Protection Code, article 52, paragraph 2)."
        )
        return Clause(self._("Paying early"), text)

    def due_date(self) -> list[Clause]:
        """Changing the due date."""
        plan = self.offer.typed_limits.plan
        if not plan.due_date_changes or self.option.instalments == 1:
            return []
        if self.option.interest_cents:
            text = self._(
                "You may change the due date %(times)s time(s), by up to %(days)s days. Interest "
                "for the days between, at the same monthly rate, is shown before you confirm."
            )
        else:
            text = self._(
                "You may change the due date %(times)s time(s), by up to %(days)s days, at no cost."
            )
        values = {"times": plan.due_date_changes, "days": plan.due_date_change_days}
        return [Clause(self._("Changing the due date"), self._say(text, **values))]

    def contract(self) -> Clause:
        """No novation, no right given up."""
        text = self._(
            "This agreement is no novation: the original contracts stay as they are and end when "
            "everything here is paid. All your rights remain, also the right to question an amount "
            "that was charged before."
        )
        return Clause(self._("The original contracts"), text)

    def receipts(self) -> Clause:
        """Receipt and quitação."""
        text = self._(
            "After each payment you receive a receipt and, after the last one, the letter that "
            "says the debts are settled, within five business days."
        )
        return Clause(self._("Receipts"), text)

    def help(self) -> Clause:
        """Where a person finds a person, and a review of what a machine decided (LGPD 20)."""
        contact = self.brand.contact
        where = " · ".join(
            part for part in (contact.phone and formats.phone(contact.phone), contact.email) if part
        )
        text = self._(
            "The conditions were calculated automatically; you may ask for a person to review "
            "them. %(name)s answers at %(where)s."
        )
        return Clause(self._("Help and review"), self._say(text, name=self.brand.name, where=where))
