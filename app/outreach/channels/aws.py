"""E-mail by SES v2, SMS by End User Messaging or SNS: the unmodified boto3, one call per message.

Tags carry the tenant and our message id, so that the events SNS brings back find their home.
The SDK retries nothing: a request that may have been taken is not made twice.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from app.config import Settings
from app.outreach.channels import Handed, Parcel, Receipt

CALLS_AT_ONCE = 8
CONNECT_SECONDS = 5
READ_SECONDS = 30
"""What has no answer by then is uncertain."""
LATER_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "LimitExceededException",
        "SendingPausedException",
        "ServiceUnavailable",
    }
)
"""Refusals that pass: the request was surely not taken."""


def _client(service: str, settings: Settings) -> Any:
    once = Config(
        retries={"total_max_attempts": 1},
        max_pool_connections=CALLS_AT_ONCE,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
    connect: Any = boto3.client
    return connect(service, endpoint_url=settings.aws_endpoint_url, config=once)


class _Aws(ABC):
    """Calls one operation per parcel and reads what its failure means."""

    service: str

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.client = _client(self.service, settings)
        self._pool = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix=self.service)

    def begin(self, parcels: Sequence[Parcel]) -> "Calls":
        """Offer every parcel once."""
        return Calls([self._pool.submit(self._one, parcel) for parcel in parcels])

    @abstractmethod
    def call(self, parcel: Parcel) -> str:
        """Send; returns the provider's id. Raises what botocore raises."""

    def _one(self, parcel: Parcel) -> Receipt:
        try:
            return Receipt(parcel.message_id, Handed.SENT, self.call(parcel))
        except ClientError as error:
            return Receipt(parcel.message_id, _meaning(error), detail=_code(error))
        except EndpointConnectionError:
            return Receipt(parcel.message_id, Handed.LATER, detail="no_connection")
        except BotoCoreError as error:
            return Receipt(parcel.message_id, Handed.UNCERTAIN, detail=type(error).__name__)


class Calls:
    """A batch whose calls are made by threads of their own."""

    def __init__(self, made: Sequence[Future[Receipt]]) -> None:
        self._made = made

    def go_on(self) -> bool:
        """Whether every call has its answer."""
        return all(call.done() for call in self._made)

    def receipts(self) -> list[Receipt]:
        """Wait for every answer."""
        return [call.result() for call in self._made]


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _meaning(error: ClientError) -> Handed:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if _code(error) in LATER_CODES or status == 429:
        return Handed.LATER
    return Handed.REFUSED if 400 <= status < 500 else Handed.UNCERTAIN


class Ses(_Aws):
    """SES v2 with the whole MIME message; the creditor's reputation is its own SES tenant's."""

    service = "sesv2"

    def call(self, parcel: Parcel) -> str:
        """SendEmail with raw content."""
        request: dict[str, Any] = {
            "FromEmailAddress": parcel.sender,
            "Destination": {"ToAddresses": [parcel.recipient]},
            "Content": {"Raw": {"Data": parcel.content}},
            "EmailTags": [
                {"Name": "tenant", "Value": str(parcel.tenant_id)},
                {"Name": "message", "Value": str(parcel.message_id)},
            ],
        }
        if self.settings.ses_configuration_set:
            request["ConfigurationSetName"] = self.settings.ses_configuration_set
        if self.settings.ses_tenants:
            request["TenantName"] = parcel.tenant
        return str(self.client.send_email(**request)["MessageId"])


class EndUserMessaging(_Aws):
    """SMS by AWS End User Messaging."""

    service = "pinpoint-sms-voice-v2"

    def call(self, parcel: Parcel) -> str:
        """SendTextMessage; the context comes back with every event."""
        request: dict[str, Any] = {
            "DestinationPhoneNumber": parcel.recipient,
            "OriginationIdentity": parcel.sender,
            "MessageBody": parcel.content.decode("ascii"),
            "MessageType": "TRANSACTIONAL",
            "Context": {"tenant": str(parcel.tenant_id), "message": str(parcel.message_id)},
        }
        if self.settings.sms_configuration_set:
            request["ConfigurationSetName"] = self.settings.sms_configuration_set
        return str(self.client.send_text_message(**request)["MessageId"])


class Sns(_Aws):
    """SMS by SNS; what it reports back carries only its own message id."""

    service = "sns"

    def call(self, parcel: Parcel) -> str:
        """Publish to a phone number."""
        attributes = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.MM.SMS.OriginationNumber": {"DataType": "String", "StringValue": parcel.sender},
        }
        answer = self.client.publish(
            PhoneNumber=parcel.recipient,
            Message=parcel.content.decode("ascii"),
            MessageAttributes=attributes,
        )
        return str(answer["MessageId"])
