"""A DNS server of our own on loopback."""

import socketserver
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset

from tenants import actions


@contextmanager
def dns_server(
    records: MutableMapping[tuple[str, str], str],
) -> Iterator[MutableMapping[tuple[str, str], str]]:
    """A DNS server on loopback: {(name, type): value}."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self):
            data, socket = self.request
            query = dns.message.from_wire(data)
            question = query.question[0]
            answer = dns.message.make_response(query)
            kind = dns.rdatatype.to_text(question.rdtype)
            value = records.get((str(question.name).rstrip("."), kind))
            if value:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, value))
            socket.sendto(answer.to_wire(), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.server_address[1]
        actions.use("traje.localhost", resolver, is_local=True)
        try:
            yield records
        finally:
            actions.use("traje.localhost", is_local=True)
            server.shutdown()
