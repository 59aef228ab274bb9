"""S3's part of the contract: members of a request in its path and headers, the rest in its body."""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.model import OperationModel, ServiceModel

OPERATIONS = {"PUT": "PutObject", "GET": "GetObject", "DELETE": "DeleteObject"}
"""What is asked of `/{Bucket}/{Key+}`, by method."""
OF_EVERY_REQUEST = frozenset({"x-amz-date", "x-amz-content-sha256", "x-amz-security-token"})


class Odd(ValueError):
    """A request that is not what the model and its own checksums say."""


def operation(model: ServiceModel, method: str, path: str) -> OperationModel:
    """The operation a method asks for. Raises Odd."""
    if method not in OPERATIONS or urlsplit(path).query:
        raise Odd(f"no operation for {method} {path}")
    return model.operation_model(OPERATIONS[method])


def parameters(
    asked: OperationModel, path: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """The values botocore was given. Raises Odd for unknown headers and for a damaged body."""
    _check(headers, body)
    _, bucket, key = path.split("/", 2)
    found: dict[str, Any] = {"Bucket": unquote(bucket), "Key": unquote(key)}
    shape: Any = asked.input_shape
    by_header = {
        member.serialization["name"].lower(): name
        for name, member in shape.members.items()
        if member.serialization.get("location") == "header"
    }
    for header, value in headers.items():
        name = by_header.get(header.lower())
        if name is not None and header.lower().startswith("x-amz-"):
            found[name] = value
        elif header.lower().startswith("x-amz-") and header.lower() not in OF_EVERY_REQUEST:
            raise Odd(f"{asked.name} has no {header}")
    payload = shape.serialization.get("payload")
    if payload:
        found[payload] = body
    elif body:
        raise Odd(f"{asked.name} has no body")
    return found


def _check(headers: Mapping[str, str], body: bytes) -> None:
    digest = hashlib.sha256(body).hexdigest()
    if headers.get("X-Amz-Content-SHA256") != digest:
        raise Odd("the body is not the one that was signed")
    checksum = headers.get("x-amz-checksum-crc32")
    if checksum and base64.b64decode(checksum) != zlib.crc32(body).to_bytes(4, "big"):
        raise Odd("the body is not the one of its checksum")
