"""Firehose's HTTP endpoints, by AWS's protocol: what they are sent, when it is sent again, and where it goes when they do not take it."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from admin import ask, stopped_clock
from conftest import client_at
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from helpers import eventually
from test_firehose import ROLE, error_of, objects, to_bucket
from test_firehose_processing import GUNZIP, LINES, processing, put

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


def taken(body: dict[str, Any]) -> tuple[int, Any]:
    return 200, {"requestId": body["requestId"], "timestamp": body["timestamp"]}


class Endpoint:
    """What has come, and what is answered next; the last answer stays."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], dict[str, Any], int]] = []
        self.answers: list[Answer] = [taken]
        self.url = ""
        self.headers: dict[str, str] = {}  # of answers; empty: left out

    def answer(self, headers: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        body = json.loads(gzip.decompress(raw) if headers.get("content-encoding") == "gzip" else raw)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        status, told = answer(body)
        self.requests.append((headers, body, status))
        return status, told if isinstance(told, bytes) else json.dumps(told).encode()

    def data(self) -> list[bytes]:
        """Of what it has taken."""
        return [base64.b64decode(record["data"]) for _, body, status in self.requests if status == 200 for record in body["records"]]


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    told = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            status, body = told.answer({name.lower(): value for name, value in self.headers.items()}, raw)
            self.send_response(status)
            for name, value in ({"content-type": "application/json", "content-length": str(len(body))} | told.headers).items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = not told.headers.get("content-length", "there")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are part of the tests
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    told.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/in/take?from=hose"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as told:
        yield told


class Hose:
    def __init__(self, url: str, endpoint: Endpoint):
        self.url, self.endpoint = url, endpoint
        self.firehose, self.s3 = client_at(url, "firehose"), client_at(url, "s3")
        self.s3.create_bucket(Bucket="failed")

    def make(self, configuration: dict[str, Any] | None = None, **members: Any) -> None:
        self.firehose.create_delivery_stream(DeliveryStreamName="hose", HttpEndpointDestinationConfiguration={
            "EndpointConfiguration": {"Url": self.endpoint.url, "Name": "mine"} | (configuration or {}), "RoleARN": ROLE,
            "S3Configuration": to_bucket("failed")} | members)

    def put(self, *records: bytes) -> None:
        put(self.firehose, "hose", *records)

    def flush(self) -> dict[str, Any]:
        return ask(self.url, "firehose/flush", stream="hose")["streams"][0]

    def failures(self) -> list[dict[str, Any]]:
        return [json.loads(line) for key, data in objects(self.s3, "failed").items() if key.startswith("http-endpoint-failed/")
                for line in data.splitlines()]


@pytest.fixture
def hose(own_emulator, endpoint) -> Hose:
    return Hose(own_emulator(options=["--egress", "127.0.0.1"]).url, endpoint)


def test_records_are_posted_as_aws_does(hose, endpoint):
    hose.make({"AccessKey": "key of mine"}, RequestConfiguration={"ContentEncoding": "NONE", "CommonAttributes": [
        {"AttributeName": "stage", "AttributeValue": "test \u20ac"}, {"AttributeName": "b", "AttributeValue": "2"}]})
    hose.put(b"one", b"\x00\xff")
    assert hose.flush()["buffered_records"] == 0
    [(headers, body, _)] = endpoint.requests
    assert [base64.b64decode(record["data"]) for record in body["records"]] == [b"one", b"\x00\xff"]
    assert body["requestId"] == headers["x-amz-firehose-request-id"] and isinstance(body["timestamp"], int)
    assert headers["x-amz-firehose-protocol-version"] == "1.0" and headers["content-type"] == "application/json"
    assert headers["x-amz-firehose-source-arn"] == "arn:aws:firehose:us-east-1:000000000000:deliverystream/hose"
    assert headers["x-amz-firehose-access-key"] == "key of mine"
    assert json.loads(headers["x-amz-firehose-common-attributes"]) == {"commonAttributes": {"stage": "test \u20ac", "b": "2"}}
    assert "content-encoding" not in headers and "expect" not in headers
    assert objects(hose.s3, "failed") == {}


def test_bodies_may_be_compressed_and_records_processed(hose, endpoint):
    hose.make(RequestConfiguration={"ContentEncoding": "GZIP"}, **processing(GUNZIP, LINES))
    hose.put(gzip.compress(b"one"), b"bad", gzip.compress(b"two"))
    hose.flush()
    [(headers, _, _)] = endpoint.requests
    assert headers["content-encoding"] == "gzip" and "x-amz-firehose-access-key" not in headers
    assert endpoint.data() == [b"one\n", b"two\n"]
    [key] = objects(hose.s3, "failed")
    assert key.startswith("processing-failed/")


def test_a_description_tells_all_but_the_key(hose, endpoint):
    hose.make({"AccessKey": "secret"})
    [told] = hose.firehose.describe_delivery_stream(DeliveryStreamName="hose")["DeliveryStreamDescription"]["Destinations"]
    assert set(told) == {"DestinationId", "HttpEndpointDestinationDescription"}
    described = told["HttpEndpointDestinationDescription"]
    assert described["EndpointConfiguration"] == {"Url": endpoint.url, "Name": "mine"}
    assert described["BufferingHints"] == {"SizeInMBs": 5, "IntervalInSeconds": 300}
    assert described["RetryOptions"] == {"DurationInSeconds": 300} and described["S3BackupMode"] == "FailedDataOnly"
    assert described["S3DestinationDescription"]["BucketARN"] == "arn:aws:s3:::failed"


@pytest.mark.parametrize(("answer", "code"), [
    (lambda body: (503, b"busy"), "HttpEndpoint.DestinationException"), (lambda body: (201, taken(body)[1]), "HttpEndpoint.DestinationException"),
    (lambda body: (200, b""), "HttpEndpoint.InvalidResponseFromDestination"),
    (lambda body: (200, {"requestId": "another", "timestamp": 1}), "HttpEndpoint.InvalidResponseFromDestination"),
    (lambda body: (200, {"requestId": body["requestId"]}), "HttpEndpoint.InvalidResponseFromDestination"),
    (lambda body: (200, b" " * 1_100_000), "HttpEndpoint.ResponseTooLarge")])
def test_what_is_not_taken_in_time_goes_to_s3(hose, endpoint, answer, code):
    hose.make(RetryOptions={"DurationInSeconds": 0})
    endpoint.answers = [answer]
    hose.put(b"one", b"two")
    assert hose.flush() | {"account": "", "region": ""} == {
        "stream": "hose", "account": "", "region": "", "buffered_records": 0, "buffered_bytes": 0, "is_failing": False}
    failures = hose.failures()
    assert [base64.b64decode(failure["rawData"]) for failure in failures] == [b"one", b"two"]
    assert {failure["errorCode"] for failure in failures} == {code} and {failure["attemptsMade"] for failure in failures} == {1}
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("headers", [{"content-type": "text/plain"}, {"content-encoding": "br"}, {"content-length": ""}])
def test_an_answer_in_another_form_is_none(hose, endpoint, headers):
    hose.make(RetryOptions={"DurationInSeconds": 0})
    endpoint.headers = headers
    hose.put(b"one")
    hose.flush()
    assert [failure["errorCode"] for failure in hose.failures()] == ["HttpEndpoint.InvalidResponseFromDestination"]


def test_a_request_is_sent_again_as_it_was(hose, endpoint):
    with stopped_clock(hose.url):
        hose.make(RetryOptions={"DurationInSeconds": 100})
        endpoint.answers = [lambda body: (500, b"no"), lambda body: (500, b"no"), taken]
        hose.put(b"one")
        assert hose.flush()["is_failing"] is True
        hose.put(b"two")
        ask(hose.url, "clock", advance="849ms")
        assert len(endpoint.requests) == 1
        ask(hose.url, "clock", advance="301ms")  # a second, 15 % more or less
        eventually(lambda: len(endpoint.requests) == 2)
        ask(hose.url, "clock", advance="1s")
        assert len(endpoint.requests) == 2
        ask(hose.url, "clock", advance="1300ms")
        eventually(lambda: len(endpoint.requests) == 3)
        ids = {body["requestId"] for _, body, _ in endpoint.requests}
        assert len(ids) == 1 and endpoint.data() == [b"one"]
        assert eventually(lambda: hose.flush()["buffered_records"] == 0)
        assert endpoint.data() == [b"one", b"two"] and len({body["requestId"] for _, body, _ in endpoint.requests}) == 2
        assert hose.failures() == []


def test_the_last_attempt_is_made_when_the_duration_ends(hose, endpoint):
    with stopped_clock(hose.url):
        hose.make(RetryOptions={"DurationInSeconds": 10})
        endpoint.answers = [lambda body: (500, b"no")]
        hose.put(b"one")
        hose.flush()
        for count, milliseconds in enumerate((1150, 2300, 4600, 1950), start=2):
            ask(hose.url, "clock", advance=f"{milliseconds}ms")
            eventually(lambda count=count: len(endpoint.requests) == count)
        [failure] = eventually(hose.failures)
        assert failure["attemptsMade"] == 5 and failure["errorMessage"].endswith("destination. 500: no")
        ask(hose.url, "clock", advance="1h")
        assert len(endpoint.requests) == 5 and hose.flush()["is_failing"] is False


def test_413_is_not_tried_again(hose, endpoint):
    hose.make()
    endpoint.answers = [lambda body: (413, {"requestId": body["requestId"], "timestamp": 1, "errorMessage": "Payload too large"})]
    hose.put(b"one")
    hose.flush()
    [failure] = hose.failures()
    assert "413: " in failure["errorMessage"] and "Payload too large" in failure["errorMessage"]


def test_an_endpoint_that_says_nothing_has_3_minutes(hose, endpoint):
    go_on = threading.Event()
    with stopped_clock(hose.url):
        hints = {"SizeInMBs": 1, "IntervalInSeconds": 60}
        hose.make(RetryOptions={"DurationInSeconds": 0}, BufferingHints=hints)
        endpoint.answers = [lambda body: (go_on.wait(60), taken(body))[1]]
        came = threading.Event()
        first = endpoint.answers[0]
        endpoint.answers = [lambda body: (came.set(), first(body))[1]]
        hose.put(b"one")
        ask(hose.url, "clock", advance="60s")
        assert came.wait(60)
        ask(hose.url, "clock", advance="179s")
        assert hose.failures() == []
        ask(hose.url, "clock", advance="1s")
        [failure] = eventually(hose.failures)
        assert failure["errorCode"] == "HttpEndpoint.RequestTimeout"
    go_on.set()


def test_where_nobody_listens(own_emulator, endpoint):
    hose = Hose(own_emulator(options=["--egress", "127.0.0.1:1"]).url, endpoint)
    endpoint.url = "http://127.0.0.1:1/"
    hose.make(RetryOptions={"DurationInSeconds": 0})
    hose.put(b"one")
    hose.flush()
    assert [failure["errorCode"] for failure in hose.failures()] == ["HttpEndpoint.ConnectionFailed"]


def test_all_data_goes_to_s3_too(hose, endpoint):
    hose.make(S3BackupMode="AllData", S3Configuration=to_bucket("failed", Prefix="all/", CompressionFormat="GZIP"))
    hose.put(b"one", b"two")
    hose.flush()
    [[key, data]] = objects(hose.s3, "failed").items()
    assert key.startswith("all/20") and gzip.decompress(data) == b"onetwo" and endpoint.data() == [b"one", b"two"]


def test_an_update_is_of_the_endpoint(hose, endpoint):
    hose.make({"AccessKey": "old"})
    change = {"DeliveryStreamName": "hose", "DestinationId": "destinationId-000000000001", "CurrentDeliveryStreamVersionId": "1"}
    assert error_of(hose.firehose.update_destination, S3DestinationUpdate={"Prefix": "x"}, **change) == (
        "InvalidArgumentException", "The destination update must be of the destination's type.")
    hose.firehose.update_destination(HttpEndpointDestinationUpdate={
        "EndpointConfiguration": {"Url": endpoint.url + "&new", "AccessKey": "new"}, "RetryOptions": {"DurationInSeconds": 7}}, **change)
    hose.put(b"one")
    hose.flush()
    [(headers, _, _)] = endpoint.requests
    assert headers["x-amz-firehose-access-key"] == "new"
    [told] = hose.firehose.describe_delivery_stream(DeliveryStreamName="hose")["DeliveryStreamDescription"]["Destinations"]
    assert told["HttpEndpointDestinationDescription"]["RetryOptions"] == {"DurationInSeconds": 7}


@pytest.mark.parametrize("hosts", [(), ("--egress", "localhost"), ("--egress", "127.0.0.1:9"), ("--egress", "27.0.0.1,0.0.1,")])
def test_nothing_is_sent_to_hosts_that_are_not_named(own_emulator, endpoint, hosts):
    hose = Hose(own_emulator(options=hosts).url, endpoint)
    code, message = error_of(hose.make)
    assert code == "InvalidArgumentException" and "--egress" in message and endpoint.requests == []


@pytest.mark.parametrize("url", ["http://127.0.0.1@evil.example/", "http://evil.example/127.0.0.1", "http://127.0.0.1.evil.example/", "https://"])
def test_a_host_is_looked_for_where_it_stands(own_emulator, endpoint, url):
    hose = Hose(own_emulator(options=["--egress", "127.0.0.1"]).url, endpoint)
    assert error_of(hose.make, configuration={"Url": url})[0] == "InvalidArgumentException"


def test_a_redirect_is_not_followed(hose, endpoint):
    hose.make(RetryOptions={"DurationInSeconds": 0})
    endpoint.answers = [lambda body: (302, b"elsewhere")]
    hose.put(b"one")
    hose.flush()
    assert [failure["errorCode"] for failure in hose.failures()] == ["HttpEndpoint.DestinationException"]


def test_a_request_is_the_same_over_a_kill(own_emulator, endpoint):
    running = own_emulator(options=["--egress", "127.0.0.1"])
    hose = Hose(running.url, endpoint)
    hose.make()
    endpoint.answers = [lambda body: (500, b"no")]
    hose.put(b"one")
    hose.flush()
    endpoint.answers = [taken]
    running.kill()
    own_emulator(port=running.port, options=["--egress", "127.0.0.1"])
    assert hose.flush()["buffered_records"] == 0
    assert len({body["requestId"] for _, body, _ in endpoint.requests}) == 1 and endpoint.data() == [b"one"]


def test_a_stop_waits_for_no_endpoint(own_emulator, endpoint):
    running = own_emulator(options=["--egress", "127.0.0.1"])
    hose = Hose(running.url, endpoint)
    hose.make()
    came, go_on = threading.Event(), threading.Event()
    endpoint.answers = [lambda body: (came.set(), go_on.wait(60), taken(body))[2]]
    hose.put(b"one")

    def flush() -> None:
        with pytest.raises((OSError, HTTPException)):
            hose.flush()

    flushing = threading.Thread(target=flush)
    flushing.start()
    assert came.wait(60)
    assert running.stop() == 0
    go_on.set()
    flushing.join()
    own_emulator(port=running.port, options=["--egress", "127.0.0.1"])
    assert hose.flush()["buffered_records"] == 0 and endpoint.data() == [b"one", b"one"]


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1's that nobody vouches for but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.now(timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(day - timedelta(days=1)).not_valid_after(day + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    file = folder / "endpoint.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


@pytest.mark.parametrize("is_known", [True, False])
def test_an_endpoint_is_known_by_its_certificate(own_emulator, tmp_path, is_known):
    file, tls = certificate(tmp_path)
    with serving(tls) as endpoint:
        trust = ["--egress-ca", str(file)] if is_known else []
        hose = Hose(own_emulator(options=["--egress", "127.0.0.1", *trust]).url, endpoint)
        hose.make(RetryOptions={"DurationInSeconds": 0})
        hose.put(b"one")
        hose.flush()
        assert endpoint.data() == ([b"one"] if is_known else [])
        assert [failure["errorCode"] for failure in hose.failures()] == ([] if is_known else ["HttpEndpoint.SSLHandshakeFailure"])


def test_several_requests_carry_a_large_buffer(hose, endpoint):
    hose.make(BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 900})
    records = [bytes([number % 251]) * 400_000 for number in range(60)]
    for start in range(0, 60, 10):
        hose.put(*records[start:start + 10])
    assert hose.flush()['buffered_records'] == 0
    assert endpoint.data() == records and 3 <= len(endpoint.requests) <= 4
