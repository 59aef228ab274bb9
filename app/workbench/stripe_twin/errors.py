"""Errors in Stripe's shape."""

from typing import Any


class StripeError(Exception):
    """An answer with an error in it."""

    status = 400
    kind = "invalid_request_error"

    def __init__(self, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message, self.code, self.param = message, code, param

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"type": self.kind, "message": self.message}
        if self.code:
            error["code"] = self.code
        if self.param:
            error["param"] = self.param
        return {"error": error}


class BadRequest(StripeError):
    """The request breaks the contract, or asks what the object's state does not allow."""


class NotAuthenticated(StripeError):
    status = 401


class NotPermitted(StripeError):
    status = 403


class NotFound(StripeError):
    status = 404

    def __init__(self, noun: str, object_id: str) -> None:
        super().__init__(f"No such {noun}: '{object_id}'", "resource_missing", "id")


class KeyReused(StripeError):
    """An idempotency key came with other parameters than the first time."""

    kind = "idempotency_error"


class KeyInUse(StripeError):
    """A request with the same idempotency key is still being answered."""

    status = 409
    kind = "idempotency_error"

    def __init__(self) -> None:
        super().__init__(
            "There is currently another in-progress request using this Idempotent Key.",
            "idempotency_key_in_use",
        )
