"""Connected accounts: a creditor's own, where payments land."""

from app.workbench.stripe_twin.errors import BadRequest
from app.workbench.stripe_twin.store import Record, Store, new_id, now


def create(store: Store, params: Record, account_id: str | None = None) -> Record:
    """An account whose requested capabilities are active at once: nobody verifies a simulation."""
    profile = params.get("business_profile") or {}
    company = params.get("company") or {}
    name = profile.get("name") or company.get("name")
    if not name:
        raise BadRequest("A name is needed.", "parameter_missing", "business_profile[name]")
    asked = params.get("capabilities") or {}
    made = account_id or new_id("account").replace("_", "_1", 1)
    record = {
        "id": made,
        "object": "account",
        "business_profile": {"name": name, "url": profile.get("url")},
        "capabilities": {
            kind: "active" for kind, wish in asked.items() if (wish or {}).get("requested")
        },
        "charges_enabled": True,
        "company": {"name": company.get("name", name), "tax_id_provided": "tax_id" in company},
        "country": params.get("country", "BR"),
        "created": now(),
        "default_currency": params.get("default_currency", "brl"),
        "details_submitted": True,
        "email": params.get("email"),
        "metadata": params.get("metadata", {}),
        "payouts_enabled": True,
        "_tax_id": company.get("tax_id"),
    }
    return store.add(record, made)


def update(store: Store, record: Record, params: Record) -> Record:
    profile = params.get("business_profile") or {}
    record["business_profile"] |= profile
    for kind, wish in (params.get("capabilities") or {}).items():
        record["capabilities"][kind] = "active" if wish.get("requested") else "inactive"
    record["metadata"] |= params.get("metadata", {})
    return store.save(record)
