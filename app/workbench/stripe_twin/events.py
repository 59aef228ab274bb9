"""Events: a snapshot of an object, kept, and queued for delivery."""

import copy
import random
import time

from stripe import api_version

from app.workbench.stripe_twin.store import Record, Store, new_id, now

MOST_SECONDS_LATE = 3.0


def public(record: Record) -> Record:
    """An object as the API answers it: without the twin's own notes."""
    shown = copy.deepcopy(record)
    return {name: value for name, value in shown.items() if not name.startswith("_")}


def emit(store: Store, account: str, kind: str, record: Record) -> Record:
    """Keep an event about `record` and queue its deliveries, in the caller's transaction."""
    event = {
        "id": new_id("event"),
        "object": "event",
        "account": account,
        "api_version": api_version,
        "created": now(),
        "data": {"object": public(record)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    store.add(event, account)
    queue_delivery(store, str(event["id"]))
    return event


def queue_delivery(store: Store, event_id: str) -> None:
    """Queue an event as often and as late as the manners of the moment say."""
    manners = store.manners
    for _ in range(manners.copies):
        late = random.uniform(0, MOST_SECONDS_LATE) if manners.shuffled else 0.0
        store.run(
            "INSERT INTO deliveries (event, due) VALUES (?, ?)",
            event_id,
            time.time() + manners.delay_seconds + late,
        )
