"""The SDK for Go v2: JSON, over HTTP/1.1 on the plain port and, by ALPN, over HTTP/2 in TLS; its event stream, too."""

import pytest
from sdk import answer_of, built, check, environment_of, run, tool

pytestmark = [pytest.mark.xdist_group("go"), pytest.mark.timeout(400)]  # the compiler takes most of a minute, once


@pytest.fixture(scope="module")
def program():
    go = tool("go")
    folder = built("go", lambda into: run([go, "build", "-buildvcs=false", "-o", "kinesis", "."], cwd=into))
    return [folder / "kinesis"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_put_get_and_subscribe(program, scheme, emulator, kinesis, unique, tmp_path):
    stream = unique("go")
    answer = answer_of(program, stream, environment_of(emulator, scheme, tmp_path))
    check(answer, stream, kinesis)
