"""A worker that can be killed at any moment: forked, so that it starts at once, and ended by SIGKILL."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tenants.scope import bound_engine
from tests import ports
from tests.stage import ROOT
from tests.waiting import until

SEED = 20_261_121
PATIENCE_SECONDS = 180


@dataclass
class Inbox:
    """What the sink took."""

    port: int
    path: Path

    def taken(self) -> Counter[str]:
        """How often each message arrived."""
        return Counter(self.path.read_text().split()) if self.path.exists() else Counter()


@contextlib.contextmanager
def inbox(folder: Path) -> Iterator[Inbox]:
    """A running sink."""
    port = ports.free()
    path = folder / "taken"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.sink", str(port), str(path)], cwd=ROOT
    )
    try:
        until(lambda: ports.is_open(port))
        yield Inbox(port, path)
    finally:
        process.kill()
        process.wait()


@dataclass
class Killer:
    """Forks workers and kills them."""

    work: Callable[[], None]
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    kills: int = 0

    def start(self) -> int:
        """A worker's process id; it has connections of its own and ends with status 0 when done."""
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            bound_engine().dispose(close=False)
            self.work()
            status = 0
        except BaseException as error:  # the parent only learns the status
            print(f"  worker: {type(error).__name__}", file=sys.stderr)
        finally:
            os._exit(status)

    def finish(self) -> bool:
        """Let a worker end by itself; whether it did its work."""
        return os.waitstatus_to_exitcode(os.waitpid(self.start(), 0)[1]) == 0

    def kill_when(self, ready: Callable[[], bool]) -> bool:
        """Start a worker and kill it when `ready`; False when it had ended before."""
        pid = self.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not ready():
            if os.waitpid(pid, os.WNOHANG)[0]:
                return False
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.kills += 1
        return True

    def after(self, longest: float) -> Callable[[], bool]:
        """Ready at some moment within `longest` seconds."""
        at = time.monotonic() + self.chance.uniform(0, longest)
        return lambda: time.monotonic() >= at
