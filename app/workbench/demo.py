"""`make demo`: three invented creditors, one day of operation, then everything running.

Web, worker and the Stripe twin run under one supervisor; Ctrl-C stops them, and the database with
them. A second run keeps the data.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.workbench import addresses, leftovers, postgres, provision
from migrations.run import upgrade
from tenants.database import APP_ROLE, OWNER_ROLE

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("TRAJE_VAR_DIR") or ROOT / "var").resolve()
DATABASE = "traje"
BRASILIA = ZoneInfo("America/Sao_Paulo")
TEN = 10
SUPERVISOR = """\
[supervisord]
nodaemon=true
logfile={var}/logs/supervisor.log
loglevel=warn
pidfile={var}/supervisor.pid
{user}
[program:twin]
command={python} -m app.workbench.stripe_twin --port {twin_port}
  --webhook-url {webhook} --webhook-secret {secret} --state {var}/stripe-twin.sqlite
{common}
[program:web]
command={python} -m gunicorn wsgi:app --bind 127.0.0.1:{port} --workers 2 --threads 4
  --no-control-socket --logger-class app.logs.ScrubbedLogger --access-logfile -
{common}
[program:worker]
command={python} -m flask worker
stopwaitsecs=35
{common}
"""
COMMON = """directory={root}
autorestart=true
redirect_stderr=true
stdout_logfile={var}/logs/%(program_name)s.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
stopasgroup=true
killasgroup=true
"""


class NeverCameUp(RuntimeError):
    """A process of the demo does not answer; its log says why."""


def main() -> int:
    """Set up what is missing, print where everything is, and stay until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true", help="start over")
    parser.add_argument("--destroy", action="store_true", help="delete the demo's data and leave")
    asked = parser.parse_args()
    # A shell starts background jobs with this signal ignored; Ctrl-C stops the demo all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cluster = postgres.cluster(VAR)
    if asked.reset or asked.destroy:
        if not leftovers.is_of_a_demo(VAR):
            print(f"{VAR} holds data that no demo made: nothing was deleted", file=sys.stderr)
            return 1
        leftovers.forget(VAR, cluster)
    if asked.destroy:
        return 0
    if not port_is_free(asked.port):
        print(f"Port {asked.port} is taken: choose another with PORT=…", file=sys.stderr)
        return 1
    if leftovers.is_unreadable(VAR, cluster):
        leftovers.forget(VAR, cluster)
    (VAR / "logs").mkdir(parents=True, exist_ok=True)
    with postgres.used(cluster):
        say("database")
        postgres.make_database(cluster, DATABASE)
        os.environ.update(environment(cluster, asked.port))
        day = last_business_day(datetime.now(BRASILIA))
        try:
            upgrade(cluster.url(DATABASE, OWNER_ROLE))
            with nullcontext() if provision.is_done(VAR) else twin(asked.port):
                table = provision.provision(progress=say, day=day, var_dir=VAR)
        except (provision.ProvisionFailed, NeverCameUp, SQLAlchemyError, CommandError) as error:
            print(leftovers.told(VAR, error, is_old=provision.is_done(VAR)), file=sys.stderr)
            return 1
        return serve(asked.port, table)


def environment(cluster: postgres.Cluster, port: int) -> dict[str, str]:
    """The configuration of every process of the demo."""
    return {
        "TRAJE_ENV": "development",
        "DATABASE_URL": cluster.url(DATABASE, APP_ROLE),
        "DATABASE_OWNER_URL": cluster.url(DATABASE, OWNER_ROLE),
        "TRAJE_VAR_DIR": str(VAR),
        "TRAJE_PUBLIC_PORT": str(port),
        "STRIPE_API_BASE": f"http://127.0.0.1:{port + 1}",
        "OPENBLAS_NUM_THREADS": "1",  # as in the Dockerfile
    }


def last_business_day(moment: datetime) -> date:
    """The last day whose ten in the morning has passed: Monday to Friday, no national holiday."""
    import holidays

    brazil = holidays.country_holidays("BR")
    day = moment.date() if moment.hour > TEN else moment.date() - timedelta(days=1)
    while day.weekday() >= 5 or day in brazil:
        day -= timedelta(days=1)
    return day


def serve(port: int, table: str) -> int:
    """Run the supervisor until Ctrl-C; the table appears when the web process answers."""
    addresses.keep(VAR, port=port, stripe_api_base=os.environ["STRIPE_API_BASE"])
    say("web, worker and Stripe twin")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(write_supervisor(port))],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )
    signal.signal(signal.SIGTERM, lambda *_: supervisor.terminate())
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", supervisor)
        print("\n" + table + "\n\nCtrl-C stops everything.", flush=True)
        while supervisor.poll() is None:
            # In turns: the column library's own handler would let one long wait go on after Ctrl-C.
            with suppress(subprocess.TimeoutExpired):
                supervisor.wait(timeout=0.5)
    except KeyboardInterrupt:
        print("\nStopping…", flush=True)
    except NeverCameUp as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        supervisor.terminate()
        supervisor.wait()
    return 0


def write_supervisor(port: int) -> Path:
    """The supervisor's configuration, as a file of the demo."""
    from app.config import DEVELOPMENT_WEBHOOK_SECRET, settings

    path = VAR / "supervisor.conf"
    path.write_text(
        SUPERVISOR.format(
            var=VAR,
            python=sys.executable,
            port=port,
            twin_port=port + 1,
            webhook=settings().origin(settings().platform_host) + "/webhooks/stripe",
            secret=DEVELOPMENT_WEBHOOK_SECRET,
            common=COMMON.format(root=ROOT, var=VAR),
            user="user=root" if os.geteuid() == 0 else "",
        )
    )
    return path


@contextmanager
def twin(port: int) -> Iterator[None]:
    """The Stripe twin while creditors are connected to it; later the supervisor runs it."""
    from app.config import DEVELOPMENT_WEBHOOK_SECRET

    log = (VAR / "logs" / "twin-setup.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "app.workbench.stripe_twin", "--port", str(port + 1),
         "--webhook-url", f"http://127.0.0.1:{port}/webhooks/stripe",
         "--webhook-secret", DEVELOPMENT_WEBHOOK_SECRET,
         "--state", str(VAR / "stripe-twin.sqlite")],
        stdout=log, stderr=log, cwd=ROOT,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port + 1}/", process)
        yield
    finally:
        process.terminate()
        process.wait()
        log.close()


def wait_for(address: str, process: "subprocess.Popen[bytes]", seconds: float = 180) -> None:
    """Until `address` answers. Raises NeverCameUp when the process dies or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NeverCameUp(f"{address} never came up: see {VAR / 'logs'}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise NeverCameUp(f"{address} does not answer: see {VAR / 'logs'}")


def port_is_free(port: int) -> bool:
    """Whether both ports the demo needs can be bound."""
    import socket

    for candidate in (port, port + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                return False
    return True


def say(text: str) -> None:
    """A line of progress with the time since the start."""
    print(f"{time.monotonic() - START:6.1f} s  {text}", flush=True)


START = time.monotonic()

if __name__ == "__main__":
    sys.exit(main())
