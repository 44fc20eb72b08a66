"""Web pages of strangers in a browser on this machine reach nothing: neither by a name rebound to our address, nor by
requests of their own. Pages whose origin was allowed may call."""

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

FORM = "application/x-www-form-urlencoded"
CHANGE = "Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName=m&MetricData.member.1.Value=1"
LOOK = "Action=GetCallerIdentity&Version=2011-06-15"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example:3000"}, {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://evil.example:4566"}, {"Origin": "file://"}, {"Origin": "http://localhost@evil.example"}, {"Origin": ""},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}, {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}, {"Referer": "https://evil.example/page"},
], ids=str)
def test_a_page_elsewhere_changes_nothing(emulator, kinesis, stream, headers):
    reset = ask(emulator, "POST", "/_evpoc/reset", **headers)
    assert (reset.status, "--allow-origins" in reset.message) == (403, True)
    assert ask(emulator, "POST", "/moto-api/reset", **headers).status == 403
    for method, path, body in (("POST", "/", LOOK), ("GET", "/?" + LOOK, ""), ("GET", "/?" + CHANGE, ""), ("HEAD", "/?" + CHANGE, "")):
        asked = ask(emulator, method, path, body.encode(), Content_Type=FORM, **headers) if method != "HEAD" else None
        assert asked is None or (asked.status, "access-control-allow-origin" in asked.headers) == (403, False)
    assert listing(emulator, **headers).status == 403
    assert not any(name.startswith("access-control") for name in reset.headers)
    assert stream in kinesis.list_streams()["StreamNames"]


def test_by_get_a_form_may_only_read(emulator, cloudwatch):
    """A browser that says nothing of who made it ask: plain HTTP to a name that isn't loopback's has no Fetch Metadata."""
    answer = ask(emulator, "GET", "/?" + CHANGE, b"", Authorization=SIGNED.format("monitoring"))
    assert (answer.status, b"POST" in answer.body) == (403, True)
    assert ask(emulator, "PUT", "/", CHANGE.encode(), Content_Type=FORM, Authorization=SIGNED.format("monitoring")).status == 403
    assert not [metric for metric in cloudwatch.list_metrics(Namespace="n")["Metrics"] if metric["MetricName"] == "m"]
    assert ask(emulator, "GET", "/?" + LOOK, b"", Authorization=SIGNED.format("sts")).status == 200
    assert ask(emulator, "GET", "/?" + LOOK, b"", User_Agent=BROWSER).status == 403
    assert ask(emulator, "GET", "/?" + LOOK, b"", User_Agent=BROWSER, Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate").status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_json_and_cbor_are_reached_by_post_alone(emulator, method):
    """aws-test: Kinesis and DynamoDB: 403, "Unable to determine service/operation name to be authorized"."""
    for headers in ({"X_Amz_Target": LIST["X-Amz-Target"], "Content_Type": LIST["Content-Type"]}, {"Smithy_Protocol": "rpc-v2-cbor"}):
        answer = ask(emulator, method, "/service/GraniteServiceVersion20100801/operation/ListMetrics", b"", **headers)
        assert (answer.status, b"Unable to determine service/operation name" in answer.body) == (403, True)


@pytest.mark.parametrize("headers", [
    {}, {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate"}, {"Sec_Fetch_Site": "same-origin"}, {"User_Agent": BROWSER},
    {"Origin": "http://localhost:4566", "Sec_Fetch_Site": "same-origin", "host": "localhost:4566"},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}, {"Referer": "https://elsewhere.example/"},
], ids=str)
def test_the_address_bar_a_link_and_our_own_page_may_look(emulator, headers):
    assert ask(emulator, "GET", "/_evpoc/health", b"", **headers).status == 200


def preflight(emulator, origin: str, path: str = "/", **more: str) -> Answer:
    return ask(emulator, "OPTIONS", path, b"", Origin=origin, Access_Control_Request_Method="POST",
               Access_Control_Request_Headers="content-type,x-amz-target", **more)


def may_read(answer: Answer, origin: str) -> bool:
    return (answer.headers.get("access-control-allow-origin"), answer.headers.get("vary")) == (origin, "origin")


LOOPBACK = ["http://localhost:3000", "http://localhost", "https://localhost:8443", "http://127.0.0.1:5173", "http://[::1]:3000"]


@pytest.mark.parametrize("origin", LOOPBACK)
def test_a_page_on_localhost_may_call_aws_s_operations(emulator, origin):
    """aws-test: OPTIONS answers 200 with what was asked for, Access-Control-Max-Age 172800 and no body."""
    before = preflight(emulator, origin, Access_Control_Request_Private_Network="true")
    assert (before.status, before.body, may_read(before, origin)) == (200, b"", True)
    assert before.headers["access-control-allow-methods"] == "POST"
    assert before.headers["access-control-allow-headers"] == "content-type,x-amz-target"
    assert before.headers["access-control-max-age"] == "172800"
    assert before.headers["access-control-allow-private-network"] == "true"
    assert before.headers["x-amzn-requestid"]
    answer = listing(emulator, Origin=origin, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors")
    assert (answer.status, may_read(answer, origin)) == (200, True)
    exposed = answer.headers["access-control-expose-headers"].lower().split(",")
    assert {"x-amzn-requestid", "x-amzn-errortype", "x-amzn-errormessage", "x-amz-id-2", "date", "x-amz-crc32"} <= set(exposed)
    failed = ask(emulator, X_Amz_Target="Kinesis_20131202.DescribeStreamSummary", Content_Type=LIST["Content-Type"], Origin=origin)
    assert (failed.status, may_read(failed, origin)) == (400, True)


@pytest.mark.parametrize("origin", LOOPBACK)
def test_what_is_ours_beside_aws_stays_with_our_own_pages(emulator, origin):
    for path in ("/_evpoc/reset", "/_evpoc/requests", "/_localstack/state/reset", "/moto-api/reset"):
        answers = [preflight(emulator, origin, path, host="localhost:4566")]
        answers += [ask(emulator, method, path, b"", host="localhost:4566", Origin=origin) for method in ("POST", "GET")]
        for answer in answers:
            assert (answer.status, "access-control-allow-origin" in answer.headers) == (403, False), path


def test_other_origins_have_no_cors(emulator):
    for origin in ("https://evil.example", "null", "http://localhost.evil.example", "http://localhosts:3000", "https://app.localhost.example"):
        answer = preflight(emulator, origin)
        assert answer.status == 403
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_an_allowed_page_may_call(own_emulator):
    emulator = own_emulator(options=["--allow-origins", "https://app.example,http://dev.example:*"])
    for origin in ("https://app.example", "http://dev.example:3000", "http://dev.example"):
        for path in ("/", "/_evpoc/reset"):
            before = preflight(emulator, origin, path)
            assert (before.status, may_read(before, origin)) == (200, True)
        answer = listing(emulator, Origin=origin, Sec_Fetch_Site="cross-site")
        assert (answer.status, may_read(answer, origin)) == (200, True)
        health = ask(emulator, "GET", "/_evpoc/health", b"", Origin=origin)
        assert (health.status, may_read(health, origin)) == (200, True)
    for origin in ("https://app.example.evil.org", "http://app.example", "http://dev.example.evil.org", "http://dev.examples:1", "null"):
        assert preflight(emulator, origin).status == 403
        assert "access-control-allow-origin" not in listing(emulator, Origin=origin).headers
