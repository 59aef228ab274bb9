"""gunicorn with two workers, ours and the bare one alike."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.stage import ROOT
from tests.waiting import until

WORKERS, THREADS = 2, 4


@contextmanager
def gunicorn(target: str, environment: dict[str, str], probe: str) -> Iterator[int]:
    """Serve `target` on a free port of loopback; yields the port once `probe` answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}",
         "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket", "--keep-alive", "30", "--log-level", "error"],
        cwd=ROOT, env=os.environ | environment,
    )  # fmt: skip
    try:
        until(lambda: _answers(port, probe) or process.poll() is not None, seconds=60)
        assert process.poll() is None, "gunicorn ended"
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
            return True
    except OSError:
        return False
