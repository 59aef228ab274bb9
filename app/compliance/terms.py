"""What the policy asks of offers, agreements, payments, audiences and decisions. Pure.

BR-13 what is needed to live on · BR-17 limits of charges · BR-18 card debt at most doubles · BR-19
total cost shown · BR-20 fair agreement · BR-21 before a bureau is told · BR-24 safe payment · BR-30
and EU-02 audiences · BR-31 automated decision explained. Owners call these with facts.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.compliance.dates import years_later
from app.compliance.facts import Reason
from app.compliance.policy import Effect, Policy

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """Charges on one debt, in cents. `months_late_ppm` is months late × 1,000,000 (pro rata)."""

    principal_cents: int
    fine_cents: int
    interest_cents: int
    months_late_ppm: int
    other_fees_cents: int = 0
    is_card: bool = False
    original_cents: int | None = None
    interest_is_contractual: bool = False
    """A financial institution charges its contract's rate (CMN 4.882): no monthly cap."""


def check_charges(facts: ChargeFacts, policy: Policy) -> tuple[Reason, ...]:
    """BR-17 and BR-18: every limit that is exceeded, half a cent of rounding allowed."""
    broken = []
    fine_limit = facts.principal_cents * policy.parameter("BR-17", "fine_ppm")
    if facts.fine_cents * MILLION > fine_limit + MILLION // 2:
        broken.append(Reason("BR-17", Effect.BLOCK, "fine"))
    rate = policy.parameter("BR-17", "interest_per_month_ppm")
    limit = facts.principal_cents * rate * facts.months_late_ppm
    most = limit + MILLION * MILLION // 2
    if not facts.interest_is_contractual and facts.interest_cents * MILLION * MILLION > most:
        broken.append(Reason("BR-17", Effect.BLOCK, "interest"))
    if facts.other_fees_cents > policy.parameter("BR-17", "collection_fee_cents"):
        broken.append(Reason("BR-17", Effect.BLOCK, "fee"))
    original = facts.original_cents if facts.original_cents is not None else facts.principal_cents
    charges = facts.fine_cents + facts.interest_cents
    share = policy.parameter("BR-18", "charges_over_original_ppm")
    if facts.is_card and charges * MILLION > original * share:
        broken.append(Reason("BR-18", Effect.BLOCK))
    return tuple(broken)


def check_cost_shown(
    *, has_interest: bool, annual_cost_shown: str | None, policy: Policy
) -> tuple[Reason, ...]:
    """BR-19: instalments with interest show their annual cost, with enough decimals.

    `annual_cost_shown` is the figure as printed, a decimal point or comma in it.
    """
    if not has_interest:
        return ()
    shown = (annual_cost_shown or "").strip().rstrip("%").strip().replace(",", ".")
    decimals = len(shown.partition(".")[2])
    if not shown or decimals < policy.parameter("BR-19", "decimals"):
        return (Reason("BR-19", Effect.REQUIRE),)
    return ()


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """An agreement before it binds."""

    waives_rights: bool
    replaces_contract_silently: bool
    copy_delivered: bool
    type_points: float
    has_evidence: bool
    """Hash, time and address are recorded."""


def check_agreement(facts: AgreementFacts, policy: Policy) -> tuple[Reason, ...]:
    """BR-20: every reason why this agreement would not be fair."""
    problems = {
        "waiver": facts.waives_rights,
        "silent_replacement": facts.replaces_contract_silently,
        "no_copy": not facts.copy_delivered,
        "small_print": facts.type_points < policy.parameter("BR-20", "type_points"),
        "no_evidence": not facts.has_evidence,
    }
    return tuple(Reason("BR-20", Effect.BLOCK, name) for name, is_so in problems.items() if is_so)


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment before it is shown. Documents are digits (or an alphanumeric CNPJ)."""

    method: str
    registered: bool
    is_dynamic: bool
    beneficiary_document: str
    creditor_documents: frozenset[str]
    """The creditor's own, and those it authorised."""
    matches_registration: bool = True
    """Value and date are those that were registered."""


def check_payment(facts: PaymentFacts) -> tuple[Reason, ...]:
    """BR-24: every reason why this payment must not be shown."""
    problems = {
        "unregistered": facts.method == "boleto" and not facts.registered,
        "static_pix": facts.method == "pix" and not facts.is_dynamic,
        "beneficiary": facts.beneficiary_document not in facts.creditor_documents,
        "changed": not facts.matches_registration,
    }
    return tuple(Reason("BR-24", Effect.BLOCK, name) for name, is_so in problems.items() if is_so)


def check_decision(*, is_adverse: bool, reasons: int, has_review_route: bool) -> tuple[Reason, ...]:
    """BR-31: an automated decision against somebody's wish has reasons and a way to a person."""
    if not is_adverse:
        return ()
    missing = {"reasons": reasons == 0, "review": not has_review_route}
    return tuple(Reason("BR-31", Effect.REQUIRE, name) for name, is_so in missing.items() if is_so)


def check_budget(
    *, income_cents: int, instalments_cents: int, policy: Policy
) -> tuple[Reason, ...]:
    """BR-13: whether a month's income, less all instalments, leaves too little to live on."""
    left = income_cents - instalments_cents
    is_less = left < policy.parameter("BR-13", "minimum_cents")
    return (Reason("BR-13", Effect.REVIEW),) if is_less else ()


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """A debt before it is put on a bureau's list."""

    notice_delivered_on: date | None
    due_on: date
    is_disputed: bool


def check_registration(
    facts: RegistrationFacts, today: date, time_zone: str, policy: Policy
) -> tuple[Reason, ...]:
    """BR-21: every reason why this debt must not be put on a bureau's list today.

    "too_early" ends when the days of waiting are over, by midnight in `time_zone`.
    """
    told, wait = facts.notice_delivered_on, timedelta(days=policy.parameter("BR-21", "wait_days"))
    problems = {
        "no_notice": told is None,
        # The notice is of a default: before the debt was due there was none to tell of.
        "before_due": told is not None and told < facts.due_on,
        "to_come": told is not None and today < told,
        "too_early": told is not None and told <= today < told + wait,
        "too_old": today > years_later(facts.due_on, policy.parameter("BR-21", "years")),
        "disputed": facts.is_disputed,
    }
    ends = {}
    if told is not None:
        ends["too_early"] = datetime.combine(told + wait, time(), ZoneInfo(time_zone))
    return tuple(
        Reason("BR-21", Effect.BLOCK, name, ends.get(name))
        for name, is_so in problems.items()
        if is_so
    )


@dataclass(frozen=True, slots=True)
class AudienceFacts:
    """A list of people before it is given to an advertising platform."""

    by_debt: bool
    """Made of who owes, rather than of everybody the creditor has as a customer."""
    people: int
    consent: frozenset[str] = frozenset()
    """Consent signals that everybody on it gave."""


def check_audience(facts: AudienceFacts, policy: Policy) -> tuple[Reason, ...]:
    """BR-30 and EU-02: every reason why this list must not be given away."""
    broken = []
    if facts.by_debt:
        broken.append(Reason("BR-30", Effect.BLOCK, "by_debt"))
    if facts.people < policy.parameter("BR-30", "least_people"):
        broken.append(Reason("BR-30", Effect.BLOCK, "too_few"))
    consent = policy.rules.get("EU-02")
    missing = () if consent is None else set(consent.parameters["needs"]) - facts.consent
    return (*broken, *(Reason("EU-02", Effect.BLOCK, name) for name in sorted(missing)))
