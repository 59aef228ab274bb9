"""The house keeps its own rules: every combination of its wordings, in every tone and channel."""

from collections import Counter

from themes import voice
from themes.lint import lint_wordings, walk_library
from themes.lint.walking import PROFILES
from themes.translations import LOCALES


def test_every_combination_passes():
    walked = Counter()
    for one in walk_library():
        assert one.findings == [], (one, one.findings)
        walked[one.channel, one.profile] += 1
    places = len(voice.TONES) * len(LOCALES) * len(voice.INTENTS)
    assert walked["email", "typical"] >= places * 3**7
    assert walked["sms", "typical"] >= places * 3
    for profile in PROFILES:
        assert walked["email", profile] >= places * 3


def test_every_wording_passes_as_its_writer_left_it():
    count = 0
    for where, findings in lint_wordings():
        assert findings == [], (where, findings)
        count += 1
    assert count >= len(voice.TONES) * len(LOCALES) * len(voice.INTENTS) * 9 * 3


def test_every_sms_is_plain_and_short():
    for one in walk_library(all_combinations=False):
        if one.channel == "sms":
            assert one.words.text.isascii()
            assert len(one.words.text) <= 160
            assert "{" not in one.words.text
        else:
            said = "".join(getattr(one.words, slot) for slot in voice.SLOTS)
            assert "{" not in said
            assert "  " not in said
            assert len(one.words.subject) <= 60
