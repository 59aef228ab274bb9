"""Why an agreement does not come about, or does not change."""

import uuid

from themes.lacking import Refused


class OfferExpired(Exception):
    """The offer no longer holds: expired, replaced, withdrawn, or its debts changed."""


class OutsideLimits(ValueError):
    """The option is not one that the offer's limits allow."""


class AlreadyAgreed(Exception):
    """One of the debts is in an open agreement already, or the offer was accepted before."""

    def __init__(self, agreement_id: uuid.UUID | None = None) -> None:
        super().__init__("an open agreement holds these debts already")
        self.agreement_id = agreement_id


class NotAllowed(ValueError):
    """The change is outside what the agreement allows."""


class CannotReopen(Refused, ValueError):
    """Money that went back cannot be taken off this agreement any more; the text says why."""


class Unfair(ValueError):
    """The agreement would break a rule of the policy (BR-17 to BR-20): `rules` names them."""

    def __init__(self, rules: list[str]) -> None:
        super().__init__(", ".join(rules))
        self.rules = rules
