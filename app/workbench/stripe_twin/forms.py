"""Stripe's form encoding: `a[b][0]=c` to nested dicts and lists."""

import re
from typing import Any
from urllib.parse import parse_qsl

from app.workbench.stripe_twin.errors import BadRequest

KEY = re.compile(r"[^\[\]]+|\[[^\[\]]*\]")


def decode(text: str) -> dict[str, Any]:
    """The nested body of a form-encoded text. Raises BadRequest for a key that makes no sense."""
    body: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        parts = [part.strip("[]") for part in KEY.findall(key)]
        if not parts or "" in parts:
            raise BadRequest(f"Invalid key: {key}", None, key)
        _place(body, parts, value, key)
    lists: dict[str, Any] = _with_lists(body)
    return lists


def _place(body: dict[str, Any], parts: list[str], value: str, key: str) -> None:
    for part in parts[:-1]:
        body = body.setdefault(part, {})
        if not isinstance(body, dict):
            raise BadRequest(f"Invalid key: {key}", None, key)
    if parts[-1] in body:
        raise BadRequest(f"Repeated key: {key}", None, key)
    body[parts[-1]] = value


def _with_lists(value: Any) -> Any:
    """Dicts whose keys are 0, 1, 2… become lists."""
    if not isinstance(value, dict):
        return value
    if value and list(value) == [str(index) for index in range(len(value))]:
        return [_with_lists(item) for item in value.values()]
    return {name: _with_lists(item) for name, item in value.items()}
