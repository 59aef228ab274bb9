"""The HTTP server: `with Peer() as peer: settings.aws_endpoint_url = peer.url`."""

import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from app.workbench.aws_peer.behaviour import Behaviour, Refused
from app.workbench.aws_peer.contract import Call, Invalid, answer, failure, understand


class Peer:
    """Listens on loopback; keeps the calls it took and, when told to, fails the next ones."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.refusals: list[str] = []
        self.failing: tuple[int, str] | None = None
        """Status and error code of every answer while set."""
        self.behaviour = Behaviour()
        peer = self

        class Handler(_Handler):
            owner = peer

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """For boto3's `endpoint_url`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, call: Call) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer to a valid call."""
        request_id = str(uuid.uuid4())
        if self.failing is not None:
            status, code = self.failing
            return (status, *failure(call.service, code, "as told", request_id))
        try:
            result = self.behaviour.act(call)
        except Refused as refused:
            return (
                refused.status,
                *failure(call.service, refused.code, call.operation, request_id),
            )
        self.calls.append(call)
        return (200, *answer(call, result, request_id))


class _Handler(BaseHTTPRequestHandler):
    owner: Peer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Understand, act, answer; what the contract does not know is refused and kept."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            call = understand(self.command, self.path, self.headers, body)  # type: ignore[arg-type]  # a Message reads like a mapping
            status, content_type, content = self.owner.take(call)
        except Invalid as error:
            self.owner.refusals.append(str(error))
            status = 400
            content_type, content = failure(
                "sesv2", "ValidationException", str(error), str(uuid.uuid4())
            )
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_PUT = do_GET = do_DELETE = do_POST

    def log_message(self, *_arguments: object) -> None:
        """Silent: request lines are nobody's business."""
