"""Webhooks leave from here: signed, retried until accepted, as unruly as they are told to be."""

import http.client
import json
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from stripe import WebhookSignature

from app.workbench.stripe_twin.store import Record, Store

RETRY_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600)
TIMEOUT_SECONDS = 10.0
IDLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go, and the secret they are signed with."""

    url: str
    secret: str


class Deliverer(threading.Thread):
    """Sends what is due, one at a time; a background thread."""

    def __init__(self, store: Store, endpoint: Endpoint | None) -> None:
        super().__init__(daemon=True, name="webhooks")
        self.endpoint = endpoint
        self._store = store
        self._woken = threading.Event()
        self._stopped = threading.Event()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        if self.is_alive():
            self.join(TIMEOUT_SECONDS)

    def run(self) -> None:
        while not self._stopped.is_set():
            if not self._deliver_next():
                self._woken.wait(IDLE_SECONDS)
                self._woken.clear()

    def waiting(self) -> int:
        """How many deliveries are still to be made."""
        rows = self._store.run("SELECT count(*) FROM deliveries WHERE state = 'waiting'")
        return int(rows[0][0])

    def _deliver_next(self) -> bool:
        if self._store.manners.held or self.endpoint is None:
            return False
        rows = self._store.run(
            "SELECT id, event, attempts FROM deliveries WHERE state = 'waiting' AND due <= ? "
            "ORDER BY due, id LIMIT 1",
            time.time(),
        )
        if not rows:
            return False
        delivery, event_id, attempts = rows[0]
        account = self._store.owner(event_id)
        event = self._store.get("event", event_id, account or "")
        accepted = event is not None and self._post(event, self.endpoint)
        self._mark(delivery, attempts, accepted)
        return True

    def _mark(self, delivery: int, attempts: int, accepted: bool) -> None:
        if accepted or attempts + 1 >= len(RETRY_SECONDS):
            state, wait = ("delivered" if accepted else "given up"), 0.0
        else:
            state, wait = "waiting", RETRY_SECONDS[attempts]
        self._store.run(
            "UPDATE deliveries SET state = ?, attempts = ?, due = ? WHERE id = ?",
            state,
            attempts + 1,
            time.time() + wait,
            delivery,
        )

    def _post(self, event: Record, endpoint: Endpoint) -> bool:
        body = json.dumps(event)
        signature = WebhookSignature.generate_signature_header(body, endpoint.secret)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        try:
            return 200 <= post(endpoint.url, body, headers) < 300
        except (OSError, http.client.HTTPException):
            return False


def post(url: str, body: str, headers: dict[str, str]) -> int:
    """POST and return the status. Hosts under `.localhost` are this machine, always."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = "127.0.0.1" if host.endswith(".localhost") else host
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(address, parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts.path, body.encode(), {"Host": parts.netloc, **headers})
        return connection.getresponse().status
    finally:
        connection.close()
