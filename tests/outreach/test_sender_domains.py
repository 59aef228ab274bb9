"""A sender domain that is not proven refuses bulk e-mail; what people ask for leaves all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import config
from app.compliance import alignment
from app.compliance.models import AuditEntry, SenderDomain
from app.compliance.policy import standard
from app.compliance.queries import paused_channels
from app.outreach import jobs, sender_domains
from app.outreach.actions import confirm_opt_out
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import MessageState
from tenants.actions import add_domain
from tenants.clock import now
from tenants.scope import within
from tests.names import dns_server
from tests.outreach.test_writing import remind

KEY = '"v=DKIM1; k=rsa; " "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"'
PROVEN = {"dkim": True, "spf": True, "dmarc": True}


@pytest.fixture
def transport(settings):
    """The process sends by the transport of this name."""

    def chosen(name, **more):
        config.use(replace(settings, email_transport=name, **more))

    yield chosen
    config.use(settings)


def names_of(host, selector="traje"):
    return {
        (host, "TXT"): '"v=spf1 ip4:203.0.113.7 -all"',
        (f"{selector}._domainkey.{host}", "TXT"): KEY,
        (f"_dmarc.{host}", "TXT"): '"v=DMARC1; p=reject"',
    }


def looked_up(bank):
    with within(bank) as session:
        return dict(sender_domains.check(session, bank).proofs)


def test_a_relay_is_looked_up_in_the_dns(bank, transport):
    transport("smtp")
    host = bank.primary_host
    with dns_server(names_of(host)) as records:
        assert looked_up(bank) == PROVEN
        records[f"_dmarc.{host}", "TXT"] = '"v=spf1 -all"'
        del records[f"traje._domainkey.{host}", "TXT"]
        assert looked_up(bank) == {"dkim": False, "spf": True, "dmarc": False}
    with within(bank) as session:
        assert len(session.scalars(select(SenderDomain)).all()) == 1
        told = [entry.action for entry in session.scalars(select(AuditEntry))]
        assert told == ["sender.checked", "sender.checked"]


def test_the_selector_is_configured_and_a_policy_above_counts(bank, transport):
    transport("smtp", dkim_selector="s2026")
    host = bank.primary_host
    records = names_of(host, "s2026")
    records[f"_dmarc.{host.partition('.')[2]}", "TXT"] = records.pop((f"_dmarc.{host}", "TXT"))
    with dns_server(records):
        assert looked_up(bank)["dkim"]
        parent_is_a_top_level_domain = "." not in host.partition(".")[2]
        assert looked_up(bank)["dmarc"] != parent_is_a_top_level_domain


@pytest.mark.parametrize("verified", [True, False])
def test_ses_says_what_it_signs(bank, transport, peer, verified):
    transport("ses", aws_endpoint_url=peer.url)
    host = bank.primary_host
    peer.behaviour.identities[host] = (verified, True)
    with dns_server({(f"_dmarc.{host}", "TXT"): '"v=DMARC1; p=none"'}):
        assert looked_up(bank) == {"dkim": verified, "spf": verified, "dmarc": True}
    [call] = peer.calls
    assert (call.operation, call.parameters) == ("GetEmailIdentity", {"EmailIdentity": host})


def test_ses_that_knows_no_identity_proves_nothing_and_one_that_fails_changes_nothing(
    bank, transport, peer
):
    transport("ses", aws_endpoint_url=peer.url)
    with dns_server({}):
        assert looked_up(bank) == {"dkim": False, "spf": False, "dmarc": False}
    peer.failing = (500, "InternalFailure")
    with within(bank) as session, pytest.raises(sender_domains.NoAnswer):
        sender_domains.check(session, bank)
    with within(bank) as session:
        assert sender_domains.known(session, bank.primary_host).proofs["dkim"] is False
    jobs.check_domain(str(bank.id))  # asks again later


def keep(bank, proofs=PROVEN, ago=timedelta(0)):
    with within(bank) as session:
        session.add(SenderDomain(domain=bank.primary_host, proofs=proofs, checked_at=now() - ago))


@pytest.mark.parametrize(
    ("proofs", "ago", "rests"),
    [
        (PROVEN, timedelta(0), False),
        (PROVEN, timedelta(days=7), True),
        ({"dkim": True, "spf": False, "dmarc": True}, timedelta(0), False),
        ({"dkim": True, "spf": True, "dmarc": False}, timedelta(0), True),
        ({"dkim": False, "spf": True, "dmarc": True}, timedelta(0), True),
    ],
)
def test_outbound_mail_rests_until_the_domain_is_proven(bank, transport, proofs, ago, rests):
    keep(bank, proofs, ago)
    with within(bank) as session:
        assert paused_channels(session) == {}, "the local outbox asks for nothing"
    transport("smtp")
    with within(bank) as session:
        assert paused_channels(session) == ({"email": "alignment"} if rests else {})


def test_the_domain_that_mail_leaves_from_counts_while_a_chosen_one_waits_for_its_proof(
    bank, transport
):
    keep(bank)
    add_domain(bank.id, f"negocie.{bank.slug}.example", is_primary=True)
    transport("smtp")
    with within(bank) as session:
        assert paused_channels(session) == {}, "the pending domain sends nothing yet"


def test_what_was_never_looked_up_is_not_proven_and_only_what_is_asked_for_leaves(
    bank, person, transport, settings
):
    with within(bank) as session:
        remind(session, bank, person, cause="before", channel="email")
        transport("smtp")
        late = remind(session, bank, person, cause="after", channel="email")
        assert late.state == MessageState.WITHHELD
        assert (late.reasons[0]["rule"], late.reasons[0]["detail"]) == ("BR-29", "alignment")
        confirm_opt_out(session, bank, debtor_id=person, channel="email", cause="asked")
    assert deliver_due(bank, through=Transports(settings)) == {"withheld": 1, "sent": 1}


def test_the_hourly_job_asks_for_those_that_are_due(bank, transport):
    transport("smtp")
    keep(bank, ago=timedelta(days=2))
    with within(bank) as session:
        assert sender_domains.is_due(session, bank)
    with dns_server(names_of(bank.primary_host)):
        jobs.check_domain(str(bank.id))
    with within(bank) as session:
        assert not sender_domains.is_due(session, bank)


def test_the_command_says_what_is_missing(app, bank, transport):
    transport("smtp")
    records = names_of(bank.primary_host)
    run = app.test_cli_runner()
    with dns_server(records):
        assert run.invoke(args=["outreach", "domain", bank.slug]).exit_code == 0
        del records[f"_dmarc.{bank.primary_host}", "TXT"]
        refused = run.invoke(args=["outreach", "domain", bank.slug, "--locale=en"])
    assert refused.exit_code == 1
    assert f"{bank.primary_host}: DMARC is not there." in refused.output
    assert "only e-mail that somebody asked for leaves: DMARC." in refused.output


@pytest.mark.parametrize(
    ("check", "record", "is_fine"),
    [
        (alignment.has_dkim, "v=DKIM1; p=MIGf MA0G", True),
        (alignment.has_dkim, "k=ed25519; p=abc", True),
        (alignment.has_dkim, "v=DKIM1; p=", False),
        (alignment.has_dkim, "v=DKIM2; p=abc", False),
        (alignment.has_dkim, "v=spf1 -all", False),
        (alignment.has_spf, "v=spf1 include:amazonses.com ~all", True),
        (alignment.has_spf, "v=spf1 redirect=_spf.example", True),
        (alignment.has_spf, "v=spf1 +all", False),
        (alignment.has_spf, "v=spf10 -all", False),
        (alignment.has_dmarc, "v=DMARC1;p=none", True),
        (alignment.has_dmarc, "v = DMARC1; p = quarantine", True),
        (alignment.has_dmarc, "v=DMARC1; sp=reject", False),
        (alignment.has_dmarc, "p=reject", False),
    ],
)
def test_records_are_read_as_their_standards_say(check, record, is_fine):
    assert check([record]) is is_fine
    assert check([]) is False
    if is_fine:
        assert check([record, record]) is False, "two are none"


def test_a_creditor_may_ask_for_more_and_never_for_less():
    policy = standard()
    stricter = policy.with_overrides({"BR-29": {"alignment_needs": ["spf"]}})
    at = now()
    assert alignment.missing({**PROVEN, "spf": False}, at, at, policy) == []
    assert alignment.missing({**PROVEN, "spf": False}, at, at, stricter) == ["spf"]
