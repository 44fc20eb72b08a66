"""Web pages of strangers in a browser on this machine reach nothing: neither by a name rebound to our address, nor by
requests of their own. Pages whose origin was allowed may call."""

import contextlib

import pytest
from helpers import refusal
from conftest import client_at
from raw import Answer, Connection

LIST = {"X-Amz-Target": "Kinesis_20131202.ListStreams", "Content-Type": "application/x-amz-json-1.1"}


def ask(emulator, method="POST", path="/", body=b"{}", host="localhost", **headers: str) -> Answer:
    """Headers by name with _ for -."""
    lines = [f"{method} {path} HTTP/1.1", f"Content-Length: {len(body)}"]
    lines += [f"Host: {host}"] if host else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with Connection(emulator) as connection:
        return connection.send("\r\n".join([*lines, "", ""]).encode() + body).answer()


def listing(emulator, **headers: str) -> Answer:
    return ask(emulator, X_Amz_Target=LIST["X-Amz-Target"], Content_Type=LIST["Content-Type"], **headers)


@pytest.mark.parametrize("host", [
    "localhost", "LOCALHOST:4566", "localhost.", "127.0.0.1:4566", "192.168.1.7", "[::1]:4566", "evpoc-emu:4566", "kinesis.localhost",
    "host.docker.internal:4566", "host.testcontainers.internal:1", "evpoc.default.svc", "evpoc.default.svc.cluster.local",
    "kinesis.us-east-1.amazonaws.com", "dynamodb.cn-north-1.amazonaws.com.cn", "kinesis.us-east-1.api.aws",
    "localhost.localstack.cloud:4566", "kinesis.us-east-1.localhost.localstack.cloud", "my_service",
])
def test_the_usual_names_are_answered(emulator, host):
    assert listing(emulator, host=host).status == 200


@pytest.mark.parametrize("host", [
    "evil.example.com", "evil.example.com:4566", "localhost.evil.com", "127.0.0.1.evil.com", "1.2.3.4.5", "amazonaws.com.evil.org",
    "notamazonaws.com", "evillocalhost.com", "a.b", "xlocalstack.cloud", "127.0.0.1.nip.io",
])
def test_other_names_are_refused_saying_which_setting_allows_them(emulator, host):
    for answer in (listing(emulator, host=host), ask(emulator, "GET", "/_evpoc/health", b"", host=host)):
        assert (answer.status, answer.code) == (403, "AccessDeniedException")
        assert "--allow-hosts" in answer.message and "EVPOC_ALLOW_HOSTS" in answer.message


def test_names_can_be_allowed(own_emulator):
    emulator = own_emulator(options=["--allow-hosts", "emu.example.com, *.ci.example.com"])
    for host, status in [("emu.example.com", 200), ("EMU.example.com:4566", 200), ("a.ci.example.com", 200),
                         ("ci.example.com", 403), ("other.example.com", 403)]:
        assert listing(emulator, host=host).status == status, host


def test_any_name_can_be_allowed(own_emulator):
    emulator = own_emulator(options=["--allow-hosts", "*"])
    assert listing(emulator, host="anything.example").status == 200


def test_an_sdk_is_told_why(emulator, monkeypatch):
    def rename(request, **_):
        request.headers["Host"] = "rebound.example.com"

    for service, call in (("kinesis", "list_streams"), ("sts", "get_caller_identity"), ("dynamodb", "list_tables")):
        client = client_at(emulator.url, service)
        client.meta.events.register("before-send", rename)
        code, message = refusal(getattr(client, call))
        assert code.startswith("AccessDenied") and "--allow-hosts" in message, service


# What a page sends, with the headers that only the browser can set.


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:3000"}, {"Origin": "http://127.0.0.1"},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}, {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},
], ids=str)
def test_a_page_elsewhere_changes_nothing(emulator, kinesis, stream, headers):
    reset = ask(emulator, "POST", "/_evpoc/reset", **headers)
    assert (reset.status, "--allow-origins" in reset.message) == (403, True)
    assert ask(emulator, "POST", "/moto-api/reset", **headers).status == 403
    form = ask(emulator, body=b"Action=GetCallerIdentity&Version=2011-06-15", Content_Type="application/x-www-form-urlencoded", **headers)
    assert form.status == 403
    assert listing(emulator, **headers).status == 403
    assert not any(name.startswith("access-control") for name in reset.headers)
    assert stream in kinesis.list_streams()["StreamNames"]


@pytest.mark.parametrize("headers", [
    {}, {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate"}, {"Sec_Fetch_Site": "same-origin"},
    {"Origin": "http://localhost:4566", "Sec_Fetch_Site": "same-origin", "host": "localhost:4566"},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},
], ids=str)
def test_the_address_bar_a_link_and_our_own_page_may_look(emulator, headers):
    assert ask(emulator, "GET", "/_evpoc/health", b"", **headers).status == 200


def preflight(emulator, origin: str) -> Answer:
    with Connection(emulator) as connection:
        connection.send(f"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n"
                        "Access-Control-Request-Headers: content-type,x-amz-target\r\n\r\n".encode())
        status = connection.reader.readline().split()
        headers = {}
        while line := connection.reader.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return Answer(int(status[1]), headers, b"")


def test_without_the_setting_there_is_no_cors(emulator):
    answer = preflight(emulator, "http://localhost:3000")
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_an_allowed_page_may_call(own_emulator):
    emulator = own_emulator(options=["--allow-origins", "https://app.example,http://localhost:*"])
    for origin in ("https://app.example", "http://localhost:3000", "http://localhost"):
        before = preflight(emulator, origin)
        assert before.status == 204
        assert before.headers["access-control-allow-origin"] == origin
        assert "POST" in before.headers["access-control-allow-methods"]
        assert before.headers["access-control-allow-headers"] == "content-type,x-amz-target"
        answer = listing(emulator, Origin=origin, Sec_Fetch_Site="cross-site")
        assert (answer.status, answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (200, origin, "origin")
        assert "x-amzn-requestid" in answer.headers["access-control-expose-headers"]
        failed = ask(emulator, X_Amz_Target="Kinesis_20131202.DescribeStreamSummary", Content_Type=LIST["Content-Type"], Origin=origin)
        assert (failed.status, failed.headers["access-control-allow-origin"]) == (400, origin)
        health = ask(emulator, "GET", "/_evpoc/health", b"", Origin=origin)
        assert (health.status, health.headers["access-control-allow-origin"]) == (200, origin)
    for origin in ("https://app.example.evil.org", "http://app.example", "http://localhost.evil.org", "http://localhosts:1", "null"):
        assert preflight(emulator, origin).status == 403
        with contextlib.suppress(KeyError):
            assert listing(emulator, Origin=origin).headers["access-control-allow-origin"] == "-"
