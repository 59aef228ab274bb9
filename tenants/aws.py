"""Clients of the AWS services that hold keys and files."""

from typing import Any

import boto3
from botocore.config import Config

CONNECT_SECONDS = 5
READ_SECONDS = 20
ATTEMPTS = 3
"""Asking twice does no harm: a key is wrapped or opened, bytes lie under a name of their own."""


def client(service: str, endpoint_url: str | None) -> Any:
    """A client that fails in bounded time: whoever waits for it holds a transaction open."""
    bounded = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
    )
    connect: Any = boto3.client
    return connect(service, endpoint_url=endpoint_url, config=bounded)
