"""Many creditors, each dressed, with people who have an offer and are signed in."""

import os
import random
import uuid
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.debts.models import Debt, Debtor
from app.factory import create_app
from app.offers import actions as offers
from app.workbench.invented import cpf
from tenants import clock, keys, resolve
from tenants.database import new_id
from tenants.models import Domain, DomainState, Tenant, TenantState
from tenants.scope import platform, within
from tests.stage import ROOT, Stage
from themes import brands, tomlfile
from themes.models import BrandAsset, BrandVersion

CREDITORS = ROOT / "app" / "workbench" / "creditors"


@dataclass(frozen=True)
class Resident:
    """A signed-in person of one creditor."""

    host: str
    tenant_id: uuid.UUID
    debtor_id: uuid.UUID
    cookie: str


def settle(stage: Stage, *, tenants: int, inhabited: int, people: int = 1) -> list[Resident]:
    """Make `tenants` live creditors, and signed-in `people` of each of the first `inhabited` of them.

    They come in turns: one of each creditor, then another of each.
    """
    app = create_app(stage.settings)
    mark = os.urandom(3).hex()
    slugs = [f"t{mark}-{number}" for number in range(tenants)]
    _make_tenants(slugs)
    dress = None
    found = []
    for slug in slugs[:inhabited]:
        tenant = resolve.by_slug(slug)
        with within(tenant) as session:
            keys.create(session)
        dress = _wear(tenant, dress)
        found += [
            Resident(tenant.host, tenant.id, debtor_id, _cookie(app, tenant, debtor_id))
            for debtor_id in _move_in(tenant, people)
        ]
    return [one for turn in range(people) for one in found[turn::people]]


def _make_tenants(slugs: list[str]) -> None:
    for start in range(0, len(slugs), 1000):
        ids = {slug: new_id() for slug in slugs[start : start + 1000]}
        with platform() as session:
            session.execute(
                insert(Tenant),
                [
                    {
                        "id": id,
                        "slug": slug,
                        "name": slug,
                        "state": TenantState.LIVE,
                        "stripe_account": f"acct_{slug}",
                    }
                    for slug, id in ids.items()
                ],
            )
            session.execute(
                insert(Domain),
                [
                    {
                        "id": new_id(), "tenant_id": id, "host": f"{slug}.localhost",
                        "state": DomainState.VERIFIED, "is_primary": True, "proof": slug,
                    }
                    for slug, id in ids.items()
                ],
            )  # fmt: skip


Dress = tuple[dict[str, object], list[dict[str, object]]]


def _wear(tenant: resolve.Resolved, dress: Dress | None) -> Dress:
    """The first creditor is dressed from its file; the others wear copies of the same rows."""
    with within(tenant) as session:
        if dress is None:
            made = brands.apply_toml(session, CREDITORS / "aurora" / "brand.toml")
            brands.publish(session, made)
            session.flush()
            row = session.scalars(select(BrandVersion)).one()
            return _columns(row), [_columns(asset) for asset in session.scalars(select(BrandAsset))]
        version = BrandVersion(**dress[0])
        session.add(version)
        session.flush()
        session.add_all(
            BrandAsset(**asset | {"brand_version_id": version.id}) for asset in dress[1]
        )
    return dress


def _columns(row: BrandVersion | BrandAsset) -> dict[str, object]:
    names = {column.key for column in type(row).__table__.columns} - {"tenant_id", "id"}
    return {name: getattr(row, name) for name in names}


def _move_in(tenant: resolve.Resolved, people: int) -> list[uuid.UUID]:
    """New people of a creditor, each with a debt and an offer."""
    rules = tomlfile.parse((CREDITORS / "lume" / "offers.toml").read_bytes())
    draw = random.Random(people)
    with within(tenant) as session:
        offers.put_rules(session, rules)
        ids = [_debtor(session, cpf(draw)) for _ in range(people)]
        assert offers.make_offers(session, tenant, ids, clock.today(tenant.time_zone)) == people
    return ids


def _debtor(session: Session, document: str) -> uuid.UUID:
    vault = keys.vault(session)
    person = f'{{"name": "Ana Souza", "document": "{document}", "birth_date": "1990-05-17"}}'
    debtor = Debtor(
        document_kind="cpf",
        document_index=vault.index(document, "document"),
        sealed=vault.seal(person, "debtor"),
        uf="SP",
        adult_on=date(2008, 5, 17),
    )
    session.add(debtor)
    session.flush()
    session.add(
        Debt(
            debtor_id=debtor.id, contract=document, product="Crediário Lume",
            principal_cents=184_250, due_on=date(2026, 3, 10), row_hash=b"x" * 32,
        )
    )  # fmt: skip
    session.flush()
    return debtor.id


def _cookie(app: Flask, tenant: resolve.Resolved, debtor_id: uuid.UUID) -> str:
    """The cookie of somebody who was just identified and has seen their offer once.

    It begins as the portal itself would set it after the second factor; the first page adds what
    is written once per visit (the form token). What is measured is every page after that.
    """
    client = app.test_client()
    at = int(clock.now().timestamp())
    with client.session_transaction(base_url=f"http://{tenant.host}") as session:
        session.update(
            device="bench", tenant=tenant.id.hex, person=debtor_id.hex, epoch=0, since=at, seen=at
        )
    answer = client.get("/oferta", base_url=f"http://{tenant.host}")
    assert answer.status_code == 200, answer.status
    cookie = client.get_cookie("traje", domain=tenant.host)
    assert cookie is not None
    return f"traje={cookie.value}"
