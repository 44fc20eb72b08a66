"""The KCL 1 on the SDK for Java v1, which has no setting for the endpoints of all it calls: AWS's own names lead here, by a hosts
file of the JVM, and the emulator's CA is trusted; its certificates are made for the names it is called by (SNI)."""

import os
import socket

import pytest
from conftest import client_at
from job import Reader, at_least_once, first_half, java_trust, put, reshard, second_half
from sdk import java_program

pytestmark = [pytest.mark.ecosystem, pytest.mark.timeout(300)]
ADDRESS, PORT = "127.83.0.1", 443
SERVICES = ("kinesis", "dynamodb", "monitoring")
PATIENCE = 90


@pytest.fixture
def emulator_at_aws(own_emulator):
    """One that answers where AWS does: on port 443."""
    try:
        socket.create_server((ADDRESS, PORT)).close()
    except PermissionError:
        assert not os.environ.get("CI"), "CI skips nothing, and port 443 is not to be had"
        pytest.skip("port 443 is for root only on this machine")
    return own_emulator(port=PORT, options=("--host", ADDRESS), durability="memory", data=None)


@pytest.fixture
def options(emulator_at_aws, tmp_path):
    """The JVM's: what it resolves, and whom it trusts."""
    hosts = tmp_path / "hosts"
    hosts.write_text("".join(f"{ADDRESS} {service}.us-east-1.amazonaws.com\n" for service in SERVICES))
    return [f"-Djdk.net.hosts.file={hosts}", *java_trust(emulator_at_aws, tmp_path)]


def test_awss_own_names_lead_to_the_emulator_and_a_reshard_loses_nothing(emulator_at_aws, options, tmp_path):
    kinesis, dynamodb, cloudwatch = (client_at(emulator_at_aws.url, service) for service in ("kinesis", "dynamodb", "cloudwatch"))
    kinesis.create_stream(StreamName="stream", ShardCount=2)
    put(kinesis, "stream", first_half())
    java, *rest = java_program("Consumer", "ecosystem/kcl1")
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    environment.pop("AWS_ENDPOINT_URL", None)
    with Reader([java, *options, *rest, "stream", "application"], tmp_path / "consumer", environment) as consumer:
        consumer.wait_for(first_half(), PATIENCE)
        reshard(kinesis, "stream")
        put(kinesis, "stream", second_half())
        consumer.wait_for(second_half(), PATIENCE)
        at_least_once(consumer.stop(60), first_half() + second_half())
    leases = {item["leaseKey"]["S"]: item["checkpoint"]["S"] for item in dynamodb.scan(TableName="application")["Items"]}
    assert len(leases) == 6 and list(leases.values()).count("SHARD_END") == 2, leases
    assert cloudwatch.list_metrics(Namespace="application")["Metrics"]
