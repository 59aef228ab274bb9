"""`python -m app.workbench.stripe_twin`: the twin as a process."""

import argparse
import signal
import threading
from pathlib import Path

from app import config, rehearsal
from app.workbench.stripe_twin.deliveries import Endpoint
from app.workbench.stripe_twin.server import Twin


def main() -> None:
    """Serve until told to stop (SIGTERM, SIGINT)."""
    parser = argparse.ArgumentParser(prog="stripe_twin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook-url", required=True)
    parser.add_argument("--webhook-secret", required=True)
    parser.add_argument("--state", type=Path, help="a file that keeps everything over a restart")
    told = parser.parse_args()
    rehearsal.follow(config.settings())
    twin = Twin(
        host=told.host,
        port=told.port,
        endpoint=Endpoint(told.webhook_url, told.webhook_secret),
        state=told.state,
    ).start()
    print(f"SIMULATED payments at {twin.url}", flush=True)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    twin.stop()


if __name__ == "__main__":
    main()
