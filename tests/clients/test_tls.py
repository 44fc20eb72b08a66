"""TLS and HTTP/2 on the one port: what a client offers decides, by ALPN, by its first bytes, or by neither."""

import datetime
import http.client
import socket
import ssl
import subprocess
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.exceptions import SSLError
from conftest import PLAIN, client_at
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from h2_client import H2Client
from helpers import open_shards, read, register_consumer, subscribe
from sdk import trusted

LIST = "Kinesis_20131202.ListStreams"


@pytest.fixture
def ca(emulator, tmp_path):
    return trusted(emulator, tmp_path)


def tls_socket(emulator, ca, *protocols, name="localhost", **limits):
    context = ssl.create_default_context(cafile=ca)
    for limit, value in limits.items():
        setattr(context, limit, value)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context.wrap_socket(socket.create_connection(("127.0.0.1", emulator.port), timeout=30), server_hostname=name)


def over_tls(emulator, service, ca, host="localhost"):
    return boto3.client(service, endpoint_url=f"https://{host}:{emulator.port}", verify=str(ca), config=PLAIN)


# The certificate


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_boto3_trusts_the_exported_ca(emulator, ca, host, stream):
    kinesis = over_tls(emulator, "kinesis", ca, host)
    put = kinesis.put_record(StreamName=stream, Data=b"sealed" * 20_000, PartitionKey="k")
    assert [record["Data"] for record in read(kinesis, stream, put["ShardId"])] == [b"sealed" * 20_000]


def test_boto3_subscribes_in_tls(emulator, ca, stream):
    kinesis = over_tls(emulator, "kinesis", ca)
    consumer = register_consumer(kinesis, stream, "tls")
    shard = open_shards(kinesis, stream)[0]
    kinesis.put_record(StreamName=stream, Data=b"sealed", PartitionKey="k",
                       ExplicitHashKey=shard["HashKeyRange"]["StartingHashKey"])
    with subscribe(kinesis, consumer, shard["ShardId"]) as events:
        records = next(event["SubscribeToShardEvent"]["Records"] for event in events if event["SubscribeToShardEvent"]["Records"])
    assert [record["Data"] for record in records] == [b"sealed"]


def test_who_does_not_trust_it_is_not_served(emulator):
    with pytest.raises(SSLError):
        boto3.client("sts", endpoint_url=f"https://localhost:{emulator.port}", config=PLAIN).get_caller_identity()
    assert client_at(emulator.url, "sts").get_caller_identity()


def test_the_ca_stays_the_same_over_a_restart(own_emulator, tmp_path):
    running = own_emulator()
    first = trusted(running, tmp_path).read_bytes()
    assert running.stop() == 0
    again = own_emulator()
    assert trusted(again, tmp_path).read_bytes() == first
    with tls_socket(again, tmp_path / "ca.pem") as opened:
        assert opened.version() == "TLSv1.3"


@pytest.fixture
def own_certificate(tmp_path):
    """A certificate that somebody else made for localhost, and its key, as files."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
    name, day = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody's")]), datetime.timedelta(days=1)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(5).not_valid_before(now - day).not_valid_after(now + day)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    certificate, key_file = tmp_path / "given.pem", tmp_path / "given.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return certificate, key_file


def test_a_given_certificate_is_used_and_no_ca_is_exported(own_emulator, own_certificate):
    certificate, key = map(str, own_certificate)
    running = own_emulator(options=("--tls-cert", certificate, "--tls-key", key))
    with tls_socket(running, certificate) as opened:
        assert opened.getpeercert()["serialNumber"] == "05"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{running.url}/_evpoc/ca.pem")
    assert refused.value.code == 404
    refused.value.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(emulator, ca, version):
    with tls_socket(emulator, ca, minimum_version=version, maximum_version=version) as opened:
        assert opened.version() == version.name.replace("_", ".")


# A certificate for each name that Host may have, signed when somebody first calls by it


@pytest.mark.parametrize("name", [
    "localhost", "LocalHost", "kinesis.localhost", "kinesis.us-east-1.localhost", "kinesis.us-east-1.amazonaws.com",
    "dynamodb.cn-north-1.amazonaws.com.cn", "kinesis.us-east-1.api.aws", "localhost.localstack.cloud", "s3.us-east-1.localhost.localstack.cloud",
    "host.docker.internal", "evpoc-emu", "evpoc.default.svc.cluster.local", "a" * 63 + "." + "b" * 63 + ".test"])
def test_the_name_called_is_in_the_certificate(emulator, ca, name):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with tls_socket(emulator, ca, name=name, maximum_version=version) as opened:  # ssl checks the name
            names = [value for kind, value in opened.getpeercert()["subjectAltName"] if kind == "DNS"]
            assert {name.lower(), "localhost", "*.localhost"} <= set(names)


@pytest.mark.parametrize("name", ["evil.example.com", "amazonaws.com.evil.org", "google.com"])
def test_no_certificate_is_made_for_names_that_host_may_not_have(emulator, ca, name):
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        tls_socket(emulator, ca, name=name)


def test_names_that_are_allowed_get_certificates_too(own_emulator, tmp_path):
    running = own_emulator(options=("--allow-hosts", "emu.example.com,*.ci.example.com"))
    ca = trusted(running, tmp_path)
    for name in ("emu.example.com", "a.ci.example.com"):
        tls_socket(running, ca, name=name).close()
    for name in ("ci.example.com", "example.com"):
        with pytest.raises(ssl.SSLCertVerificationError):
            tls_socket(running, ca, name=name)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "127.44.5.6"])
def test_the_address_called_is_in_the_certificate(own_emulator, tmp_path, address):
    running = own_emulator(options=("--host", "0.0.0.0"))
    context = ssl.create_default_context(cafile=trusted(running, tmp_path))
    with context.wrap_socket(socket.create_connection((address, running.port), timeout=30), server_hostname=address) as opened:
        assert ("IP Address", address) in opened.getpeercert()["subjectAltName"]


def test_names_beyond_those_kept_are_signed_again(emulator, ca):
    """In one handshake each; what is kept is bounded."""
    for turn in range(2):
        for number in range(100):
            tls_socket(emulator, ca, name=f"shard-{number}.test").close()


def test_openssl_verifies_a_name_of_aws(emulator, ca):
    name = "kinesis.us-east-1.amazonaws.com"
    said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{emulator.port}", "-servername", name, "-verify_hostname", name,
                           "-CAfile", ca, "-verify_return_error"], input="", capture_output=True, text=True, timeout=30)
    assert said.returncode == 0, said.stderr
    assert "Verify return code: 0 (ok)" in said.stdout


def test_boto3_calls_aws_s_own_name(emulator, ca, monkeypatch, stream):
    """Clients with a fixed endpoint need no more than an entry in hosts, and the CA."""
    name, resolve = "kinesis.us-east-1.amazonaws.com", socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: resolve("127.0.0.1" if host == name else host, *more, **named))
    kinesis = over_tls(emulator, "kinesis", ca, name)
    assert kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamName"] == stream


# HTTP/1.1 or HTTP/2


@pytest.mark.parametrize("offered, chosen", [
    (["h2"], "h2"), (["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), ([], None)], ids=str)
def test_alpn_chooses(emulator, ca, offered, chosen):
    with tls_socket(emulator, ca, *offered) as opened:
        assert opened.selected_alpn_protocol() == chosen


@pytest.mark.parametrize("offered", [["h2"], [], ["http/1.1"]], ids=str)
def test_http2_in_tls_whatever_was_offered(emulator, ca, offered):
    """The Java SDK starts HTTP/2 without having offered anything."""
    with H2Client(tls_socket(emulator, ca, *offered)) as client:
        assert client.call(LIST, {}).status == 200


@pytest.mark.parametrize("offered", [["http/1.1"], []], ids=str)
def test_http1_in_tls(emulator, ca, offered):
    connection = http.client.HTTPConnection("localhost")
    connection.sock = tls_socket(emulator, ca, *offered)
    for _ in range(2):
        connection.request("POST", "/", "{}", {"X-Amz-Target": LIST, "Content-Type": "application/x-amz-json-1.1"})
        answer = connection.getresponse()
        assert (answer.status, answer.version) == (200, 11)
        answer.read()
    connection.close()


@pytest.fixture
def h2c(emulator):
    with H2Client(socket.create_connection(("127.0.0.1", emulator.port), timeout=30)) as client:
        yield client


def test_http2_in_plain_by_prior_knowledge(h2c, stream):
    assert stream in h2c.call(LIST, {"Limit": 10000}).body["StreamNames"]


def test_many_requests_share_a_connection(h2c, kinesis, stream):
    put = b'{"StreamName": "%s", "Data": "eA==", "PartitionKey": "k%d"}'
    begun = [h2c.begin("Kinesis_20131202.PutRecord", put % (stream.encode(), number)) for number in range(100)]
    numbers = [h2c.answer(one).body["SequenceNumber"] for one in begun]
    assert len(set(numbers)) == 100


def test_a_large_body_and_a_large_answer_pass_http2_s_windows(h2c, stream):
    data = "QUJD" * 200_000
    body = b'{"StreamName": "%s", "Data": "%s", "PartitionKey": "k"}' % (stream.encode(), data.encode())
    one = h2c.begin("Kinesis_20131202.PutRecord", b"", ends=False)
    while body:
        window = min(h2c.connection.local_flow_control_window(one), h2c.connection.max_outbound_frame_size, len(body))
        if not window:
            h2c.receive()
            continue
        h2c.connection.send_data(one, body[:window], end_stream=window == len(body))
        h2c.flush()
        body = body[window:]
    shard = h2c.answer(one).body["ShardId"]
    at = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = h2c.call("Kinesis_20131202.GetShardIterator", at).body["ShardIterator"]
    (record,) = h2c.call("Kinesis_20131202.GetRecords", {"ShardIterator": iterator}).body["Records"]
    assert record["Data"] == data


def test_a_bad_request_harms_no_other_on_its_connection(h2c):
    begun = [h2c.begin(LIST, body) for body in (b"{}", b"{", b"[]", b"{}")]
    assert [h2c.answer(one).status for one in begun] == [200, 400, 400, 200]
    assert h2c.answer(begun[1]).body["__type"] == "SerializationException"


def test_a_request_cancelled_half_way_does_nothing(h2c, unique):
    name = unique("cancelled")
    one = h2c.begin("Kinesis_20131202.CreateStream", b'{"StreamName": "%s", "ShardCount": 1}' % name.encode(), ends=False)
    h2c.cancel(one)
    assert name not in h2c.call(LIST, {"Limit": 10000}).body["StreamNames"]
