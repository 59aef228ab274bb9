"""Makes the app: configuration, database doors, keys, surfaces.

One app serves every host. A tenant's host gets the portal; the platform's host gets everything
else; an unknown host is refused before any view.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, g, request
from flask.globals import request_ctx
from werkzeug.middleware.proxy_fix import ProxyFix

from app import config, rehearsal
from app.config import Settings
from app.logs import scrub
from tenants import actions, files, keys, resolve, scope
from tenants.database import db
from tenants.models import TenantState

PORTAL = "portal"
INTERNAL = ("/healthz", "/tls/ask")
"""Asked by the machine next door under any host; nothing of a tenant is in the answer."""
FIRST_PAGE = "workbench.index"
"""What `/` is on the platform's host; the portal's own `/` comes first in the map of addresses."""
OPEN_WHILE_SUSPENDED = ("portal.stylesheet", "portal.asset", "portal.font")
"""The suspended page still wears its dress."""
MAXIMUM_BODY_BYTES = 2 * 1024 * 1024


class Traje(Flask):
    """Flask, but a failure's log line carries no token of a message's link."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: no view and no hook here is a coroutine, so none is looked into."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """As Flask's, with the address scrubbed."""
        self.logger.error(
            "Exception on %s [%s]", scrub(request.path), request.method, exc_info=exc_info
        )


def create_app(settings: Settings | None = None) -> Flask:
    """A configured app. Raises config.Misconfigured, scope.UnsafeRole."""
    settings = settings or config.settings()
    if not settings.database_url:
        from app.workbench import addresses

        settings = addresses.beside(settings)
    config.use(settings)
    rehearsal.follow(settings)
    app = Traje("app", root_path=str(Path(__file__).parent), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=_database_url(settings),
        SQLALCHEMY_ENGINE_OPTIONS={
            **scope.POOL,
            "pool_size": settings.pool_size,
            "max_overflow": 5,
            "hide_parameters": True,  # an error's text reaches the log, its values do not
            "connect_args": {"connect_timeout": 5},
        },
        SESSION_COOKIE_NAME="__Host-traje" if settings.is_production else "traje",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=MAXIMUM_BODY_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # Flask documents it
    _open_the_doors(app, settings)
    app.before_request(_enter_by_host)
    _register(app, settings)
    return app


def _database_url(settings: Settings) -> str:
    if settings.database_url:
        return settings.database_url
    from app.workbench import postgres

    return postgres.development_url(settings.var_dir)


def _open_the_doors(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    actions.use(settings.platform_host, is_local=not settings.is_production)
    with app.app_context():
        try:
            scope.refuse_unsafe_role(db.engine)
        except scope.UnsafeRole:
            db.engine.dispose()
            raise
        scope.bind(db.engine)
    open_keys_and_files(settings)


def open_keys_and_files(settings: Settings) -> None:
    """Choose master key and object store as configured; development makes its key on first use."""
    if settings.kms_key:
        keys.use(keys.KmsMasterKey(settings.kms_key, endpoint_url=settings.aws_endpoint_url))
    elif settings.key_file:
        keys.use(
            keys.LocalMasterKey.from_file(settings.key_file, create=not settings.is_production)
        )
    if settings.bucket:
        files.use(files.BucketStore(settings.bucket, endpoint_url=settings.aws_endpoint_url))
    else:
        files.use(files.DirectoryStore(settings.var_dir / "files"))


def _enter_by_host() -> Response | None:
    """Host → tenant, before any view."""
    asked = request_ctx.request  # itself: asked through its proxy, each of these costs a detour
    if asked.path in INTERNAL:
        return None
    host = resolve.normalise(asked.host)
    on_platform = host == config.settings().platform_host
    if on_platform:
        if asked.path == "/" and FIRST_PAGE in current_app.view_functions:
            page: Any = current_app.view_functions[FIRST_PAGE]()
            return current_app.make_response(page)
        if asked.blueprint == PORTAL:
            abort(404)
        return None
    from app.portal import errors

    tenant = resolve.by_host(host)
    if tenant is None or tenant.state == TenantState.SETUP:
        return errors.unknown_host()
    g.tenant = tenant
    if tenant.state == TenantState.SUSPENDED and asked.endpoint not in OPEN_WHILE_SUSPENDED:
        return errors.suspended(tenant)
    if asked.blueprint not in (PORTAL, None):
        abort(404)
    return None


def _register(app: Flask, settings: Settings) -> None:
    from app import cli, jobs, portal
    from app.platform.blueprint import platform
    from app.webhooks import blueprint as webhooks

    jobs.load_tasks()
    portal.register(app)
    app.register_blueprint(webhooks)
    app.register_blueprint(platform)
    cli.register(app)
    if not settings.is_production:
        from app.workbench import commands
        from app.workbench.blueprint import workbench

        app.register_blueprint(workbench)
        app.cli.add_command(commands.group)
