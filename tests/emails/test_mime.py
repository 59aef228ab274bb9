"""A mail as bytes, read back by the standard library."""

import email as standard
import email.policy
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emails.compose import Email
from emails.mime import build, header_text
from emails.page import Page, shape_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def built(subject="Sua proposta", text="Olá\r\n", html="<p>Olá</p>\r\n", headers=None, **more):
    options = {
        "from_": ("Banco Aurora", "aviso@aurora.example"),
        "to": "ana@pessoa.example",
        "message_id": "<1@aurora.example>",
        "date": NOON,
    }
    mail = Email(subject, text, Page.of(html.encode()), headers or {})
    return b"".join(build(mail, **options | more).pieces)


def read(raw):
    message = standard.message_from_bytes(raw, policy=email.policy.SMTP)
    assert not message.defects
    for part in message.walk():
        assert not part.defects
    return message


def test_the_standard_library_reads_what_was_meant():
    raw = built(
        headers={"List-Unsubscribe": "<https://a.example/u/1>"}, reply_to="oi@aurora.example"
    )
    message = read(raw)
    assert message["Subject"] == "Sua proposta"
    assert message["From"].addresses[0].display_name == "Banco Aurora"
    assert message["Reply-To"] == "oi@aurora.example"
    assert message["Date"].datetime == NOON
    assert message["List-Unsubscribe"] == "<https://a.example/u/1>"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("html",)).get_content() == "<p>Olá</p>\r\n"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_any_subject_comes_back(subject):
    message = read(built(subject=subject))
    assert str(message["Subject"]).strip() == subject.strip() or "=?" in header_text(subject)
    decoded = standard.header.make_header(standard.header.decode_header(header_text(subject)))
    assert str(decoded).strip() == subject.strip()
    assert all(len(line) <= 998 for line in header_text(subject).split("\r\n"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=3000))
def test_any_text_comes_back_in_eight_bits_and_in_seven(text):
    for eight_bit in (True, False):
        raw = built(text=text + "\r\n", eight_bit=eight_bit)
        assert eight_bit or raw.isascii()
        assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
        body = read(raw).get_body(("plain",)).get_payload(decode=True).decode()
        assert body.rstrip("\r\n") == text


@pytest.mark.parametrize(
    "name", ["Casa Lume", "Lume, Casa", 'A "B" C', "Construções São João", "x\\y"]
)
def test_any_name_signs(name):
    message = read(built(from_=(name, "aviso@aurora.example")))
    assert message["From"].addresses[0].display_name == name
    assert message["From"].addresses[0].addr_spec == "aviso@aurora.example"


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "a\r\nBcc: x@y.example"},
        {"subject": "a\nb"},
        {"to": "ana@pessoa.example\r\nBcc: x@y.example"},
        {"to": "ana@pessoa.example, outra@pessoa.example"},
        {"to": "ana"},
        {"to": "aná@pessoa.example"},
        {"from_": ("a\r\nBcc: b", "aviso@aurora.example")},
        {"from_": ("a", "aviso")},
        {"headers": {"X-A": "b\r\nBcc: x@y.example"}},
        {"headers": {"X-A": "b\r\n Bcc"}},
        {"message_id": "<1>\r\nBcc: x@y.example"},
        {"reply_to": "a b@c.example"},
    ],
)
def test_nothing_smuggles_a_header_in(change):
    if change == {"headers": {"X-A": "b\r\n Bcc"}}:
        assert read(built(**change))["Bcc"] is None
        return
    with pytest.raises(ValueError, match=r"line break|address"):
        built(**change)


LINE = st.text(alphabet="aé.@ \r\n", max_size=1200).map(lambda text: text.replace("\r", "\r\n"))
CONSTANT = LINE.map(lambda text: re.sub("@+", "@", text))
"""What a layout holds beside its slots: never their mark."""


@given(CONSTANT, LINE, CONSTANT, LINE)
def test_a_page_of_pieces_travels_like_the_same_page_in_one(before, value, between, other):
    shape = shape_of(f"{before}@@a@@{between}@@b@@\r\n")
    page = shape.filled({"a": value.encode(), "b": other.encode()})
    assert page.octets == f"{before}{value}{between}{other}\r\n".encode()
    whole = Page.of(page.octets)
    mails = [Email("x", "y\r\n", one) for one in (page, whole)]
    envelope = {"from_": ("a", "a@b.example"), "to": "c@d.example", "message_id": "<1@x>"}
    first, second = (b"".join(build(mail, **envelope, date=NOON).pieces) for mail in mails)
    assert first == second


DOTTED = st.text(st.sampled_from(".a\n"), max_size=5).map(lambda text: text.replace("\n", "\r\n"))


@given(DOTTED, DOTTED, DOTTED, DOTTED, st.booleans())
def test_a_line_that_begins_with_a_dot_is_never_overlooked(before, value, after, text, eight_bit):
    page = shape_of(f"{before}@@a@@{after}\r\n").filled({"a": value.encode()})
    envelope = {"from_": ("a", "a@b.example"), "to": "c@d.example", "message_id": "<1@x>"}
    made = build(Email("x", text, page), **envelope, date=NOON, eight_bit=eight_bit)
    assert made.is_dotted or b"\n." not in b"".join(made.pieces)


def test_another_value_or_another_shape_gives_another_digest():
    shape, longer = shape_of("<p>@@a@@ @@b@@</p>"), shape_of("<p>@@a@@ @@b@@</p> ")
    values = {"a": b"1", "b": b"2"}
    digests = {
        shape.filled(values).digest,
        shape.filled({"a": b"12", "b": b""}).digest,
        shape.filled({"a": b"2", "b": b"1"}).digest,
        longer.filled(values).digest,
    }
    assert len(digests) == 4
    assert shape.filled(values).digest in digests
