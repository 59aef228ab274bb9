"""Whether a domain may be the sender of bulk e-mail: DKIM, SPF and DMARC (BR-29). Pure.

Gmail and Yahoo ask bulk senders for a signature and a published policy of the domain in From.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.compliance.policy import Policy

RULE = "BR-29"
SOFT_OR_HARD = ("~all", "-all")
POLICIES = ("none", "quarantine", "reject")


def family(domain: str) -> list[str]:
    """A domain and those above it that may speak for it; a top-level domain may not."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def has_dkim(records: Sequence[str]) -> bool:
    """One public key that is not revoked (RFC 6376, 3.6.1)."""
    keys = [_tags(record) for record in records]
    keys = [key for key in keys if key.get("v", "DKIM1") == "DKIM1" and "p" in key]
    return len(keys) == 1 and bool(keys[0]["p"])


def has_spf(records: Sequence[str]) -> bool:
    """One policy that ends in refusing everybody else, or leaves it to another (RFC 7208)."""
    found = [record.lower().split() for record in records]
    found = [terms for terms in found if terms and terms[0] == "v=spf1"]
    if len(found) != 1:
        return False
    last = found[0][-1]
    return last in SOFT_OR_HARD or last.startswith("redirect=")


def has_dmarc(records: Sequence[str]) -> bool:
    """One published policy, whatever it asks (RFC 7489, 6.3)."""
    found = [_tags(r) for r in records if r.replace(" ", "").startswith("v=DMARC1")]
    return len(found) == 1 and found[0].get("p", "").lower() in POLICIES


def missing(
    proofs: Mapping[str, Any], checked_at: datetime, at: datetime, policy: Policy
) -> list[str]:
    """What a sender domain lacks for bulk e-mail: the proofs asked for, or that they are recent."""
    days = timedelta(days=int(policy.parameter(RULE, "alignment_days")))
    lacking = [name for name in policy.parameter(RULE, "alignment_needs") if not proofs.get(name)]
    return [*lacking, *(["recent"] if at >= checked_at + days else [])]


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs if name.strip()}
