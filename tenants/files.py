"""Stored files per tenant, sealed with the tenant's key before they leave the process."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import aws, keys
from tenants.database import first_id, new_id
from tenants.models import StoredFile
from tenants.scope import current_tenant_id

OLD = timedelta(days=1)
"""No transaction is open for as long: a file that has no row by then never gets one."""
LOOKED_BACK = timedelta(days=30)
"""How far a sweep looks back: it may have failed for weeks, and need not read years."""
SWEPT_AT_ONCE = 500


class ObjectStore(Protocol):
    """Where sealed bytes are kept: a directory, or a bucket."""

    def put(self, location: str, sealed: bytes) -> None:
        """Keep; what lay there is replaced."""

    def get(self, location: str) -> bytes:
        """What was kept. Raises FileNotFoundError."""

    def delete(self, location: str) -> None:
        """Forget; nothing happens where nothing lies."""

    def after(self, location: str) -> Iterator[str]:
        """What lies in the folder of `location` and comes after it, in the order of names."""


class DirectoryStore:
    """Sealed files below a local directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, location: str, sealed: bytes) -> None:
        path = self._root / location
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(sealed)
        partial.replace(path)

    def get(self, location: str) -> bytes:
        return (self._root / location).read_bytes()

    def delete(self, location: str) -> None:
        (self._root / location).unlink(missing_ok=True)

    def after(self, location: str) -> Iterator[str]:
        folder = (self._root / location).parent
        lying = folder.iterdir() if folder.is_dir() else ()
        found = (str(path.relative_to(self._root)) for path in lying)
        yield from sorted(place for place in found if place > location)


class BucketStore:
    """Sealed files in an S3 bucket, spoken to through boto3."""

    def __init__(self, bucket: str, *, endpoint_url: str | None = None) -> None:
        self._bucket = bucket
        self._client = aws.client("s3", endpoint_url)

    def put(self, location: str, sealed: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=location, Body=sealed)

    def get(self, location: str) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=location)
        except self._client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(location) from error
        return bytes(answer["Body"].read())

    def delete(self, location: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=location)

    def after(self, location: str) -> Iterator[str]:
        folder = location[: location.rindex("/") + 1]
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=folder, StartAfter=location
        )
        for page in pages:
            yield from (entry["Key"] for entry in page.get("Contents", ()))


_store: ObjectStore | None = None


def use(store: ObjectStore) -> None:
    """Choose the object store for this process."""
    global _store
    _store = store


def _chosen() -> ObjectStore:
    if _store is None:
        raise RuntimeError("no object store is chosen: call tenants.files.use(...) first")
    return _store


def save(session: Session, *, name: str, content_type: str, content: bytes) -> StoredFile:
    """Seal and keep `content` for the entered tenant; the row joins the caller's transaction."""
    file_id = new_id()
    location = _location(file_id)
    _chosen().put(location, keys.vault(session).seal(content, f"file:{file_id}"))
    stored = StoredFile(
        id=file_id,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        location=location,
    )
    session.add(stored)
    session.flush()
    return stored


def delete(session: Session, file_id: uuid.UUID) -> None:
    """Forget a file: its row, in the caller's transaction, and nobody reads it any more.

    Its bytes go with `erase`, which the caller defers as a job of the same transaction: so they go
    if it commits, only then, and whatever process dies. A file that is not there is none to forget.
    """
    session.execute(sql_delete(StoredFile).where(StoredFile.id == file_id))


def erase(session: Session, file_id: uuid.UUID) -> bool:
    """Delete the bytes of a file that was forgotten; False for one that still has its row.

    Safe to repeat.
    """
    if session.scalar(select(StoredFile.id).where(StoredFile.id == file_id)) is not None:
        return False
    _chosen().delete(_location(file_id))
    return True


def sweep(session: Session, at: datetime) -> int:
    """Delete the bytes of files whose row never came, or whose erasing was lost; how many.

    Looks at what the entered tenant stored between `LOOKED_BACK` and `OLD` before `at`: a file's
    name tells the moment of its making.
    """
    first, last = (_location(first_id(at - ago)) for ago in (LOOKED_BACK, OLD))
    lying = takewhile(lambda place: place < last, _chosen().after(first))
    swept = 0
    while part := list(islice(lying, SWEPT_AT_ONCE)):
        ids = {uuid.UUID(place.rpartition("/")[2][:36]) for place in part}
        rows = session.scalars(select(StoredFile.location).where(StoredFile.id.in_(ids))).all()
        for place in set(part).difference(rows):
            _chosen().delete(place)
            swept += 1
    return swept


def _location(file_id: uuid.UUID) -> str:
    return f"{current_tenant_id()}/{file_id}"


def read(session: Session, file_id: uuid.UUID) -> tuple[StoredFile, bytes]:
    """The row and the plain bytes. Raises LookupError, keys.Unreadable."""
    stored = session.scalar(select(StoredFile).where(StoredFile.id == file_id))
    if stored is None:
        raise LookupError("no such file")
    sealed = _chosen().get(stored.location)
    return stored, keys.vault(session).unseal(sealed, f"file:{file_id}")
