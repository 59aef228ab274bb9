"""The limit: a bare Flask view that sends the same bytes after three raw indexed queries (as the owner: no wall)."""

import os
from pathlib import Path

import psycopg_pool
from flask import Flask, Response, request

pool = psycopg_pool.ConnectionPool(os.environ["BARE_CONNINFO"], min_size=4, max_size=10, open=True)
pages = {path.stem: path.read_bytes() for path in Path(os.environ["BARE_PAGES"]).glob("*.html")}
app = Flask(__name__)


@app.get("/<name>")
def page(name: str) -> Response:
    """One page's bytes, after a tenant, a debtor and an offer were read by their keys."""
    tenant, debtor = request.args["tenant"], request.args["debtor"]
    with pool.connection() as connection:
        connection.execute(
            "SELECT id, slug, name, state FROM tenants WHERE id = %s", (tenant,)
        ).fetchone()
        connection.execute(
            "SELECT id, sealed, uf, time_zone FROM debtors WHERE tenant_id = %s AND id = %s",
            (tenant, debtor),
        ).fetchone()
        connection.execute(
            "SELECT id, options, limits, total_cents, valid_until FROM offers"
            " WHERE tenant_id = %s AND debtor_id = %s AND state = 'open'",
            (tenant, debtor),
        ).fetchone()
    return Response(pages[name], mimetype="text/html")
