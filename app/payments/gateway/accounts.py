"""Connected accounts."""

import uuid

from app.payments.gateway.door import client, translated


def connect(*, tenant_id: uuid.UUID, name: str, legal_name: str, cnpj: str) -> str:
    """A connected account of the creditor's own (it pays its fees and bears its losses); its id.

    Raises Unavailable, Refused.
    """
    with translated():
        account = client().v1.accounts.create(
            {
                "country": "BR",
                "default_currency": "brl",
                "business_type": "company",
                "business_profile": {"name": name},
                "company": {"name": legal_name, "tax_id": cnpj},
                "capabilities": {
                    "card_payments": {"requested": True},
                    "pix_payments": {"requested": True},
                    "boleto_payments": {"requested": True},
                    "transfers": {"requested": True},
                },
                "controller": {
                    "fees": {"payer": "account"},
                    "losses": {"payments": "stripe"},
                    "stripe_dashboard": {"type": "full"},
                },
                "metadata": {"tenant_id": str(tenant_id)},
            },
            {"idempotency_key": f"account:{tenant_id}"},
        )
        return account.id
