"""The SDK for Java v2, asynchronous: HTTP/2 without asking, plain and in TLS, with ALPN and without; CBOR."""

import pytest
from sdk import answer_of, check, environment_of, java_program

pytestmark = [pytest.mark.xdist_group("java"), pytest.mark.timeout(400)]  # Maven fetches some 80 jars, once


@pytest.mark.parametrize("scheme, more", [("http", {}), ("https", {}), ("https", {"EVPOC_ALPN": "1"})],
                         ids=["http", "https", "https by ALPN"])
def test_put_get_and_subscribe(scheme, more, emulator, kinesis, unique, tmp_path):
    stream = unique("java")
    answer = answer_of(java_program("KinesisLife"), stream, environment_of(emulator, scheme, tmp_path) | more)
    check(answer, stream, kinesis)
