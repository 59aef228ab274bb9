"""What would be agreed, what was, and how far it has come."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.agreements.pausing import Pause
from app.offers.due_dates import first_due_day, monthly, next_business_day
from app.payments.models import Receipt
from app.payments.queries import GoneBack
from app.portal.agreed import Agreed, Preview, Row
from app.portal.language import current, gettext, ngettext
from app.portal.plan_forms import AcceptForm, DueDateForm
from app.portal.samples.accounts import account
from app.portal.samples.cast import (
    AGREEMENT,
    INSTALMENT,
    NOW,
    PERSON,
    RECEIPT,
    TODAY,
    State,
    filled,
    plain,
    untouched,
)
from themes import formats

METHODS = ["pix", "boleto", "card"]
DUE_DAY = 10
TERMS = {
    "pt_BR": (
        (
            "1. O que muda",
            "Este acordo substitui a forma de pagamento das contas citadas, sem criar outra conta.",
            False,
        ),
        (
            "2. Em dia",
            "Pagando cada parcela até a data, nada mais é cobrado sobre as contas deste acordo.",
            False,
        ),
        (
            "3. Se uma parcela ficar sem pagamento",
            "Depois de 15 dias o acordo se encerra, e o que foi pago é abatido do que havia.",
            True,
        ),
    ),
    "en": (
        (
            "1. What changes",
            "This agreement replaces how the accounts named are paid; it makes no new one.",
            False,
        ),
        (
            "2. On time",
            "While each instalment is paid by its date, nothing else is charged on them.",
            False,
        ),
        (
            "3. If an instalment stays unpaid",
            "After 15 days the agreement ends, and what was paid is taken off what was open.",
            True,
        ),
    ),
}


def _rows(accepted: date = TODAY, paid: int = 0, *, late: bool = False, down: int = 0) -> list[Row]:
    first = first_due_day(accepted, DUE_DAY, first_instalment_days=10, bears_interest=False)
    days = monthly(first, 6, PERSON.uf)
    amounts = [22_143] * 5 + [22_145]
    rows = list(zip(range(1, 7), days, amounts, strict=True))
    if down:
        rows.insert(0, (0, accepted + timedelta(days=2), down))
    return [
        (n, day, cents, _state(place, paid, late)) for place, (n, day, cents) in enumerate(rows)
    ]


def _state(place: int, paid: int, late: bool) -> str:
    if place < paid:
        return "paid"
    return "late" if late and place == paid else "open"


def _preview(*, once: bool = False, interest: bool = False, has_changed: bool = False) -> State:
    def state() -> dict[str, object]:
        rows: list[Row] = [(1, TODAY + timedelta(days=2), 110_719, "open")] if once else _rows()
        preview = Preview(
            title=gettext("All at once")
            if once
            else ngettext("In %(num)s instalment", "In %(num)s instalments", 6),
            accounts=[(account().product, account().contract)],
            owed_cents=184_532,
            total_cents=sum(row[2] for row in rows),
            saved_cents=73_813 if once else 51_672,
            today_cents=rows[0][2],
            first_due_on=rows[0][1],
            rows=rows,
            interest_cents=9_402 if interest else 0,
            monthly_rate=0.0149 if interest else None,
            annual_cost=0.1942 if interest else None,
            due_days=() if once else (5, 10, 15, 20),
            due_day=None if once else 10,
            terms=list(TERMS[current()]),
            choice={} if once else {"times": "6", "down": "97,50", "day": "10"},
        )
        form = untouched(AcceptForm, acceptance_key="sample")
        choice = {"option": "cash" if once else "instalments"}
        told = {"form": form, "choice": choice, "preview": preview, "option": None}
        return {**told, "has_changed": has_changed}

    return state


def _receipt(kind: str = "receipt", number: str = "R-2026-000417") -> Receipt:
    return Receipt(
        id=RECEIPT if kind == "receipt" else uuid.UUID(int=61),
        number=number,
        kind=kind,
        agreement_id=AGREEMENT,
        amount_cents=22_143 if kind == "receipt" else 132_860,
        issued_at=NOW,
    )


def agreement(state: str, paid: int = 0, *, late: bool = False, down: int = 0) -> Agreed:
    """An agreement of six instalments with so many paid."""
    accepted_at = _began(paid + (2 if state == "broken" else late))
    rows = _rows(accepted_at.date(), paid, late=late, down=down)
    if state in ("broken", "cancelled"):
        rows = rows[:paid] + [(n, day, cents, "cancelled") for n, day, cents, _ in rows[paid:]]
    following = rows[paid] if state == "open" and paid < len(rows) else None
    receipts = [_receipt()] if paid else []
    if state == "settled":
        receipts.append(_receipt("quitacao", "Q-2026-000052"))
    return Agreed(
        id=AGREEMENT,
        number="A-2026-000123",
        state=state,
        accepted_at=accepted_at,
        total_cents=sum(row[2] for row in rows),
        saved_cents=51_672,
        paid_cents=sum(row[2] for row in rows[:paid]),
        rows=rows,
        instalment_ids=[INSTALMENT] * len(rows),
        next_id=INSTALMENT if following else None,
        next_number=following[0] if following else None,
        next_cents=following[2] if following else 0,
        next_due_on=following[1] if following else None,
        can_pay_off=state == "open",
        receipts=receipts,
        after_the_end_cents=5_000 if state == "broken" else 0,
    )


def _began(months: int) -> datetime:
    """When it was accepted, for so many payments to lie behind it today."""
    return NOW.replace(month=NOW.month - months, day=20) if months else NOW


def _agreed(state: str, paid: int = 0, *, late: bool = False, down: int = 0) -> State:
    shown = agreement(state, paid, late=late, down=down)
    return plain(agreement=shown, methods=METHODS, can_move=state == "open" and not down)


def _paused(*, is_personal: bool) -> State:
    def state() -> dict[str, object]:
        pause = Pause(NOW - timedelta(days=3), is_personal)
        rests = replace(agreement("open", 2), pause=pause, can_pay_off=False)
        return {"agreement": rests, "methods": METHODS, "can_move": False}

    return state


def _gone_back() -> dict[str, object]:
    shown = agreement("open", 2)
    back = GoneBack(22_143, NOW - timedelta(hours=3))
    receipt = _receipt()
    receipt.returned_cents, receipt.returned_at = 22_143, back.at
    again = replace(shown, back=back, receipts=[receipt])
    return {"agreement": again, "methods": METHODS, "can_move": True}


def _several() -> dict[str, object]:
    others = [
        replace(agreement("settled", 6), id=uuid.UUID(int=21), number="A-2025-000078"),
        replace(agreement("broken", 2), id=uuid.UUID(int=22), number="A-2025-000011"),
    ]
    rests = replace(
        agreement("open", 1),
        id=uuid.UUID(int=23),
        number="A-2026-000099",
        pause=Pause(NOW - timedelta(days=3), False),
    )
    return {"agreements": [agreement("open", 2), rests, *others]}


def _due_date(*days: int, **typed: str) -> State:
    def state() -> dict[str, object]:
        allowed = [next_business_day(date(2026, 12, day), PERSON.uf) for day in days]
        choices = [(day.isoformat(), formats.weekday(day, current())) for day in allowed]
        lists = {"due_on": choices}
        form = filled(DueDateForm, typed, lists) if typed else untouched(DueDateForm, lists)
        return {"form": form, "allowed": allowed, "agreement_id": AGREEMENT}

    return state


@dataclass(frozen=True)
class _Quote:
    total_cents: int
    saved_cents: int
    valid_on: date = TODAY


def _letter(kind: str, returned_cents: int = 0) -> State:
    receipt = _receipt(kind, "Q-2026-000052" if kind == "quitacao" else "R-2026-000417")
    if returned_cents:
        receipt.returned_cents, receipt.returned_at = returned_cents, NOW
    return plain(
        receipt=receipt,
        amount_cents=receipt.amount_cents,
        agreement=agreement("settled" if kind == "quitacao" else "open", 6),
        person=PERSON,
    )


STATES: dict[str, dict[str, State]] = {
    "review": {
        "instalments": _preview(),
        "with_interest": _preview(interest=True),
        "at_once": _preview(once=True),
        "changed_since": _preview(has_changed=True),
    },
    "agreement": {
        "new": _agreed("open"),
        "new_with_down_payment": _agreed("open", down=20_000),
        "under_way": _agreed("open", 2),
        "late": _agreed("open", 2, late=True),
        "settled": _agreed("settled", 6),
        "broken": _agreed("broken", 2, late=True),
        "cancelled": _agreed("cancelled"),
        "cancelled_after_payments": _agreed("cancelled", 2),
        "paused": _paused(is_personal=False),
        "paused_for_the_person": _paused(is_personal=True),
        "payment_returned": _gone_back,
        "payment_resting": lambda: {
            "agreement": agreement("open", 2),
            "methods": [],
            "can_move": True,
        },
    },
    "agreements": {"several": _several, "none": plain(agreements=[])},
    "due_date": {
        "open": _due_date(15, 20, 25),
        "not_chosen": _due_date(15, 20, 25, due_on=""),
        "closed": _due_date(),
    },
    "payoff": {
        "saving": plain(agreement_id=AGREEMENT, quote=_Quote(88_574, 3_120), methods=METHODS),
        "same": plain(agreement_id=AGREEMENT, quote=_Quote(88_574, 0), methods=["pix"]),
    },
    "receipt": {
        "receipt": _letter("receipt"),
        "receipt_returned": _letter("receipt", 22_143),
        "receipt_returned_in_part": _letter("receipt", 9_000),
        "quitacao": _letter("quitacao"),
        "quitacao_no_longer_valid": _letter("quitacao", 22_143),
    },
}
