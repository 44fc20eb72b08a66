"""The SDK for Rust: JSON over HTTP/1.1 on the plain port, HTTP/2 by ALPN in TLS; its event stream, too."""

import pytest
from sdk import answer_of, built, check, environment_of, run, tool

# The compiler takes most of two minutes, once.
pytestmark = [pytest.mark.once, pytest.mark.xdist_group("rust"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def program():
    cargo = tool("cargo")
    folder = built("ecosystem/rust", lambda into: run([cargo, "build", "--quiet", "--locked"], cwd=into))
    return [folder / "target" / "debug" / "kinesis"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_put_get_and_subscribe(program, scheme, emulator, kinesis, unique, tmp_path):
    stream = unique("rust")
    answer = answer_of(program, stream, environment_of(emulator, scheme, tmp_path))
    check(answer, stream, kinesis)
