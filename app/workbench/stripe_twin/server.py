"""The twin as a server: a thread in tests, a process in the demo."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.workbench.stripe_twin import accounts, api, checkout, controls, machines, methods, pages
from app.workbench.stripe_twin.deliveries import Deliverer, Endpoint
from app.workbench.stripe_twin.store import Record, Store, now

TICK_SECONDS = 1.0
CAPABILITIES = ("pix_payments", "boleto_payments", "card_payments")


@dataclass(slots=True)
class Faults:
    """Trouble to make: how many calls are still to be refused, how many to be told that their key
    is in use, how many answers to be lost."""

    refusals: int = 0
    busy: int = 0
    lost_answers: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, kind: str) -> bool:
        """Whether this call is to suffer; counts down."""
        with self._lock:
            left = int(getattr(self, kind))
            if left:
                setattr(self, kind, left - 1)
            return left > 0


class Quiet(WSGIRequestHandler):
    """No line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Twin:
    """A running twin. `url` is what the SDK's base address is set to."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        endpoint: Endpoint | None = None,
        state: Path | None = None,
    ) -> None:
        self.store = Store(state)
        self.faults = Faults()
        self.deliverer = Deliverer(self.store, endpoint)
        self._server: BaseWSGIServer = make_server(
            host, port, self._application(), threaded=True, request_handler=Quiet
        )
        self.url = f"http://{host}:{self._server.server_port}"
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._server.serve_forever, daemon=True, name="twin"),
            threading.Thread(target=self._tick, daemon=True, name="twin-clock"),
        ]

    def _application(self) -> Flask:
        application = Flask("app.workbench.stripe_twin")
        application.config.update(
            store=self.store, faults=self.faults, deliverer=self.deliverer, twin=self
        )
        for part in (api, controls, pages):
            application.register_blueprint(part.blueprint)
        return application

    def start(self) -> "Twin":
        self.deliverer.start()
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self.deliverer.stop()
        self.store.close()

    def open_account(self, account: str, name: str) -> Record:
        """Register a connected account under a chosen id, ready for every method; idempotent."""
        with self.store.transaction():
            found = self.store.get("account", account, account)
            if found:
                return found
            asked = {kind: {"requested": True} for kind in CAPABILITIES}
            params = {"business_profile": {"name": name}, "capabilities": asked}
            return accounts.create(self.store, params, account)

    def expire_due(self) -> None:
        """Let codes, vouchers and sessions end whose time has come."""
        for intent in self.store.every("payment_intent"):
            if intent["status"] == "requires_action" and intent["_expires_at"] <= now():
                self._expire(intent, machines.expire_intent)
        for session in self.store.every("checkout.session"):
            if session["status"] == "open" and session["expires_at"] <= now():
                self._expire(session, checkout.expire)

    def _expire(self, record: Record, machine: Callable[[Store, str, Record], Record]) -> None:
        account = self.store.owner(record["id"]) or ""
        with self.store.transaction():
            fresh = methods.require(self.store, record["object"], record["id"], account)
            if fresh["status"] == record["status"]:
                machine(self.store, account, fresh)
        self.deliverer.wake()

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            self.expire_due()
