"""Intent + facts + the brand's voice → words.

Everything that depends on the brand alone (its name, its preferred words, its own texts) is worked
into the wordings once per brand; a message then costs one `%` per slot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from typing import Any

from themes import formats
from themes.translations import LOCALES
from themes.voice import library
from themes.voice.fragments import Field, Fragment, parse
from themes.voice.lexicon import avoiding, mentions, preferred
from themes.voice.library import NAMELESS, SMS
from themes.voice.placeholders import CHANNELS, INTENTS, SLOTS, places
from themes.voice.values import Speaker, Values, Voiced, brand_values, person_name

SMS_LENGTH = 160
"""Of one segment in the GSM alphabet."""
SUBJECT_LENGTH = 60
"""At most, so that a phone shows a subject whole (rule L16)."""
SHORTENED = frozenset({"reminder"})
"""What may be said without its body, as a short note."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class SmsTooLong(ValueError):
    """No wording fits one segment with this link; `length` is of the shortest."""

    def __init__(self, intent: str, length: int) -> None:
        super().__init__(f"{intent}: {length} characters")
        self.length = length


@dataclass(frozen=True, slots=True)
class Words:
    """A message in words. For e-mail the slots; for SMS only `text`, whole and in ASCII."""

    subject: str = ""
    preheader: str = ""
    greeting: str = ""
    opening: str = ""
    body: str = ""
    call_to_action: str = ""
    closing: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Wording:
    """A fragment ready to fill: a `%` template and the keys of its values."""

    template: str
    keys: tuple[str | Field, ...]

    def fill(self, values: Values) -> str:
        return self.template % tuple([values[key] for key in self.keys])


@dataclass(slots=True)
class _Plan:
    """The wordings of one brand, locale, intent and channel, by part."""

    brand: Voiced
    product: str
    parts: dict[str, tuple[_Wording, ...]] = field(default_factory=dict)
    wholes: dict[tuple[str, str], _Wording] = field(default_factory=dict)
    """All slots of an e-mail as one wording, by greeting and variant: see `_whole`."""


_plans: dict[tuple[int, str, str, str], _Plan] = {}
_MOST_PLANS = 2048
_MOST_WHOLES = 8192


def compose(
    brand: Voiced, *, intent: str, channel: str, locale: str, variant: str, facts: Mapping[str, Any]
) -> Words:
    """The words of one message.

    `variant`: one letter for every slot, or one letter per slot in the order of
    `placeholders.SLOTS`; the last letter holds for the slots that follow; `shortened`, a reminder
    by e-mail is a short note without a body. Any string is a key.
    `facts`: values by name (`required_facts`); dates as date or ISO text, money in cents.
    Raises MissingFact, SmsTooLong, LookupError (unknown tone, locale, intent, channel) and
    FragmentError (a text of the tenant that mentions what its intent has not).
    """
    plan = _plan(brand, locale, intent, channel)
    values = Values(facts, locale=locale, channel=channel, product=plan.product)
    if channel == SMS:
        return Words(text=_sms(plan.parts[SMS], letter(variant, 0), values, intent, locale))
    parts = plan.parts
    greeting = "greeting" if person_name(facts, "first_name", locale) else NAMELESS
    chosen = _whole(plan, greeting, variant).fill(values).split("\x00")
    if len(chosen[5]) > SUBJECT_LENGTH:
        # A long creditor's name: the shortest wording says less of it.
        chosen[5] = min((one.fill(values) for one in parts["subject"]), key=len)
    return Words(
        greeting=chosen[0],
        opening=chosen[1],
        body="" if is_short(variant) and intent in SHORTENED else chosen[2],
        call_to_action=chosen[3],
        closing=chosen[4],
        subject=chosen[5],
        preheader=chosen[6],
    )


def _whole(plan: _Plan, greeting: str, variant: str) -> _Wording:
    """The wordings that a variant chooses, as one: no text and no value holds a NUL, which parts
    them."""
    whole = plan.wholes.get((greeting, variant))
    if whole is None:
        chosen = [
            _pick(plan.parts[greeting if slot == "greeting" else slot], letter(variant, place))
            for place, slot in enumerate(SLOTS)
        ]
        if len(plan.wholes) >= _MOST_WHOLES:
            plan.wholes.clear()
        keys = tuple(key for one in chosen for key in one.keys)
        whole = _Wording("\x00".join([one.template for one in chosen]), keys)
        plan.wholes[greeting, variant] = whole
    return whole


@lru_cache(maxsize=65536)
def letter(variant: str, place: int) -> int:
    """The number a variant key gives to a slot: "b" → 1 everywhere, "abc" → 0, 1, 2, 2, 2…"""
    if not variant:
        return 0
    return max(0, ord(variant[min(place, len(variant) - 1)].lower()) - ord("a"))


def shortened(variant: str) -> str:
    """The same wordings as a short note: the key in capitals."""
    return variant.upper()


def is_short(variant: str) -> bool:
    """Whether a key is of a short note."""
    return variant.isupper()


def _pick(wordings: tuple[_Wording, ...], number: int) -> _Wording:
    return wordings[number % len(wordings)]


def _sms(
    wordings: tuple[_Wording, ...], number: int, values: Values, intent: str, locale: str
) -> str:
    """The chosen wording if it fits one segment, else the longest that does."""
    suffix = ""
    if INTENTS[intent].message_class == "outbound":
        suffix = " " + library.locale_forms(locale)["sms"]["opt_out"]
    text = formats.ascii(_pick(wordings, number).fill(values)) + suffix
    if len(text) <= SMS_LENGTH:
        return text
    others = [formats.ascii(wording.fill(values)) + suffix for wording in wordings]
    fitting = [other for other in others if len(other) <= SMS_LENGTH]
    if not fitting:
        raise SmsTooLong(intent, min(map(len, others)))
    return max(fitting, key=len)


def variants(tone: str, locale: str, intent: str, channel: str) -> tuple[str, ...]:
    """The one-letter keys that give different wordings in every slot: ("a", "b", "c")."""
    return tuple(LETTERS[: min(choices(tone, locale, intent, channel).values())])


def choices(tone: str, locale: str, intent: str, channel: str) -> dict[str, int]:
    """How many wordings each slot has, in the order of a variant key."""
    parts = (SMS,) if channel == SMS else SLOTS
    return {part: len(library.wordings(tone, locale, intent, part)) for part in parts}


def draw(seed: bytes, *, tone: str, locale: str, intent: str, channel: str) -> str:
    """A full variant key from a seed (say a message id): spread evenly, the same every time."""
    keys = _keys(tone, locale, intent, channel)
    return keys[int.from_bytes(blake2b(seed, digest_size=8).digest()) % len(keys)]


@lru_cache(maxsize=1024)
def _keys(tone: str, locale: str, intent: str, channel: str) -> tuple[str, ...]:
    """Every full variant key: a few thousand at most."""
    slots = [LETTERS[:count] for count in choices(tone, locale, intent, channel).values()]
    return tuple("".join(letters) for letters in product(*slots))


def _plan(brand: Voiced, locale: str, intent: str, channel: str) -> _Plan:
    key = (id(brand), locale, intent, channel)
    plan = _plans.get(key)
    # An id is taken again after its object is gone; the plan holds its brand, so this is the one.
    if plan is not None and plan.brand is brand:
        return plan
    if len(_plans) >= _MOST_PLANS:
        _plans.clear()
    plan = _plans[key] = _make_plan(brand, locale, intent, channel)
    return plan


def _make_plan(brand: Voiced, locale: str, intent: str, channel: str) -> _Plan:
    if channel not in ("email", SMS):
        raise LookupError(f"no channel {channel}")
    if intent not in INTENTS:
        raise LookupError(f"no intent {intent}")
    known = brand_values(brand, locale, channel)
    product = brand.lexicon.product(brand.product_line, locale)
    plan = _Plan(brand, product or library.locale_forms(locale)["product"]["default"])
    for part in (SMS,) if channel == SMS else (*SLOTS, NAMELESS):
        wordings = [
            _wording(fragment, known, brand, channel)
            for fragment in _fragments(brand, locale, intent, part)
        ]
        plan.parts[part] = avoiding(wordings, brand.lexicon.forbidden)
    return plan


def _fragments(brand: Voiced, locale: str, intent: str, part: str) -> list[Fragment]:
    """The library's wordings with the tenant's own in their place."""
    fragments = list(library.fragments(brand.tone, locale, intent, part))
    allowed = places(intent, part)
    own = brand.fragments
    key = f"{locale}.{intent}.{part}"
    if text := own.get(key):
        return [parse(text, locale=locale, allowed=allowed)]
    for number in range(len(fragments)):
        if text := own.get(f"{key}.{LETTERS[number]}"):
            fragments[number] = parse(text, locale=locale, allowed=allowed)
    return fragments


def _wording(fragment: Fragment, known: Mapping[str, str], brand: Voiced, channel: str) -> _Wording:
    template: list[str] = []
    keys: list[str | Field] = []
    for part in fragment.parts:
        if isinstance(part, Field) and not part.forms and part.name in known:
            template.append(known[part.name].replace("%", "%%"))
        elif isinstance(part, Field):
            template.append("%s")
            keys.append(part if part.forms else part.name)
        else:
            template.append(preferred(part, brand.lexicon.preferred).replace("%", "%%"))
    text = "".join(template)
    return _Wording(text[:1].upper() + text[1:], tuple(keys))


def cannot_avoid(brand: Voiced, word: str) -> bool:
    """Whether some part of a message has no wording without `word`, the brand's applied."""
    speaker = Speaker.of(brand)
    for locale in LOCALES:
        for intent in INTENTS:
            for channel in CHANNELS:
                parts = _make_plan(speaker, locale, intent, channel).parts.values()
                for wordings in parts:
                    if all(mentions(wording.template, (word,)) for wording in wordings):
                        return True
    return False
