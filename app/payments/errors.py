"""Why a payment could not be started or an event not taken."""


class PaymentError(Exception):
    """Base of what this capability raises on purpose."""


class NothingDue(PaymentError):
    """The instalment or agreement is paid, closed or cancelled."""


class PayerIncomplete(PaymentError):
    """The method needs facts about the payer that nobody has; `missing` names them."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__("the payer's details are incomplete: " + ", ".join(missing))
        self.missing = missing


class MethodUnavailable(PaymentError):
    """The creditor cannot take this amount by this method, or the code may not be shown (BR-24)."""


class Unavailable(PaymentError):
    """The provider does not answer. Asking again is safe: the same request has the same effect."""


class Refused(PaymentError):
    """The provider refuses the request as such."""


class KeySpent(Refused):
    """The idempotency key was used with other parameters: the attempt needs a new one."""


class Forged(PaymentError):
    """An event that the provider did not sign, or signed too long ago."""


class UnknownAccount(PaymentError):
    """An event of a connected account that belongs to no tenant."""
