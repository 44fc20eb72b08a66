"""A real browser, Chromium: a stranger's page calls nothing, whatever it tries; a page on localhost calls every service.

The page's site is served here; --host-resolver-rules gives it another name, and the emulator names that are no loopback address to the
browser, which then sends no Fetch Metadata. What arrived, the emulator's own list of requests tells."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import client_at
from local_emulator import LocalEmulator

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("browser")]
FILES = Path(__file__).parent / "browser"

# By X-Amz-Target, one that writes of each service; and by forms, for the services that know those.
TARGETS = {
    "kinesis": ("Kinesis_20131202.CreateStream", {"StreamName": "called", "ShardCount": 1}),
    "dynamodb": ("DynamoDB_20120810.CreateTable", {
        "TableName": "called", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}),
    "glue": ("AWSGlue.CreateRegistry", {"RegistryName": "called"}),
    "kms": ("TrentService.CreateKey", {"Description": "called"}),
    "firehose": ("Firehose_20150804.CreateDeliveryStream", {"DeliveryStreamName": "called", "S3DestinationConfiguration": {
        "RoleARN": "arn:aws:iam::000000000000:role/r", "BucketARN": "arn:aws:s3:::called"}}),
    "logs": ("Logs_20140328.CreateLogGroup", {"logGroupName": "called"}),
    "monitoring": ("GraniteServiceVersion20100801.PutMetricData", {"Namespace": "called", "MetricData": [{"MetricName": "called", "Value": 1}]}),
}
FORMS = {
    "monitoring": "Action=PutMetricData&Version=2010-08-01&Namespace=called&MetricData.member.1.MetricName=called&MetricData.member.1.Value=1",
    "sts": "Action=GetCallerIdentity&Version=2011-06-15",
    "iam": "Action=CreateUser&Version=2010-05-08&UserName=called",
}
BY_REST = {"s3"}  # stranger.js, restWays


class Site:
    """Serves a page and its script, and takes its report."""

    def __init__(self, script: str, config: Any):
        site = self
        self.reported = threading.Event()
        self.report: Any = None

        class Handler(BaseHTTPRequestHandler):
            def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                if path == "/":
                    self.answer(200, (FILES / "page.html").read_bytes(), Content_Type="text/html")
                elif path == "/script.js":
                    self.answer(200, (FILES / script).read_bytes(), Content_Type="text/javascript")
                elif path == "/config":
                    self.answer(200, json.dumps(config).encode(), Content_Type="application/json")
                elif path == "/redirect":
                    self.answer(307, Location=urllib.parse.unquote(query))
                else:
                    self.answer(404)

            def do_POST(self) -> None:
                site.report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(204)
                site.reported.set()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port

    def __enter__(self) -> Site:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def chromium(url: str, profile: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        assert "CI" not in os.environ, "no Chromium"
        pytest.skip("no Chromium")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-popup-blocking", "--remote-debugging-port=0",
             "--host-resolver-rules=MAP *.example 127.0.0.1, MAP emulator 127.0.0.1, MAP *.internal 127.0.0.1", f"--user-data-dir={profile}"]
    running = subprocess.Popen([program, *flags, url], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        yield running
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def visit(emulator: LocalEmulator, name: str, script: str, hosts: list[str], profile: Path) -> Any:
    """What the page at http://name:port reports after its script has had these names of the emulator to call."""
    config = {"hosts": [f"http://{host}:{emulator.port}" for host in hosts], "forms": list(FORMS.values()),
              "targets": [{"target": target, "body": json.dumps(body)} for target, body in TARGETS.values()]}
    with Site(script, config) as site, chromium(f"http://{name}:{site.port}/", profile):
        assert site.reported.wait(60), "the page did not report"
        return site.report


def calls(emulator: LocalEmulator, after: int = 0) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{emulator.url}/_evpoc/requests?limit=10000&after={after}") as answer:
        return json.load(answer)["requests"]


def health(emulator: LocalEmulator) -> dict[str, Any]:
    with urllib.request.urlopen(f"{emulator.url}/_evpoc/health") as answer:
        return json.load(answer)


def test_every_service_is_tried(emulator):
    assert set(TARGETS) | set(FORMS) | BY_REST == set(health(emulator)["services"])


def test_a_stranger_s_page_calls_nothing(own_emulator, tmp_path):
    """At loopback addresses, and at names that the browser doesn't know to be this machine's."""
    emulator = own_emulator(data=None, options=("--keep-requests", "10000"))
    client_at(emulator.url, "kinesis").create_stream(StreamName="kept", ShardCount=1)
    before = max(call["number"] for call in calls(emulator))
    report = visit(emulator, "stranger.example", "stranger.js", ["127.0.0.1", "localhost", "emulator", "host.docker.internal"], tmp_path / "profile")
    seen = calls(emulator, before)
    print(f"\n{report['tries']} attempts, {len(seen)} requests came, {report['read']} answers read")
    assert report["tries"] > 400 and len(seen) > 300, "the page has tried little"
    # The icon of a window that was opened is the browser's own wish, not the page's; to S3 it is a bucket that is not there.
    seen = [call for call in seen if not (call["operation"] == "ListObjects" and "<BucketName>favicon.ico<" in call["output"])]
    assert [call for call in seen if call["operation"] != "-" or call["status"] < 400] == []
    assert report["read"] == 0
    assert client_at(emulator.url, "kinesis").list_streams()["StreamNames"] == ["kept"]


def test_the_same_page_calls_everything_where_it_may(own_emulator, tmp_path):
    """What shows that the attempts above are true ones."""
    emulator = own_emulator(data=None, options=("--keep-requests", "10000", "--allow-origins", "http://stranger.example:*"))
    report = visit(emulator, "stranger.example", "stranger.js", ["127.0.0.1"], tmp_path / "profile")
    assert {call["service"] for call in calls(emulator) if call["status"] == 200} == set(TARGETS) | set(FORMS) | BY_REST
    assert report["read"] > 10


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_page_on_localhost_calls_every_service(own_emulator, tmp_path, name):
    emulator = own_emulator(data=None)
    report = visit(emulator, name, "neighbour.js", ["localhost"], tmp_path / "profile")
    assert "error" not in report, report
    *called, refused = report["answers"]
    assert [(answer["target"], answer["status"]) for answer in called if answer["status"] != 200] == []
    assert len(called) == len(TARGETS) + len(FORMS) and all(answer["id"] for answer in report["answers"])
    assert (refused["status"], "ResourceNotFoundException" in refused["body"]) == (400, True)
    assert report["ours"] == ["TypeError"] * 4
    assert client_at(emulator.url, "kinesis").list_streams()["StreamNames"] == ["called"]
