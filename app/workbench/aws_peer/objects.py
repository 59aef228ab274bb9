"""S3's part of the contract: members of a request in its path and headers, the rest in its body."""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.model import OperationModel, ServiceModel

OPERATIONS = {"PUT": "PutObject", "GET": "GetObject", "DELETE": "DeleteObject"}
"""What is asked of `/{Bucket}/{Key+}`, by method."""
LISTING = "ListObjectsV2"
"""What is asked of `/{Bucket}?list-type=2`."""
OF_EVERY_REQUEST = frozenset({"x-amz-date", "x-amz-content-sha256", "x-amz-security-token"})


class Odd(ValueError):
    """A request that is not what the model and its own checksums say."""


def operation(model: ServiceModel, method: str, path: str) -> OperationModel:
    """The operation a method asks for. Raises Odd."""
    query = urlsplit(path).query
    if method == "GET" and ("list-type", "2") in parse_qsl(query):
        return model.operation_model(LISTING)
    if method not in OPERATIONS or query:
        raise Odd(f"no operation for {method} {path}")
    return model.operation_model(OPERATIONS[method])


def parameters(
    asked: OperationModel, path: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """The values botocore was given. Raises Odd for unknown headers and for a damaged body."""
    _check(headers, body)
    shape: Any = asked.input_shape
    address = urlsplit(path)
    _, bucket, *key = address.path.split("/", 2)
    found: dict[str, Any] = {"Bucket": unquote(bucket)}
    if asked.name == LISTING:
        found |= _queried(asked, address.query)
    else:
        found["Key"] = unquote(key[0])
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


def _queried(asked: OperationModel, query: str) -> dict[str, Any]:
    shape: Any = asked.input_shape
    by_name = {
        member.serialization["name"]: name
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring"
    }
    given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    given.pop("list-type")
    if unknown := given.keys() - by_name:
        raise Odd(f"{asked.name} has no {', '.join(sorted(unknown))}")
    return {by_name[name]: value for name, value in given.items()}


def as_xml(listing: Mapping[str, Any]) -> bytes:
    """A listing as S3 writes it, its keys encoded as botocore asks for by itself."""
    fields = {"IsTruncated": str(listing["IsTruncated"]).lower(), "EncodingType": "url"}
    if "NextContinuationToken" in listing:
        fields["NextContinuationToken"] = listing["NextContinuationToken"]
    plain = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    entries = "".join(
        f"<Contents><Key>{escape(quote(entry['Key']))}</Key></Contents>"
        for entry in listing["Contents"]
    )
    namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<ListBucketResult xmlns="{namespace}">{plain}{entries}</ListBucketResult>'.encode()


def _check(headers: Mapping[str, str], body: bytes) -> None:
    digest = hashlib.sha256(body).hexdigest()
    if headers.get("X-Amz-Content-SHA256") != digest:
        raise Odd("the body is not the one that was signed")
    checksum = headers.get("x-amz-checksum-crc32")
    if checksum and base64.b64decode(checksum) != zlib.crc32(body).to_bytes(4, "big"):
        raise Odd("the body is not the one of its checksum")
