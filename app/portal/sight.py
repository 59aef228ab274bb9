"""The person and their offer in one look: the page that is asked for most, in its common case."""

from sqlalchemy import and_

from app.debts.models import Debtor
from app.offers.models import Offer
from app.offers.queries import IS_OPEN, OF_PERSON, TENANT, StoredOffer, as_it_stands
from app.portal import visitor
from app.portal.visitor import Person
from tenants import keys
from tenants.clock import today
from tenants.glance import Glance
from tenants.resolve import Resolved

_PERSON_AND_OFFER = Glance(
    "person_and_offer",
    visitor.PERSON.add_columns(*OF_PERSON).join(
        Offer, and_(Offer.tenant_id == TENANT, Offer.debtor_id == Debtor.id, IS_OPEN)
    ),
)


def person_and_offer(tenant: Resolved) -> tuple[Person, StoredOffer] | None:
    """Whoever is signed in and the offer they have already seen, if it is as good as it was.

    None for all else: nobody current, a minor, an offer that is new, expired or held. Then there
    is something to write or to explain, and the view walks the long way. Raises SignedOut.
    """
    vault = keys.kept(tenant.id)
    if vault is None:
        return None
    row = _PERSON_AND_OFFER.row(tenant, debtor_id=visitor.signed_in_id())
    if row is None or not visitor.is_current(row):
        return None
    of_person, of_offer = row[: len(visitor.COLUMNS)], row[len(visitor.COLUMNS) :]
    person = visitor.opened(of_person, vault)
    offer = as_it_stands(of_offer)
    on = today(person.time_zone)
    if offer is None or offer.first_seen_at is None or not offer.holds(on) or person.is_minor(on):
        return None
    return person, offer
