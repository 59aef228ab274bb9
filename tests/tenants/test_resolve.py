"""Host → tenant; states; domains and their proof, looked up in a real DNS on loopback."""

import secrets

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from tenants import actions, resolve, scope
from tenants.models import DomainState, TenantState
from tests.names import dns_server


def test_a_host_finds_its_tenant_whatever_its_spelling(cast):
    host = cast.bank.primary_host
    for spelling in (host, host.upper(), host + ":8000", host + ".", f" {host} "):
        assert resolve.by_host(spelling).id == cast.bank.id
    assert resolve.by_host(cast.outsider_host) is None
    assert resolve.by_host("") is None


def test_every_state_but_closed_is_found(cast):
    for state in (TenantState.SETUP, TenantState.LIVE, TenantState.SUSPENDED):
        actions.change_state(cast.bank.id, state)
        assert resolve.by_host(cast.bank.primary_host).state == state
    actions.change_state(cast.bank.id, TenantState.CLOSED)
    assert resolve.by_host(cast.bank.primary_host) is None
    assert resolve.by_host(cast.shop.primary_host).state == TenantState.LIVE


def test_closed_is_final(cast):
    actions.change_state(cast.bank.id, TenantState.CLOSED)
    with pytest.raises(ValueError, match="stays closed"):
        actions.change_state(cast.bank.id, TenantState.LIVE)


@pytest.mark.parametrize("kind", ["TXT", "CNAME"])
def test_a_domain_answers_only_after_its_proof(cast, kind):
    host = f"negocie-{secrets.token_hex(4)}.example.com"
    domain = actions.add_domain(cast.bank.id, host)
    assert domain.state == DomainState.PENDING
    assert resolve.by_host(host) is None
    with dns_server({(f"_traje.{host}", "TXT"): '"something else"'}) as records:
        with pytest.raises(actions.NotProved, match=host):
            actions.verify_domain(host)
        assert resolve.by_host(host) is None
        if kind == "TXT":
            records[(f"_traje.{host}", "TXT")] = f'"{domain.proof}"'
        else:
            records[(host, "CNAME")] = "portals.traje.localhost."
        actions.verify_domain(host)
    assert resolve.by_host(host).id == cast.bank.id


def test_hosts_below_localhost_and_the_platform_need_no_proof(cast):
    mark = secrets.token_hex(4)
    for host in (f"a{mark}.localhost", f"b{mark}.traje.localhost"):
        assert actions.add_domain(cast.bank.id, host).state == DomainState.VERIFIED
        assert resolve.by_host(host).id == cast.bank.id


def test_a_closed_creditor_takes_no_host_from_others(cast):
    actions.change_state(cast.bank.id, TenantState.CLOSED)
    host = f"c{secrets.token_hex(4)}.localhost"
    with pytest.raises(ValueError, match="closed"):
        actions.add_domain(cast.bank.id, host)
    assert actions.add_domain(cast.shop.id, host).state == DomainState.VERIFIED


@pytest.mark.parametrize("host", ["Traje.localhost.", "portals.traje.localhost"])
def test_the_platforms_own_hosts_are_no_creditors(cast, host):
    with pytest.raises(ValueError, match="is the platform's own"):
        actions.add_domain(cast.bank.id, host)
    assert resolve.by_host(host) is None


def test_localhost_is_nobodys_in_production(cast):
    mark = secrets.token_hex(4)
    actions.use("traje.example")
    try:
        with pytest.raises(ValueError, match="nobody's in production"):
            actions.add_domain(cast.bank.id, f"a{mark}.localhost")
        below = actions.add_domain(cast.bank.id, f"a{mark}.traje.example")
        assert below.state == DomainState.VERIFIED
    finally:
        actions.use("traje.localhost", is_local=True)


def test_a_host_belongs_to_one_tenant(cast):
    with pytest.raises(IntegrityError):
        actions.add_domain(cast.shop.id, cast.bank.primary_host)
    assert resolve.by_host(cast.bank.primary_host).id == cast.bank.id


@pytest.mark.parametrize(
    "host", ["", "localhost", "a b.example", "-x.example.com", "x" * 70 + ".com", "../etc"]
)
def test_what_is_not_a_host_is_refused(cast, host):
    with pytest.raises(ValueError, match="host name"):
        actions.add_domain(cast.bank.id, host)


def test_an_international_host_is_encoded(cast):
    mark = secrets.token_hex(3)
    domain = actions.add_domain(cast.bank.id, f"negociação-{mark}.localhost")
    assert domain.host.startswith("xn--")


def test_a_new_primary_host_takes_the_links(cast):
    host = f"novo-{secrets.token_hex(4)}.localhost"
    actions.add_domain(cast.bank.id, host, is_primary=True)
    assert resolve.by_id(cast.bank.id).primary_host == host
    assert resolve.by_slug(cast.shop.slug).primary_host == cast.shop.primary_host
    with pytest.raises(LookupError):
        resolve.by_slug("nobody")


def test_all_live_creditors_come_with_their_links_hosts_at_one_question(cast):
    chosen = f"novo-{secrets.token_hex(4)}.localhost"
    actions.add_domain(cast.shop.id, chosen, is_primary=True)
    actions.add_domain(cast.bank.id, f"negocie-{secrets.token_hex(4)}.example.com")
    asked = []

    def notice(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(scope.bound_engine(), "before_cursor_execute", notice)
    try:
        live = {tenant.id: tenant for tenant in resolve.all_live()}
    finally:
        event.remove(scope.bound_engine(), "before_cursor_execute", notice)
    assert live[cast.shop.id].primary_host == chosen
    assert live[cast.bank.id] == cast.bank
    assert len([statement for statement in asked if "tenant_domains" in statement]) == 1
    actions.change_state(cast.bank.id, TenantState.SUSPENDED)
    assert cast.bank.id not in {tenant.id for tenant in resolve.all_live()}
