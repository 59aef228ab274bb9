"""SES, End User Messaging and SNS through the unmodified boto3, against botocore's own models."""

import uuid
from dataclasses import replace

import boto3
import pytest
from botocore.exceptions import ClientError

from app.outreach.channels import Handed, Parcel
from app.outreach.channels.aws import EndUserMessaging, Ses, Sns
from app.workbench.aws_peer.contract import Call, Invalid, answer

RAW = "Subject: Olá\r\n\r\nÀ vista\r\n.\r\n".encode()


@pytest.fixture
def configured(settings, peer):
    return replace(
        settings,
        aws_endpoint_url=peer.url,
        ses_configuration_set="events",
        ses_tenants=True,
        sms_configuration_set="texts",
    )


def parcel(channel="sms", content=b"Banco Aurora: http://aurora.example/a/x SAIR p/ cancelar"):
    return Parcel(
        message_id=uuid.uuid4(),
        tenant_id=uuid.uuid4(),
        tenant="aurora",
        channel=channel,
        sender="28123" if channel == "sms" else "atendimento@aurora.example",
        recipient="+5511987654321" if channel == "sms" else "maria@exemplo.com.br",
        pieces=[content],
    )


def test_email_leaves_by_ses_with_tags_that_bring_its_events_home(peer, configured):
    sent = parcel("email", RAW)
    [receipt] = Ses(configured).begin([sent]).receipts()
    assert receipt.handed is Handed.SENT
    assert receipt.provider_id
    [call] = peer.calls
    assert (call.service, call.operation) == ("sesv2", "SendEmail")
    assert call.parameters["Content"]["Raw"]["Data"] == RAW
    assert call.parameters["TenantName"] == "aurora"
    assert call.parameters["ConfigurationSetName"] == "events"
    assert call.parameters["EmailTags"] == [
        {"Name": "tenant", "Value": str(sent.tenant_id)},
        {"Name": "message", "Value": str(sent.message_id)},
    ]


@pytest.mark.parametrize(
    ("transport", "operation"), [(EndUserMessaging, "SendTextMessage"), (Sns, "Publish")]
)
def test_sms_leaves_by_either_service(peer, configured, transport, operation):
    sent = parcel()
    [receipt] = transport(configured).begin([sent]).receipts()
    assert receipt.handed is Handed.SENT
    [call] = peer.calls
    assert call.operation == operation
    if operation == "SendTextMessage":
        assert call.parameters["Context"] == {
            "tenant": str(sent.tenant_id),
            "message": str(sent.message_id),
        }
    else:
        number = call.parameters["MessageAttributes"]["AWS.MM.SMS.OriginationNumber"]
        assert number == {"DataType": "String", "StringValue": "28123"}


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (400, "MessageRejected", Handed.REFUSED),
        (429, "TooManyRequestsException", Handed.LATER),
        (500, "InternalServiceErrorException", Handed.UNCERTAIN),
    ],
)
def test_a_refusal_says_whether_to_try_again(peer, configured, status, code, meaning):
    peer.failing = (status, code)
    for transport in (Ses, EndUserMessaging, Sns):
        channel = "email" if transport is Ses else "sms"
        refused = parcel(channel, RAW if channel == "email" else b"x")
        [receipt] = transport(configured).begin([refused]).receipts()
        assert receipt.handed is meaning
        assert receipt.detail == code


def test_nobody_there_is_tried_again_later(configured):
    nowhere = replace(configured, aws_endpoint_url="http://127.0.0.1:9")
    [receipt] = Ses(nowhere).begin([parcel("email", RAW)]).receipts()
    assert receipt.handed is Handed.LATER


def test_the_peer_refuses_what_the_official_model_does_not_know(peer, configured):
    client = boto3.client("sesv2", endpoint_url=peer.url)
    client.meta.events.register(
        "before-sign.sesv2.SendEmail", lambda request, **_: setattr(request, "data", b'{"Odd": 1}')
    )
    with pytest.raises(ClientError):
        client.send_email(Content={"Raw": {"Data": b"x"}})
    assert "Odd" in peer.refusals[0]


@pytest.mark.parametrize("result", [{"MessageID": "x"}, {"MessageId": 7}])
def test_the_peer_refuses_to_answer_against_the_model(result):
    for service, operation in (("sesv2", "SendEmail"), ("sns", "Publish")):
        with pytest.raises(Invalid):
            answer(Call(service, operation, {}), result, "r-1")


def test_an_unsigned_request_is_refused(peer):
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{peer.url}/v2/email/outbound-emails", data=b"{}")
    assert "signed" in peer.refusals[0]
