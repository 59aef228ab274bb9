"""Decisions about payments: pure. What state follows, until when one can pay, what may be shown."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.compliance.terms import PaymentFacts
from app.money import share
from app.payments import boleto, brcode
from app.payments.models import Method, PaymentState

PIX_LIFE = timedelta(hours=24)
BOLETO_DAYS = 3
CARD_LIFE = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(minutes=15)
"""A row that the provider never answered for is asked again until then, afterwards replaced."""
NEARLY_OVER = timedelta(minutes=2)
"""A code with less life than this is not handed out again."""

LIMITS: Mapping[Method, tuple[int, int]] = {
    Method.PIX: (50, 99_999_999),
    Method.BOLETO: (500, 4_999_999),
    Method.CARD: (50, 99_999_999),
}
"""Smallest and largest amount in cents that the provider takes per method."""

NOBODY = "nobody"
"""Stands where a beneficiary is not the creditor."""

BOLETO_TIME_ZONE = ZoneInfo("America/Sao_Paulo")
"""Boletos end at the end of a day there, wherever the payer is."""

_FURTHEST_LAST = (
    PaymentState.CREATED,
    PaymentState.PENDING,
    PaymentState.EXPIRED,
    PaymentState.FAILED,
    PaymentState.PAID,
    PaymentState.REFUNDED,
)


def after(current: str, said: PaymentState | None) -> PaymentState:
    """The state that follows: whatever the order of events, the furthest one stands."""
    return max(PaymentState(current), said or PaymentState.CREATED, key=_FURTHEST_LAST.index)


def fee(amount_cents: int, basis_points: int) -> int:
    """The platform's application fee, half up."""
    return share(amount_cents, Decimal(basis_points) / 10_000)


def ends_at(method: Method, at: datetime) -> datetime:
    """Until when a payment started at `at` can be made."""
    if method is Method.PIX:
        return at + PIX_LIFE
    if method is Method.CARD:
        return at + CARD_LIFE
    last: date = at.astimezone(BOLETO_TIME_ZONE).date() + timedelta(days=BOLETO_DAYS)
    return datetime.combine(last, time(23, 59), BOLETO_TIME_ZONE).astimezone(UTC)


def boleto_days(created_at: datetime, expires_at: datetime) -> int:
    """The calendar days between the two, as the provider counts them."""
    first, last = (moment.astimezone(BOLETO_TIME_ZONE) for moment in (created_at, expires_at))
    return (last.date() - first.date()).days


def pix_facts(code: str, *, amount_cents: int, names: Iterable[str], document: str) -> PaymentFacts:
    """What BR-24 judges a Pix code by. A code carries the beneficiary's name, no document: a name
    that is one of the creditor's `names` stands for its `document`."""
    try:
        read = brcode.parse(code)
    except brcode.Malformed:
        return _facts("pix", NOBODY, document, is_dynamic=False, matches=False)
    ours = {brcode.printed_name(name) for name in names}
    payee = document if brcode.printed_name(read.merchant_name) in ours else NOBODY
    matches = read.amount_cents in (None, amount_cents)
    return _facts("pix", payee, document, is_dynamic=read.is_dynamic, matches=matches)


def boleto_facts(line: str, *, amount_cents: int, on: date, document: str) -> PaymentFacts:
    """What BR-24 judges a boleto by. The provider registers every one on the creditor's account;
    a line whose digits do not check is nobody's."""
    try:
        read = boleto.parse(line, around=on)
    except boleto.Malformed:
        return _facts("boleto", document, document, registered=False, matches=False)
    return _facts("boleto", document, document, matches=read.amount_cents == amount_cents)


def _facts(
    method: str,
    payee: str,
    document: str,
    *,
    registered: bool = True,
    is_dynamic: bool = True,
    matches: bool,
) -> PaymentFacts:
    return PaymentFacts(
        method=method,
        registered=registered,
        is_dynamic=is_dynamic,
        beneficiary_document=payee,
        creditor_documents=frozenset({document}),
        matches_registration=matches,
    )
