"""Tone of voice: an intent and its facts become words, in four tones and every locale."""

from themes.voice.composing import (
    SHORTENED,
    SMS_LENGTH,
    SmsTooLong,
    Words,
    choices,
    compose,
    draw,
    is_short,
    shortened,
    variants,
)
from themes.voice.fragments import FragmentError, parse
from themes.voice.placeholders import (
    CHANNELS,
    INTENTS,
    PLACEHOLDERS,
    SAMPLE_FACTS,
    SLOTS,
    TONES,
    message_class,
    places,
    required_facts,
)
from themes.voice.values import MissingFact, Speaker, Voiced

__all__ = [
    "CHANNELS",
    "INTENTS",
    "PLACEHOLDERS",
    "SAMPLE_FACTS",
    "SHORTENED",
    "SLOTS",
    "SMS_LENGTH",
    "TONES",
    "FragmentError",
    "MissingFact",
    "SmsTooLong",
    "Speaker",
    "Voiced",
    "Words",
    "choices",
    "compose",
    "draw",
    "is_short",
    "message_class",
    "parse",
    "places",
    "required_facts",
    "shortened",
    "variants",
]
