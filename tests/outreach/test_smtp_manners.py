"""E-mail by SMTP to servers with manners of their own: no pipelining, seven bits, short patience."""

from email import message_from_bytes, policy

import pytest

from app.outreach.channels import Handed
from app.outreach.channels.smtp.transport import Smtp
from tests.outreach.servers import Leaving, Listening, hand, parcel

GOODBYE = b"421 4.4.2 timeout exceeded"


def test_commands_go_ahead_of_answers_only_where_pipelining_is_announced():
    listening = Listening(b"8BITMIME")
    with listening as server:
        smtp = Smtp(server, connections=1)
        answers = hand(smtp, "a@exemplo.com.br", "nobody@exemplo.com.br", "b@exemplo.com.br")
        smtp.close()
    assert answers == [Handed.SENT, Handed.REFUSED, Handed.SENT]
    assert not any(listening.ahead)
    assert len(listening.mails) == 2


def test_a_server_of_seven_bits_gets_seven_bits():
    head = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    text = "Ol\u00e1, S\u00e3o\r\n"
    content = head + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text.encode()
    listening = Listening(b"PIPELINING")
    with listening as server:
        smtp = Smtp(server, connections=1)
        [receipt] = smtp.begin([parcel("p@exemplo.com.br", content)]).receipts()
        smtp.close()
    assert receipt.handed is Handed.SENT
    [mail] = listening.mails
    assert mail.isascii()
    assert message_from_bytes(mail, policy=policy.SMTP).get_content() == text


def test_a_mail_that_seven_bits_cannot_hold_is_refused_alone():
    mail = b"Content-Type: text/plain; charset=%s\r\n\r\nS\xc3\xa3o\r\n"
    charsets = {"a": b"utf-8", "b": b"nonsense", "c": b"utf-8"}
    offered = [parcel(f"{who}@exemplo.com.br", mail % name) for who, name in charsets.items()]
    listening = Listening(b"PIPELINING")
    with listening as server:
        smtp = Smtp(server, connections=1)
        answers = {receipt.message_id: receipt for receipt in smtp.begin(offered).receipts()}
        smtp.close()
    first, second, third = (answers[each.message_id] for each in offered)
    assert (first.handed, third.handed) == (Handed.SENT, Handed.SENT)
    assert (second.handed, second.detail) == (Handed.REFUSED, "not_converted_LookupError")
    assert len(listening.mails) == 2


@pytest.mark.parametrize("farewell", [None, GOODBYE], ids=["silently", "with a word"])
def test_who_waits_on_a_kept_connection_that_dies_leaves_on_a_fresh_one(farewell):
    leaving = Leaving((1, farewell), (9, None))
    with leaving as server:
        smtp = Smtp(server, connections=1)
        assert hand(smtp, "a@exemplo.com.br") == [Handed.SENT]
        assert hand(smtp, "b@exemplo.com.br", "c@exemplo.com.br") == [Handed.SENT, Handed.SENT]
        smtp.close()
    assert len(leaving.kept) == 3


@pytest.mark.parametrize("farewell", [None, GOODBYE], ids=["silently", "with a word"])
def test_nobody_waits_for_a_refused_one_whose_kept_connection_died(farewell):
    leaving = Leaving((2, farewell), (9, None))
    with leaving as server:
        smtp = Smtp(server, connections=1)
        assert hand(smtp, "a@exemplo.com.br") == [Handed.SENT]
        answers = hand(smtp, "nobody@exemplo.com.br", "b@exemplo.com.br", "c@exemplo.com.br")
        smtp.close()
    assert answers == [Handed.REFUSED, Handed.SENT, Handed.SENT]
    assert len(leaving.kept) == 3


def test_a_server_that_takes_so_many_a_conversation_gets_several():
    leaving = Leaving((2, GOODBYE), (2, GOODBYE), (2, GOODBYE))
    people = [f"p{number}@exemplo.com.br" for number in range(5)]
    with leaving as server:
        smtp = Smtp(server, connections=1)
        assert hand(smtp, *people) == [Handed.SENT] * 5
        smtp.close()
    assert len(leaving.kept) == 5


def test_a_server_that_takes_nothing_is_not_asked_again_at_once():
    with Leaving((0, GOODBYE)) as server:
        smtp = Smtp(server, connections=1)
        answers = hand(smtp, "a@exemplo.com.br", "b@exemplo.com.br")
        smtp.close()
    assert answers == [Handed.LATER, Handed.LATER]
