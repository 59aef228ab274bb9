"""Configuration comes from the environment alone, and production refuses what is not safe."""

import re

import pytest
from sqlalchemy import create_engine, text

from app.config import (
    DEVELOPMENT_SECRET,
    DEVELOPMENT_WEBHOOK_SECRET,
    VARIABLES,
    Misconfigured,
    Settings,
)
from app.factory import create_app
from tenants.scope import UnsafeRole, refuse_unsafe_role
from tests.stage import ROOT

PRODUCTION = {
    "TRAJE_ENV": "production",
    "DATABASE_URL": "postgresql+psycopg://traje_app:x@db/traje",
    "SECRET_KEY": "k" * 40,
    "TRAJE_PLATFORM_HOST": "traje.example",
    "STRIPE_API_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "TRAJE_KMS_KEY": "alias/traje",
    "TRAJE_EMAIL_TRANSPORT": "ses",
    "TRAJE_SMS_TRANSPORT": "eum",
    "TRAJE_SNS_TOPIC_ARNS": "arn:aws:sns:sa-east-1:1:events",
}


def test_production_starts_with_everything_set():
    settings = Settings.from_environment(PRODUCTION)
    assert settings.is_production
    assert settings.public_scheme == "https"
    assert not settings.payments_are_simulated


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": DEVELOPMENT_SECRET}, "SECRET_KEY"),
        ({"TRAJE_PLATFORM_HOST": ""}, "TRAJE_PLATFORM_HOST"),
        ({"STRIPE_API_KEY": ""}, "STRIPE_API_KEY"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_WEBHOOK_SECRET": DEVELOPMENT_WEBHOOK_SECRET}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "STRIPE_API_BASE"),
        ({"TRAJE_KMS_KEY": ""}, "TRAJE_KMS_KEY"),
        ({"TRAJE_EMAIL_TRANSPORT": "outbox"}, "outbox"),
        ({"TRAJE_SMS_TRANSPORT": "outbox"}, "outbox"),
        ({"TRAJE_PUBLIC_SCHEME": "http"}, "TRAJE_PUBLIC_SCHEME"),
        ({"TRAJE_EMAIL_TRANSPORT": "pigeon"}, "TRAJE_EMAIL_TRANSPORT"),
        ({"SMTP_PORT": "twenty-five"}, "SMTP_PORT"),
        ({"SMTP_PORT": "٢٥"}, "SMTP_PORT"),
        ({"TRAJE_SNS_TOPIC_ARNS": ""}, "TRAJE_SNS_TOPIC_ARNS"),
        ({"TRAJE_ENV": "prod"}, "TRAJE_ENV"),
    ],
)
def test_production_refuses_what_is_missing_default_or_unsafe(change, named):
    with pytest.raises(Misconfigured, match=named):
        Settings.from_environment(PRODUCTION | change)


def test_the_app_refuses_an_owner_and_a_superuser(database, cluster, settings):
    for url in (database.owner_url, cluster.url(database.name, "postgres")):
        engine = create_engine(url)
        with pytest.raises(UnsafeRole):
            refuse_unsafe_role(engine)
        engine.dispose()
    with pytest.raises(UnsafeRole):
        create_app(
            Settings.from_environment(
                {
                    "TRAJE_ENV": "test",
                    "DATABASE_URL": database.owner_url,
                    "TRAJE_VAR_DIR": str(settings.var_dir),
                }
            )
        )


def test_the_app_refuses_a_role_that_bypasses_the_wall(database, cluster):
    superuser = create_engine(cluster.url(database.name, "postgres"), isolation_level="AUTOCOMMIT")
    role = f"sneaky_{database.name[-6:]}"
    with superuser.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN BYPASSRLS"))
        sneaky = create_engine(cluster.url(database.name, role))
        try:
            with pytest.raises(UnsafeRole):
                refuse_unsafe_role(sneaky)
        finally:
            sneaky.dispose()
            connection.execute(text(f"DROP ROLE {role}"))
    superuser.dispose()


class Noted(dict):
    """Remembers which names were asked for."""

    def __init__(self, values):
        super().__init__(values)
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)


def test_every_variable_that_is_listed_is_read():
    environ = Noted(PRODUCTION)
    Settings.from_environment(environ)
    assert environ.asked == set(VARIABLES)


def test_no_other_module_of_the_product_reads_the_environment():
    """Two may: migrations know the owner's address, and the workbench is for development."""
    readers = {
        str(path.relative_to(ROOT))
        for room in ("app", "tenants", "themes", "emails")
        for path in (ROOT / room).rglob("*.py")
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    assert {path for path in readers if not path.startswith("app/workbench/")} == {"app/config.py"}


def test_what_is_empty_is_not_set():
    """A compose file hands every variable on, empty where nobody set it."""
    nothing = Settings.from_environment(dict.fromkeys(VARIABLES, ""))
    assert nothing == Settings.from_environment({})
    assert nothing.smtp_host == "localhost"


def test_compose_hands_every_variable_of_production_on():
    """All but those that production refuses or the image sets."""
    compose = (ROOT / "compose.yaml").read_text()
    handed = set(re.findall(r"^ +([A-Z_]+):", compose, re.MULTILINE))
    elsewhere = {"STRIPE_API_BASE", "AWS_ENDPOINT_URL", "TRAJE_VAR_DIR"}
    default = {"TRAJE_PUBLIC_SCHEME", "TRAJE_PUBLIC_PORT"}
    assert set(VARIABLES) - elsewhere - default <= handed


def test_the_readme_lists_every_variable():
    readme = (ROOT / "README.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)) == set(VARIABLES)
