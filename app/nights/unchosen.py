"""Why somebody was written to where no night chose: the creditor's own journey, the course of
instalments, or something that happened."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.nights import wordings
from app.outreach.lapsing import INSTALMENT, OFFER
from app.outreach.models import Message, MessageClass, MessageState
from themes.formats import long_day


def why(
    session: Session, message: Message, time_zone: str, locale: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Msgids of the catalogue "decisions" with their values; `time_zone` is the person's."""
    if message.cause.startswith(INSTALMENT):
        due_on = date.fromisoformat(message.cause.split(":")[2])
        yield wordings.INSTALMENTS[message.intent], {"day": long_day(due_on, locale)}
        yield wordings.OWN_COURSE, {}
    elif message.cause.startswith(OFFER):
        before = _last_about_an_offer(session, message)
        if before is None:
            yield wordings.FIRST_MESSAGE, {}
        else:
            day = before.astimezone(ZoneInfo(time_zone)).date()
            yield wordings.FOLLOWS, {"day": long_day(day, locale)}
        yield wordings.PRESENT_JOURNEY, {}
    else:
        is_answer = message.message_class == MessageClass.REQUESTED
        yield (wordings.ANSWER if is_answer else wordings.NOTICE), {}


def _last_about_an_offer(session: Session, message: Message) -> datetime | None:
    """When the one before it left, or was to leave."""
    return session.scalar(
        select(func.max(func.coalesce(Message.sent_at, Message.send_after))).where(
            Message.debtor_id == message.debtor_id,
            Message.cause.startswith(OFFER),
            Message.state != MessageState.WITHHELD,
            Message.send_after < message.send_after,
        )
    )
