"""Configuration: by environment only, read once, checked before anything starts.

Every variable is documented in the table of the README, which a test compares with `VARIABLES`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenants.resolve import Resolved

VARIABLES = (
    "TRAJE_ENV",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "SECRET_KEY",
    "TRAJE_PLATFORM_HOST",
    "TRAJE_PUBLIC_SCHEME",
    "TRAJE_PUBLIC_PORT",
    "TRAJE_TRUSTED_PROXIES",
    "TRAJE_VAR_DIR",
    "TRAJE_KEY_FILE",
    "TRAJE_KMS_KEY",
    "TRAJE_BUCKET",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "TRAJE_EMAIL_TRANSPORT",
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "TRAJE_DKIM_SELECTOR",
    "TRAJE_SMS_TRANSPORT",
    "AWS_ENDPOINT_URL",
    "TRAJE_SES_CONFIGURATION_SET",
    "TRAJE_SES_TENANTS",
    "TRAJE_SMS_CONFIGURATION_SET",
    "TRAJE_SNS_TOPIC_ARNS",
    "TRAJE_POOL_SIZE",
)

DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused in production below
DEVELOPMENT_WEBHOOK_SECRET = "whsec_development_only"  # noqa: S105 - refused in production below
MINIMUM_SECRET_LENGTH = 32
AMAZON = {"ses", "eum", "sns"}


class Misconfigured(RuntimeError):
    """The environment does not make a safe configuration; the message names each variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process was told."""

    environment: str
    database_url: str
    database_owner_url: str
    secret_key: str
    platform_host: str
    public_scheme: str
    public_port: int | None
    trusted_proxies: int
    var_dir: Path
    key_file: Path | None
    kms_key: str | None
    bucket: str | None
    stripe_api_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None
    """None is Stripe itself; anything else is the local twin."""
    email_transport: str
    smtp_host: str
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    dkim_selector: str
    """Under which the SMTP relay signs: its key is at `<selector>._domainkey.<domain>`."""
    sms_transport: str
    aws_endpoint_url: str | None
    ses_configuration_set: str | None
    ses_tenants: bool
    """Whether each creditor has an SES tenant named by its slug, so that reputations stay apart."""
    sms_configuration_set: str | None
    sns_topic_arns: tuple[str, ...]
    pool_size: int

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def payments_are_simulated(self) -> bool:
        return self.stripe_api_base is not None

    def origin(self, host: str) -> str:
        """Scheme, host and port of a public address."""
        port = f":{self.public_port}" if self.public_port else ""
        return f"{self.public_scheme}://{host}{port}"

    def portal_url(self, tenant: Resolved, path: str = "/") -> str:
        """An absolute address on the tenant's own portal."""
        return self.origin(tenant.primary_host) + path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check; what is empty is not set. Raises Misconfigured, naming every variable
        that is wrong."""
        environ = {name: environ[name] for name in VARIABLES if environ.get(name)}
        environment = environ.get("TRAJE_ENV", "development")
        var_dir = Path(environ.get("TRAJE_VAR_DIR", "var")).resolve()
        default_key_file = None if environment == "production" else str(var_dir / "master.key")
        key_file = environ.get("TRAJE_KEY_FILE", default_key_file)
        settings = cls(
            environment=environment,
            database_url=environ.get("DATABASE_URL", ""),
            database_owner_url=environ.get("DATABASE_OWNER_URL", ""),
            secret_key=environ.get("SECRET_KEY", DEVELOPMENT_SECRET),
            platform_host=environ.get("TRAJE_PLATFORM_HOST", "traje.localhost"),
            public_scheme=environ.get(
                "TRAJE_PUBLIC_SCHEME", "https" if environment == "production" else "http"
            ),
            public_port=_number(environ, "TRAJE_PUBLIC_PORT"),
            trusted_proxies=_number(environ, "TRAJE_TRUSTED_PROXIES") or 0,
            var_dir=var_dir,
            key_file=Path(key_file) if key_file else None,
            kms_key=environ.get("TRAJE_KMS_KEY"),
            bucket=environ.get("TRAJE_BUCKET"),
            stripe_api_key=environ.get("STRIPE_API_KEY", "sk_test_twin"),
            stripe_webhook_secret=environ.get("STRIPE_WEBHOOK_SECRET", DEVELOPMENT_WEBHOOK_SECRET),
            stripe_api_base=environ.get("STRIPE_API_BASE"),
            email_transport=environ.get("TRAJE_EMAIL_TRANSPORT", "outbox"),
            smtp_host=environ.get("SMTP_HOST", "localhost"),
            smtp_port=_number(environ, "SMTP_PORT") or 25,
            smtp_user=environ.get("SMTP_USER"),
            smtp_password=environ.get("SMTP_PASSWORD"),
            dkim_selector=environ.get("TRAJE_DKIM_SELECTOR", "traje"),
            sms_transport=environ.get("TRAJE_SMS_TRANSPORT", "outbox"),
            aws_endpoint_url=environ.get("AWS_ENDPOINT_URL"),
            ses_configuration_set=environ.get("TRAJE_SES_CONFIGURATION_SET"),
            ses_tenants=environ.get("TRAJE_SES_TENANTS", "") == "1",
            sms_configuration_set=environ.get("TRAJE_SMS_CONFIGURATION_SET"),
            sns_topic_arns=tuple(environ.get("TRAJE_SNS_TOPIC_ARNS", "").split()),
            pool_size=_number(environ, "TRAJE_POOL_SIZE") or 5,
        )
        problems = [*_always(settings), *(_in_production(settings, environ))]
        if problems:
            raise Misconfigured("; ".join(problems))
        return settings


def _number(environ: Mapping[str, str], name: str) -> int | None:
    value = environ.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise Misconfigured(f"{name} must be a whole number")
    return int(value)


def _always(settings: Settings) -> list[str]:
    problems = []
    if settings.environment not in ("development", "test", "production"):
        problems.append("TRAJE_ENV must be development, test or production")
    if settings.email_transport not in ("outbox", "smtp", "ses"):
        problems.append("TRAJE_EMAIL_TRANSPORT must be outbox, smtp or ses")
    if settings.sms_transport not in ("outbox", "eum", "sns"):
        problems.append("TRAJE_SMS_TRANSPORT must be outbox, eum or sns")
    if settings.public_scheme not in ("http", "https"):
        problems.append("TRAJE_PUBLIC_SCHEME must be http or https")
    return problems


def _in_production(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    if not settings.is_production:
        return []
    problems = [
        f"{name} is required in production"
        for name in (
            "DATABASE_URL",
            "SECRET_KEY",
            "TRAJE_PLATFORM_HOST",
            "STRIPE_API_KEY",
            "STRIPE_WEBHOOK_SECRET",
        )
        if name not in environ
    ]
    if len(settings.secret_key) < MINIMUM_SECRET_LENGTH:
        problems.append(f"SECRET_KEY needs at least {MINIMUM_SECRET_LENGTH} characters")
    if settings.secret_key == DEVELOPMENT_SECRET:
        problems.append("SECRET_KEY is the default of development")
    if settings.stripe_webhook_secret == DEVELOPMENT_WEBHOOK_SECRET:
        problems.append("STRIPE_WEBHOOK_SECRET is the default of development")
    if settings.stripe_api_base:
        problems.append("STRIPE_API_BASE points at the local twin, which production refuses")
    if not settings.key_file and not settings.kms_key:
        problems.append("TRAJE_KMS_KEY or TRAJE_KEY_FILE is required in production")
    if settings.public_scheme != "https":
        problems.append("TRAJE_PUBLIC_SCHEME must be https in production")
    if "outbox" in (settings.email_transport, settings.sms_transport):
        problems.append("the local outbox is for development: choose real transports")
    if {settings.email_transport, settings.sms_transport} & AMAZON and not settings.sns_topic_arns:
        problems.append(
            "TRAJE_SNS_TOPIC_ARNS is required in production with ses, eum or sns: "
            "bounces and opt-out words come by no other way"
        )
    return problems


_settings: Settings | None = None


def use(settings: Settings) -> None:
    """Make `settings` this process's configuration."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """This process's configuration; read from the environment on first use."""
    global _settings
    if _settings is None:
        _settings = Settings.from_environment(os.environ)
    return _settings
