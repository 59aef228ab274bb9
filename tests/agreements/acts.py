"""People who accept offers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.agreements import actions, queries
from app.offers import actions as offers
from app.offers import queries as offer_queries
from app.offers import rules
from tenants.clock import stopped_at
from tests.offers.cases import TODAY
from tests.offers.people import person

NOON = datetime(2026, 11, 20, 15, tzinfo=UTC)
EVIDENCE = actions.Evidence("203.0.113.9", "Browser/1.0", NOON)


def offer_for(session, tenant, owes=((100_000, 400),), uf="SP", email="maria@example.com"):
    """A person with an offer."""
    debtor = person(session, list(owes), uf, email)
    offers.make_offers(session, tenant, [debtor], TODAY)
    return offer_queries.current_offer(session, debtor, TODAY)


def accept(session, tenant, offer, option=None, key="key", evidence=EVIDENCE, **wish):
    """Accept an option of an offer, by default what the simulator makes of `wish`."""
    local = evidence.at.astimezone(ZoneInfo("America/Sao_Paulo")).date()
    when = rules.Calendar(local, "SP")
    chosen = option or rules.simulate(offer.typed_limits, when, **(wish or {"instalments": 6}))
    with stopped_at(evidence.at):
        return actions.accept(
            session,
            tenant,
            offer=offer,
            option=chosen,
            debtor_id=offer.debtor_id,
            evidence=evidence,
            acceptance_key=key,
            locale="pt_BR",
        )


def pay(session, agreement, number, cents=None, at=NOON, **more):
    """Pay an instalment (None: an early payoff), by default what is open of it."""
    rows = queries.instalments_of(session, agreement.id)
    row = next((row for row in rows if row.number == number), None)
    return actions.apply_payment(
        session,
        agreement.id,
        instalment_id=row.id if row else None,
        received_cents=cents or row.amount_cents - row.paid_cents,
        at=at,
        **more,
    )
