"""Ports of loopback for programs that cannot choose one themselves."""

import random
import socket

GIVEN_OUT_FROM = 32_768
"""From here on the kernel gives ports out (Linux; elsewhere later): a connection that anybody opens
may take one between its being found free and its being used."""


def free() -> int:
    """A port that nobody listens on."""
    while True:
        port = random.randrange(15_000, GIVEN_OUT_FROM)
        if not is_open(port):
            return port


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
