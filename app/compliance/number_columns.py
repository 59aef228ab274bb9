"""`numbers.one` for many people at once, with the same answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from app.compliance.facts import PersonFacts
from app.compliance.numbers import (
    CALLS,
    EPOCH,
    MESSAGES,
    MICROSECOND,
    NEVER,
    WEEK_MICROSECONDS,
    Cap,
    Flags,
    Moments,
    Span,
    bounds,
    caps,
    detail,
    microseconds,
    midnight,
)
from app.compliance.policy import Rule


@dataclass(frozen=True)
class SentColumns:
    """Outbound messages and calls: people × moments, padded with NEVER, in any order."""

    at: Moments
    channel: NDArray[np.int8]
    """Index into CHANNELS, -1 for padding and others."""
    talked: Flags


CHANNELS = (*sorted(MESSAGES), *sorted(CALLS))
_CODES = {channel: code for code, channel in enumerate(CHANNELS)}


def channel_codes(channels: Iterable[str]) -> NDArray[np.int8]:
    """Channels as SentColumns holds them."""
    return np.array([_CODES.get(channel, -1) for channel in channels], dtype=np.int8)


def sent_columns(people: Iterable[PersonFacts]) -> SentColumns:
    """The messages of people as columns."""
    sent = [person.sent for person in people]
    counts = np.array([len(each) for each in sent], dtype=np.int64)
    shape = (len(sent), int(counts.max(initial=0)))
    flat = [one for each in sent for one in each]
    row = np.repeat(np.arange(len(sent)), counts)
    place = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.full(shape, NEVER, dtype=np.int64)
    channel = np.full(shape, -1, dtype=np.int8)
    talked = np.zeros(shape, dtype=np.bool_)
    at[row, place] = [(one.at - EPOCH) // MICROSECOND for one in flat]
    channel[row, place] = [_CODES.get(one.channel, -1) for one in flat]
    talked[row, place] = [one.talked for one in flat]
    return SentColumns(at, channel, talked)


def many(
    rule: Rule,
    sent: SentColumns,
    channel: NDArray[np.int8],
    zone: NDArray[np.int64],
    zones: tuple[str, ...],
    at: datetime,
) -> Iterator[tuple[str, Flags, Moments]]:
    """`one` on columns: (detail, rows, until). `channel` and `zone` (into `zones`) are per row."""
    moments = np.minimum(sent.at, microseconds(at))
    for cap, most in caps(rule):
        group = channel_codes(sorted(cap.group))
        if most == 0:
            never = np.full(len(zone), NEVER, dtype=np.int64)
            yield detail(cap, most), np.isin(channel, group), never
            continue
        counts = np.isin(sent.channel, group)
        if cap.same_channel:
            counts &= sent.channel == channel[:, None]
        if cap.talks:
            counts &= sent.talked
        full, until = _full_columns(cap, most, np.where(counts, moments, NEVER), zone, zones, at)
        yield cap.detail, full & np.isin(channel, group), until


def _full_columns(
    cap: Cap, most: int, counted: Moments, zone: NDArray[np.int64], zones: tuple[str, ...],
    at: datetime,
) -> tuple[Flags, Moments]:  # fmt: skip
    if cap.span is Span.HOURS:
        now = microseconds(at)
        full, nth = _nth(counted, most, np.full(len(zone), now - WEEK_MICROSECONDS + 1))
        return full, nth + WEEK_MICROSECONDS
    if cap.span is Span.DAYS:
        edges = _per_zone(zones, lambda z: _midnights(at, z))[zone]
        full, nth = _nth(counted, most, edges[:, 0])
        day = (nth[:, None] >= edges[:, :7]).sum(axis=1) - 1
        return full, edges[np.arange(len(zone)), np.maximum(day, 0) + 7]
    spans = _per_zone(zones, lambda z: bounds(cap.span, at, z))[zone]
    full, _ = _nth(counted, most, spans[:, 0])
    return full, spans[:, 1]


def _nth(counted: Moments, most: int, first: Moments) -> tuple[Flags, Moments]:
    """Whether `most` moments are not before `first`, and the `most`-th newest of them."""
    within = np.where(counted >= first[:, None], counted, NEVER)
    full: Flags = (within != NEVER).sum(axis=1) >= most
    if most > within.shape[1]:
        return full, np.full(len(first), NEVER, dtype=np.int64)
    nth: Moments = -np.partition(-within, most - 1, axis=1)[:, most - 1]
    return full, nth


def _per_zone(zones: tuple[str, ...], moments: Any) -> Moments:
    return np.array(
        [[microseconds(moment) for moment in moments(ZoneInfo(zone))] for zone in zones],
        dtype=np.int64,
    )


def _midnights(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """Of the six days before, today and the seven after."""
    today = at.astimezone(zone).date()
    return [midnight(today + timedelta(days=offset), zone) for offset in range(-6, 8)]
