"""KMS and S3 through the unmodified boto3, against botocore's own models."""

import zlib

import boto3
import pytest
from botocore.exceptions import ClientError

from tenants import aws, files, keys
from tenants.scope import within

CONTEXT = {"tenant": "a", "purpose": "data"}


@pytest.fixture
def kms(peer):
    return keys.KmsMasterKey("alias/traje", endpoint_url=peer.url)


@pytest.fixture
def bucket(peer):
    return files.BucketStore("sealed", endpoint_url=peer.url)


def test_kms_wraps_and_unwraps_a_key_bound_to_its_tenant_and_purpose(peer, kms):
    wrapped = kms.wrap(b"k" * 32, CONTEXT)
    assert b"k" * 32 not in wrapped
    assert kms.unwrap(wrapped, CONTEXT) == b"k" * 32
    assert [call.operation for call in peer.calls] == ["Encrypt", "Decrypt"]
    assert peer.calls[0].parameters["EncryptionContext"] == CONTEXT
    for context in ({**CONTEXT, "tenant": "b"}, {**CONTEXT, "purpose": "index"}):
        with pytest.raises(keys.Unreadable):
            kms.unwrap(wrapped, context)
    with pytest.raises(keys.Unreadable):
        kms.unwrap(b"x" * 60, CONTEXT)
    assert peer.refusals == []


def test_a_kms_that_is_down_is_not_taken_for_a_shredded_key(peer, kms):
    wrapped = kms.wrap(b"k" * 32, CONTEXT)
    peer.failing = (400, "DisabledException")
    with pytest.raises(ClientError, match="DisabledException"):
        kms.unwrap(wrapped, CONTEXT)


@pytest.mark.parametrize("location", ["a/b", "tenant id/é ü+&?#%2F", "0/" + "x" * 200])
def test_a_bucket_keeps_gives_back_and_forgets(peer, bucket, location):
    bucket.put(location, b"\x00sealed\xff" * 1000)
    assert peer.behaviour.objects == {("sealed", location): b"\x00sealed\xff" * 1000}
    assert bucket.get(location) == b"\x00sealed\xff" * 1000
    bucket.delete(location)
    bucket.delete(location)
    with pytest.raises(FileNotFoundError):
        bucket.get(location)
    operations = [call.operation for call in peer.calls]
    assert operations == ["PutObject", "GetObject", "DeleteObject", "DeleteObject"]
    assert peer.refusals == []


def test_a_bucket_tells_what_lies_after_a_place_in_its_folder(peer, bucket):
    there = [f"a&b/é {number:04}" for number in range(2_003)]
    for location in (*there, "a&b.txt", "a", "c/1"):
        peer.behaviour.objects["sealed", location] = b"x"
    peer.behaviour.objects["another", "a&b/é 9999"] = b"x"
    assert list(bucket.after("a&b/é 0001")) == there[2:]
    assert list(bucket.after("d/1")) == []
    assert peer.refusals == []


def test_a_creditor_lives_on_kms_and_a_bucket(cast, peer, kms, bucket, settings):
    from app.factory import open_keys_and_files

    files.use(bucket)
    keys.use(kms)
    try:
        with within(cast.bank) as session:
            keys.shred(session)
            keys.create(session)
            stored = files.save(session, name="a.pdf", content_type="application/pdf", content=b"x")
        keys.use(kms)
        with within(cast.bank) as session:
            assert files.read(session, stored.id)[1] == b"x"
        assert peer.behaviour.objects["sealed", stored.location] != b"x"
    finally:
        open_keys_and_files(settings)


def test_the_peer_refuses_what_the_models_of_s3_and_kms_do_not_know(peer):
    s3 = boto3.client("s3", endpoint_url=peer.url)
    s3.meta.events.register(
        "before-sign.s3.PutObject",
        lambda request, **_: request.headers.add_header("x-amz-odd", "1"),
    )
    with pytest.raises(ClientError):
        s3.put_object(Bucket="sealed", Key="a", Body=b"x")
    assert "x-amz-odd" in peer.refusals[-1]
    with pytest.raises(ClientError):
        s3.get_object(Bucket="sealed", Key="a", VersionId="1")
    client = boto3.client("kms", endpoint_url=peer.url)
    client.meta.events.register(
        "before-sign.kms.Encrypt", lambda request, **_: setattr(request, "data", b'{"Odd": 1}')
    )
    with pytest.raises(ClientError):
        client.encrypt(KeyId="alias/traje", Plaintext=b"x")
    assert "Odd" in peer.refusals[-1]


def test_the_peer_notices_a_damaged_body():
    from app.workbench.aws_peer import objects
    from app.workbench.aws_peer.contract import service_model

    put = objects.operation(service_model("s3"), "PUT", "/sealed/a")
    for headers in (
        {"X-Amz-Content-SHA256": "0" * 64},
        {
            "X-Amz-Content-SHA256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
            "x-amz-checksum-crc32": "AAAAAA==",
        },
    ):
        assert zlib.crc32(b"x") != 0
        with pytest.raises(objects.Odd, match="body"):
            objects.parameters(put, "/sealed/a", headers, b"x")


@pytest.mark.parametrize("service", ["kms", "s3"])
def test_whoever_waits_for_aws_waits_in_bounds(service, peer):
    bounds = aws.client(service, peer.url).meta.config
    longest = (bounds.connect_timeout + bounds.read_timeout) * bounds.retries["total_max_attempts"]
    assert longest < 90
