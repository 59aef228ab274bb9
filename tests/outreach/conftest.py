"""The cast of outreach: a dressed bank, a person who owes it, and a clock in a permitted hour."""

import base64
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from app import config
from app.outreach import sns
from tenants.scope import within
from tests.outreach.notices import CERTIFICATE_URL, TOPIC
from tests.outreach.people import add_person, at_work, dress


@pytest.fixture
def bank(cast):
    dress(cast.bank)
    return cast.bank


@pytest.fixture
def person(bank):
    with within(bank) as session:
        return add_person(session)


@pytest.fixture(autouse=True)
def _working_hour():
    with at_work():
        yield


@pytest.fixture(scope="package")
def signer():
    """A key as SNS signs with, and its certificate."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def notify(app, browse, signer, settings):
    """Posts a message as SNS would; `changes` are made after signing."""
    key, pem = signer
    fetched = []

    def get(url):
        fetched.append(url)
        return pem

    app.config["SNS_FETCH"] = get
    sns._certificates.clear()
    config.use(replace(settings, sns_topic_arns=(TOPIC,)))
    client = browse(settings.platform_host)

    def post(message, *, type="Notification", sign=None, **changes):
        envelope = {
            "Type": type,
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Message": json.dumps(message),
            "Timestamp": "2026-03-10T13:00:00.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        }
        envelope |= sign or {}
        text = sns.canonical(envelope)
        signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        envelope["Signature"] = base64.b64encode(signature).decode()
        envelope |= changes
        post.last = envelope
        return client.post("/webhooks/sns", data=json.dumps(envelope)).status_code

    post.client = client
    post.fetched = fetched
    yield post
    config.use(settings)
