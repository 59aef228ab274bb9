"""What travels: JSON, forms and XML, to and from the values that botocore takes and gives."""

import base64
import binascii
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel, ServiceModel


class Invalid(Exception):
    """A request (or an answer of ours) that the official model does not allow."""


def from_json(shape: Any, value: Any) -> Any:
    """JSON to the values botocore takes: bytes for blobs; an unknown member is refused."""
    if value is None or shape is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {m.serialization.get("name", n): (n, m) for n, m in shape.members.items()}
        unknown = set(value) - set(names)
        if unknown:
            raise Invalid(f"{shape.name} has no {', '.join(sorted(unknown))}")
        return {names[k][0]: from_json(names[k][1], v) for k, v in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [from_json(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: from_json(shape.value, item) for key, item in value.items()}
    if shape.type_name == "blob" and isinstance(value, str):
        return _blob(value)
    return value


def to_json(value: Any) -> Any:
    """The values botocore gives back as JSON: base64 for blobs."""
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _blob(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise Invalid("a blob is not base64") from error


def from_query(shape: Any, form: dict[str, str], prefix: str) -> Any:
    """Form fields to values, by the rules of the query protocol."""
    if shape.type_name == "structure":
        known = {n: f"{prefix}{m.serialization.get('name', n)}" for n, m in shape.members.items()}
        for key in form:
            if key.startswith(prefix) and not any(
                key == name or key.startswith(f"{name}.") for name in known.values()
            ):
                raise Invalid(f"{shape.name} has no {key}")
        return {
            name: from_query(shape.members[name], form, field)
            if field in form
            else from_query(shape.members[name], form, f"{field}.")
            for name, field in known.items()
            if field in form or any(key.startswith(f"{field}.") for key in form)
        }
    if shape.type_name == "map":
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        numbers = _numbers(form, f"{prefix}entry.")
        return {
            form[f"{prefix}entry.{n}.{key_name}"]: from_query(
                shape.value, form, f"{prefix}entry.{n}.{value_name}."
            )
            for n in numbers
        }
    if shape.type_name == "list":
        return [
            from_query(shape.member, form, f"{prefix}member.{n}")
            for n in _numbers(form, f"{prefix}member.")
        ]
    value = form[prefix]
    if shape.type_name == "boolean":
        return value == "true"
    return _blob(value) if shape.type_name == "blob" else value


def _numbers(form: dict[str, str], prefix: str) -> list[int]:
    found = {key[len(prefix) :].split(".")[0] for key in form if key.startswith(prefix)}
    return sorted(int(number) for number in found if number.isdigit())


def as_xml(
    model: ServiceModel, operation: OperationModel, result: dict[str, Any], request_id: str
) -> bytes:
    """An answer of the query protocol."""
    fields = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in result.items())
    name, namespace = operation.name, model.metadata.get("xmlNamespace", "")
    return (
        f'<{name}Response xmlns="{namespace}"><{name}Result>{fields}</{name}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        f"</{name}Response>"
    ).encode()
