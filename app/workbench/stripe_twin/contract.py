"""The contract, read from the pinned SDK: which routes exist and which parameters they take.

The SDK's services are generated from Stripe's OpenAPI description, so each method's source names
its route and its parameters' type. A request that this table refuses, Stripe refuses as well.
"""

import ast
import importlib
import inspect
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, NotRequired, Union

from stripe import RequestOptions
from stripe._account_service import AccountService
from stripe._charge_service import ChargeService
from stripe._payment_intent_service import PaymentIntentService
from stripe._refund_service import RefundService
from stripe._stripe_context import StripeContext
from stripe._stripe_object import StripeObject
from stripe.checkout._session_service import SessionService
from typing_extensions import is_typeddict

from app.workbench.stripe_twin.errors import BadRequest

_OPTION_TYPES = {"StripeContext": StripeContext, "Mapping": Mapping}
"""Names that the request options, a base of every parameters type, refer to."""

SERVICES = (AccountService, ChargeService, PaymentIntentService, RefundService, SessionService)


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the API; `name` is service.method, as in "payment_intent.create"."""

    name: str
    verb: str
    pattern: re.Pattern[str]
    params: type | None


def find(verb: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a request with the ids in its path, or None where the SDK has no such route."""
    for route in routes():
        match = route.pattern.fullmatch(path) if route.verb == verb.lower() else None
        if match:
            return route, match.groupdict()
    return None


@cache
def routes() -> tuple[Route, ...]:
    """Every route of the services above; fixed paths come before those with ids."""
    found = [route for service in SERVICES for route in _routes_of(service)]
    return tuple(sorted(found, key=lambda route: "(?P<" in route.pattern.pattern))


def check(params: type | None, body: dict[str, Any]) -> dict[str, Any]:
    """The decoded form `body` with its values typed. Raises BadRequest, as Stripe words it."""
    if params is None:
        if body:
            raise _unknown(next(iter(body)))
        return {}
    return _record(params, body, "")


def _routes_of(service: type) -> list[Route]:
    resource = service.__name__.removesuffix("Service").lower()
    found = []
    for name, method in inspect.getmembers(service, inspect.isfunction):
        if name.startswith("_") or name.endswith("_async"):
            continue
        call = _request_call(method)
        if call is None:
            continue
        verb, template = call
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
        found.append(Route(f"{resource}.{name}", verb, pattern, _params_of(service, method)))
    return found


def _request_call(method: Any) -> tuple[str, str] | None:
    """The verb and path template that a service method asks for."""
    tree = ast.parse(inspect.cleandoc(inspect.getsource(method)))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "_request"
        ):
            strings = [
                part.value
                for argument in node.args[:2]
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            return strings[0], strings[1]
    return None


def _params_of(service: type, method: Any) -> type | None:
    annotation = inspect.signature(method).parameters.get("params")
    if annotation is None:
        return None
    name = re.search(r"\w+Params", str(annotation.annotation))
    assert name is not None
    package = "stripe.params" + service.__module__.removeprefix("stripe").rpartition(".")[0]
    found: type = getattr(importlib.import_module(package), name[0])
    return found


@cache
def _fields(record: type) -> dict[str, Any]:
    hints = typing.get_type_hints(record, localns=_OPTION_TYPES)
    options = RequestOptions.__annotations__ if record.__name__.endswith("Params") else {}
    return {name: hint for name, hint in hints.items() if name not in options}


def _record(record: type, body: dict[str, Any], prefix: str) -> dict[str, Any]:
    fields = _fields(record)
    for name in body:
        if name not in fields:
            raise _unknown(_path(prefix, name))
    for name in fields:
        if name in record.__required_keys__ and name not in body:  # type: ignore[attr-defined]  # of every TypedDict
            path = _path(prefix, name)
            raise BadRequest(f"Missing required param: {path}.", "parameter_missing", path)
    return {name: _value(fields[name], value, _path(prefix, name)) for name, value in body.items()}


def _value(hint: Any, value: Any, path: str) -> Any:
    """`value` (a form string, list or dict) as `hint` wants it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is NotRequired:
        return _value(arguments[0], value, path)
    if origin in (Union, UnionType):
        return _union(arguments, value, path)
    if origin is typing.Literal:
        return _literal(arguments, value, path)
    if origin is list:
        return _list(arguments[0], value, path)
    if origin is dict or (inspect.isclass(origin) and issubclass(origin, StripeObject)):
        return _mapping(value, path)
    if is_typeddict(hint):
        if not isinstance(value, dict):
            raise BadRequest("Invalid object", None, path)
        return _record(hint, value, path)
    return _scalar(hint, value, path)


def _union(options: tuple[Any, ...], value: Any, path: str) -> Any:
    """The first option that fits. A literal beside `str` is an enumeration, closed at Stripe."""
    literals = [option for option in options if typing.get_origin(option) is typing.Literal]
    if any(typing.get_args(option) != ("",) for option in literals):
        options = tuple(option for option in options if option is not str)
    problem: BadRequest | None = None
    for option in options:
        try:
            return _value(option, value, path)
        except BadRequest as error:
            if problem is None or len(error.param or "") > len(problem.param or ""):
                problem = error
    assert problem is not None
    raise problem


def _literal(choices: tuple[Any, ...], value: Any, path: str) -> Any:
    if value not in choices:
        wanted = " or ".join(repr(choice) for choice in choices[:6])
        raise BadRequest(f"Invalid {path}: must be one of {wanted}", None, path)
    return value


def _list(element: Any, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadRequest("Invalid array", None, path)
    return [_value(element, item, f"{path}[{index}]") for index, item in enumerate(value)]


def _mapping(value: Any, path: str) -> dict[str, str]:
    if value == "":
        return {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise BadRequest("Invalid hash", None, path)
    return value


def _scalar(hint: Any, value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise BadRequest(f"Invalid value for {path}", None, path)
    if hint is bool:
        if value not in ("true", "false"):
            raise BadRequest(f"Invalid boolean: {value}", "parameter_invalid_boolean", path)
        return value == "true"
    if hint is int:
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise BadRequest(f"Invalid integer: {value}", "parameter_invalid_integer", path)
        return int(value)
    if hint is float:
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            raise BadRequest(f"Invalid decimal: {value}", None, path)
        return float(value)
    return value


def _path(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _unknown(path: str) -> BadRequest:
    return BadRequest(f"Received unknown parameter: {path}", "parameter_unknown", path)
