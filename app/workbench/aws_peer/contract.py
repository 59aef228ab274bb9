"""The official contract: which call a request is, whether it is valid, how it is answered."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from app.workbench.aws_peer import objects
from app.workbench.aws_peer.wire import Invalid as Invalid
from app.workbench.aws_peer.wire import as_xml, from_json, from_query, to_json

SERVICES = ("sesv2", "pinpoint-sms-voice-v2", "sns", "kms")
OBJECTS = "s3"


@dataclass(frozen=True, slots=True)
class Call:
    """A valid request."""

    service: str
    operation: str
    parameters: dict[str, Any]


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's own model of a service."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service_name=service)


def understand(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Call:
    """The call a request makes. Raises Invalid."""
    if not headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
        raise Invalid("the request is not signed (SigV4)")
    if "/s3/aws4_request" in headers["Authorization"]:
        return _object_call(method, path, headers, body)
    target = headers.get("X-Amz-Target")
    content_type = headers.get("Content-Type", "")
    if target:
        model, operation = _by_target(target)
        parameters = from_json(operation.input_shape, _loaded(body))
    elif content_type.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        model, operation = _by_action(form)
        parameters = from_query(operation.input_shape, form, "")
    else:
        model, operation, named = _by_route(method, path)
        parameters = named | (from_json(operation.input_shape, _loaded(body)) or {})
    _validate(operation.input_shape, parameters)
    return Call(str(model.service_name), operation.name, parameters)


def _object_call(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Call:
    try:
        operation = objects.operation(service_model(OBJECTS), method, path)
        parameters = objects.parameters(operation, path, headers, body)
    except ValueError as error:
        raise Invalid(str(error)) from error
    _validate(operation.input_shape, parameters)
    return Call(OBJECTS, operation.name, parameters)


def answer(call: Call, result: dict[str, Any], request_id: str) -> tuple[str, bytes]:
    """Content type and body of a valid answer. Raises Invalid when the answer breaks the model."""
    model = service_model(call.service)
    operation = model.operation_model(call.operation)
    shape = operation.output_shape
    if shape is None:
        raise Invalid("nothing is answered to this call")
    _validate(shape, result)
    protocol = model.metadata["protocol"]
    if protocol == "query":
        content_type, body = "text/xml", as_xml(model, operation, result, request_id)
    elif call.operation == objects.LISTING:
        return "application/xml", objects.as_xml(result)
    elif call.service == OBJECTS:
        return "application/octet-stream", result.get("Body", b"")
    else:
        content_type, body = _json_type(model), json.dumps(to_json(result)).encode()
    raw = {"status_code": 200, "headers": {"content-type": content_type}, "body": body}
    parsed = create_parser(protocol).parse(raw, shape)
    if {key: parsed.get(key) for key in result} != result:
        raise Invalid("botocore does not read this answer as it was meant")
    return content_type, body


def failure(service: str, code: str, message: str, request_id: str) -> tuple[str, bytes]:
    """Content type and body of an error."""
    model = service_model(service)
    if model.metadata["protocol"] == "query":
        return "text/xml", (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
            f"<Message>{escape(message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        ).encode()
    if service == OBJECTS:
        return "application/xml", (
            f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        ).encode()
    return _json_type(model), json.dumps({"__type": code, "message": message}).encode()


def _json_type(model: ServiceModel) -> str:
    version = model.metadata.get("jsonVersion")
    return f"application/x-amz-json-{version}" if version else "application/json"


def _by_target(target: str) -> tuple[ServiceModel, OperationModel]:
    prefix, _, name = target.partition(".")
    for service in SERVICES:
        model = service_model(service)
        if model.metadata.get("targetPrefix") == prefix and name in model.operation_names:
            return model, model.operation_model(name)
    raise Invalid(f"no operation {target}")


def _by_action(form: dict[str, str]) -> tuple[ServiceModel, OperationModel]:
    name, version = form.pop("Action", ""), form.pop("Version", "")
    for service in SERVICES:
        model = service_model(service)
        is_query = model.metadata["protocol"] == "query"
        if is_query and model.api_version == version and name in model.operation_names:
            return model, model.operation_model(name)
    raise Invalid(f"no action {name} in version {version}")


def _by_route(method: str, path: str) -> tuple[ServiceModel, OperationModel, dict[str, Any]]:
    """The operation of an address, and the members that are written into it."""
    for service in SERVICES:
        model = service_model(service)
        if model.metadata["protocol"] != "rest-json":
            continue
        for name in model.operation_names:
            operation = model.operation_model(name)
            named = re.fullmatch(_pattern(operation.http["requestUri"]), path)
            if operation.http["method"] == method and named:
                return model, operation, {k: unquote(v) for k, v in named.groupdict().items()}
    raise Invalid(f"no operation for {method} {path}")


def _pattern(template: str) -> str:
    """`/v2/things/{Name}` as an expression: what is in braces is one part of the path."""
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(f"(?P<{p}>[^/]+)" if at % 2 else re.escape(p) for at, p in enumerate(parts))


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise Invalid("the body is not JSON") from error


def _validate(shape: Shape | None, value: Any) -> None:
    if shape is None:
        if value:
            raise Invalid("nothing was expected")
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise Invalid(report.generate_report())
