"""`POST /webhooks/sns`: delivery, bounce, complaint, click and reply events from Amazon."""

import structlog
from flask import Response, current_app, request

from app.config import settings
from app.outreach import events, sns
from app.webhooks import blueprint

LARGEST = 512 * 1024
FETCH = "SNS_FETCH"
"""Key of the app's configuration for another way to get certificates (tests)."""

log = structlog.get_logger(__name__)


@blueprint.post("/sns")
def receive_sns() -> Response:
    """Verify, store, answer. 403 for what is not ours; a failure is delivered again by SNS."""
    if (request.content_length or 0) > LARGEST:
        return Response(status=413)
    get = current_app.config.get(FETCH, sns.fetch)
    try:
        notification = sns.verify(request.get_data(), settings().sns_topic_arns, get=get)
        if notification.type == "SubscriptionConfirmation":
            sns.confirm(notification, get=get)
    except sns.Forged as error:
        log.warning("sns.refused", reason=str(error))
        return Response(status=403)
    if notification.type == "Notification":
        events.receive(notification)
    return Response(status=204)
