"""The agreement as a PDF: made from the sealed contents, once, and kept sealed."""

import json
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.contents import Contents, Item
from app.agreements.models import Agreement
from tenants import files
from tenants.keys import vault
from tenants.models import StoredFile
from tenants.resolve import Resolved
from themes import brands, formats
from themes.dress import Brand
from themes.models import BrandAsset
from themes.paper import Contract
from themes.translations import catalogue


def contents_of(session: Session, agreement: Agreement) -> Contents:
    """What was accepted, opened. Raises keys.Unreadable."""
    return Contents.from_bytes(vault(session).unseal(agreement.terms, "terms"))


def evidence_of(session: Session, agreement: Agreement) -> dict[str, Any]:
    """How it was accepted, opened: time, address, agent, hash, offer, option."""
    opened: dict[str, Any] = json.loads(vault(session).text(agreement.evidence, "evidence"))
    return opened


def agreement_file(
    session: Session, tenant: Resolved, agreement_id: uuid.UUID
) -> tuple[StoredFile, bytes]:
    """The PDF of an agreement, made now if it does not exist yet. Raises LookupError."""
    agreement = session.scalar(
        select(Agreement).where(Agreement.id == agreement_id).with_for_update()
    )
    if agreement is None:
        raise LookupError("no such agreement")
    if agreement.file_id is not None:
        return files.read(session, agreement.file_id)
    brand = brands.load(session, agreement.brand_version_id)
    content = render(
        brand,
        contents_of(session, agreement),
        evidence_of(session, agreement),
        agreement,
        time_zone=tenant.time_zone,
        logo=_logo(session, brand),
    )
    stored = files.save(
        session, name=f"{agreement.number}.pdf", content_type="application/pdf", content=content
    )
    agreement.file_id = stored.id
    session.flush()
    return stored, content


def render(
    brand: Brand,
    contents: Contents,
    evidence: dict[str, Any],
    agreement: Agreement,
    *,
    time_zone: str,
    logo: bytes | None = None,
) -> bytes:
    """The PDF of these contents, in the language in which they were accepted."""
    return _Print(brand, contents, evidence, agreement, time_zone, logo).to_bytes()


class _Print:
    def __init__(
        self,
        brand: Brand,
        contents: Contents,
        evidence: dict[str, Any],
        agreement: Agreement,
        time_zone: str,
        logo: bytes | None,
    ) -> None:
        self.brand, self.contents, self.evidence = brand, contents, evidence
        self.agreement, self.time_zone = agreement, time_zone
        self.locale, self.currency = agreement.locale, agreement.currency
        self._ = catalogue(self.locale, "documents").gettext
        title = self._("Agreement %(number)s") % {"number": contents.number}
        self.sheet = Contract(brand, locale=self.locale, title=title, logo=logo)

    def to_bytes(self) -> bytes:
        """Parties, debts, amounts, schedule, clauses, evidence, in this order."""
        self._parties()
        for item in self.contents.items:
            self._debt(item)
        self._amounts()
        self._schedule()
        self._clauses()
        self._evidence()
        return self.sheet.to_bytes()

    def _money(self, cents: int) -> str:
        return formats.money(cents, self.currency, self.locale)

    def _parties(self) -> None:
        """The creditor block (CDC 42-A) and the person."""
        brand, contents = self.brand, self.contents
        self.sheet.rows(
            [
                (self._("Creditor"), brand.legal_name),
                ("CNPJ", formats.cnpj(brand.cnpj)),
                (self._("Address"), brand.address),
                (self._("Customer"), formats.full_name(contents.name, self.locale)),
                (self._("Document"), _document(contents.document)),
            ]
        )

    def _debt(self, item: Item) -> None:
        """One debt, every part of it shown, also what is not charged (BR-15)."""
        self.sheet.heading(
            self._("%(product)s, contract %(contract)s")
            % {"product": item.product, "contract": item.contract}
        )
        rows = [
            (self._("Original amount"), item.principal_cents),
            (self._("Fine"), item.fine_cents),
            (self._("Interest on arrears"), item.interest_cents),
            (self._("Monetary correction"), item.index_cents),
            (self._("Fees, costs and lawyers' fees"), 0),
            (self._("Owed today"), item.owed_cents),
        ]
        origin = [(self._("Origin"), item.origin)] if item.origin else []
        self.sheet.rows([*origin, *((label, self._money(cents)) for label, cents in rows)])

    def _amounts(self) -> None:
        contents = self.contents
        self.sheet.heading(self._("What you pay"))
        rows = [
            (self._("Owed today"), self._money(contents.owed_cents)),
            (
                self._("Discount on the original amount"),
                self._money(contents.saved_principal_cents),
            ),
            (self._("Discount on charges"), self._money(contents.saved_charges_cents)),
        ]
        if contents.interest_cents and contents.monthly_rate and contents.annual_cost:
            rows += [
                (self._("Interest of the instalments"), self._money(contents.interest_cents)),
                (self._("Interest rate a month"), self._percent(contents.monthly_rate)),
                (self._("Total effective cost (CET) a year"), self._percent(contents.annual_cost)),
            ]
        self.sheet.rows(
            [*rows, (self._("Total of this agreement"), self._money(contents.total_cents))]
        )

    def _percent(self, fraction: str) -> str:
        return formats.percent(float(fraction), self.locale, digits=2)

    def _schedule(self) -> None:
        self.sheet.heading(self._("Payments"))
        has_interest = self.contents.interest_cents > 0
        head = [self._("No."), self._("Due on")]
        head += [self._("Principal"), self._("Interest")] if has_interest else []
        lines = []
        for row in self.contents.rows:
            number = str(row.number) if row.number else self._("Down payment")
            parts = [self._money(row.principal_cents), self._money(row.interest_cents)]
            lines.append(
                [
                    number,
                    formats.day(row.due_on, self.locale),
                    *(parts if has_interest else []),
                    self._money(row.amount_cents),
                ]
            )
        self.sheet.grid([*head, self._("Amount")], lines)

    def _clauses(self) -> None:
        self.sheet.heading(self._("Conditions"))
        for text, clause in zip(self.contents.paragraphs, self.contents.clauses, strict=True):
            if clause.stands_out:  # it restricts (CDC 54 § 4)
                self.sheet.mark(text)
            else:
                self.sheet.paragraph(text)

    def _evidence(self) -> None:
        """How it was accepted; the hash is of the contents above, in their canonical form."""
        told, agreement = self.evidence, self.agreement
        self.sheet.heading(self._("How it was accepted"))
        self.sheet.rows(
            [
                (
                    self._("Accepted on"),
                    formats.moment(agreement.accepted_at, self.time_zone, self.locale),
                ),
                (self._("Internet address"), told["ip"]),
                (self._("Device"), told["user_agent"]),
                (self._("Offer"), told["offer_id"]),
                (self._("Fingerprint of the contents (SHA-256)"), told["document_sha256"]),
            ]
        )


def _document(text: str) -> str:
    return f"CPF {formats.cpf(text)}" if len(text) == 11 else f"CNPJ {formats.cnpj(text)}"


def _logo(session: Session, brand: Brand) -> bytes | None:
    if "logo_light" not in brand.assets:
        return None
    return session.scalar(
        select(BrandAsset.content).where(
            BrandAsset.brand_version_id == brand.version_id, BrandAsset.role == "logo_light"
        )
    )
