"""Paying, and what became of it."""

from dataclasses import replace
from datetime import timedelta

from flask import g

from app.payments.queries import GoneBack
from app.portal.paying import Paying, qr_of
from app.portal.plan_forms import PayerForm
from app.portal.samples.cast import (
    AGREEMENT,
    INSTALMENT,
    NOW,
    PAYMENT,
    RECEIPT,
    State,
    filled,
    plain,
    untouched,
)

PIX = (
    "00020101021226880014br.gov.bcb.pix2566pix.example.com/qr/v2/9d36b84f-c70b-478f-b95c-12729b90ca25"
    "5204000053039865406221.435802BR5912CREDOR TESTE6009SAO PAULO62070503***6304A9F1"
)
LINE = "00190.50095 40144.816069 06809.350314 3 37370000022143"


def _paying(method: str, state: str = "pending", **more: object) -> State:
    def made() -> dict[str, object]:
        waiting = state in ("created", "pending")
        payment = Paying(
            id=PAYMENT,
            agreement_id=AGREEMENT,
            instalment_id=INSTALMENT,
            method=method,
            state=state,
            amount_cents=22_143,
            received_cents=22_143 if state == "paid" else 0,
            expires_at=NOW + timedelta(hours=24) if waiting else None,
            pix_code=PIX if method == "pix" and waiting else None,
            qr=qr_of(PIX) if method == "pix" and waiting else None,
            boleto_line=LINE if method == "boleto" and waiting else None,
            hosted_url="https://payments.example/sample" if method != "pix" else None,
            verification_code="K7M2-4QXT",
            beneficiary=g.brand.legal_name,
            beneficiary_cnpj=g.brand.cnpj,
            receipt_id=RECEIPT if state == "paid" else None,
            quitacao_id=None,
        )
        return {"payment": replace(payment, **more), "twin_banner": bool(more.get("twin_url"))}  # type: ignore[arg-type]  # fields of Paying

    return made


def _payer(**typed: str) -> State:
    def made() -> dict[str, object]:
        form = filled(PayerForm, typed) if typed else untouched(PayerForm)
        return {
            "form": form,
            "agreement_id": AGREEMENT,
            "method": "boleto",
            "instalment": INSTALMENT,
        }

    return made


STATES: dict[str, dict[str, State]] = {
    "payment": {
        "pix": _paying("pix"),
        "pix_simulated": _paying("pix", twin_url="http://localhost:12111"),
        "preparing": _paying("pix", "created", pix_code=None, qr=None, expires_at=None),
        "boleto": _paying("boleto"),
        "card": _paying("card"),
        "paid": _paying("pix", "paid"),
        "paid_last": _paying("pix", "paid", quitacao_id=RECEIPT),
        "paid_late": _paying("boleto", "paid", outcomes=frozenset({"late"})),
        "paid_less": _paying("boleto", "paid", outcomes=frozenset({"under"}), left_cents=2_143),
        "paid_more": _paying("boleto", "paid", outcomes=frozenset({"over"}), credit_cents=1_000),
        "paid_more_and_returned": _paying(
            "boleto", "paid", outcomes=frozenset({"over"}), credit_cents=1_000, returned_at=NOW
        ),
        "paid_twice": _paying(
            "pix", "paid", outcomes=frozenset({"duplicate"}), credit_cents=22_143, receipt_id=None
        ),
        "paid_after_the_end": _paying("boleto", "paid", outcomes=frozenset({"on_broken"})),
        "expired": _paying("pix", "expired"),
        "failed": _paying("card", "failed"),
        "returned_and_owed_again": _paying(
            "card", "paid", back=GoneBack(22_143, NOW), is_open_again=True
        ),
        "returned_in_part": _paying("card", "paid", back=GoneBack(9_000, NOW), is_open_again=True),
        "refunded": _paying("pix", "refunded"),
        "refunded_on_a_day": _paying("pix", "refunded", returned_at=NOW),
    },
    "payer": {
        "fresh": _payer(),
        "wrong": _payer(email="maria@", line1="", city="Curitiba", state="PR", postal_code="80"),
    },
    "pay_trouble": {
        state: plain(agreement_id=AGREEMENT, state=state) for state in ("method", "provider")
    },
}
