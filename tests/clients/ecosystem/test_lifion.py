"""lifion-kinesis for Node.js: enhanced fan-out by hand, which takes each chunk of the answer for one message; its leases and
checkpoints in DynamoDB."""

import pytest
from job import Reader, at_least_once, first_half, put, reshard, second_half
from sdk import built, run, tool

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("javascript"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def program():
    npm = tool("npm")
    folder = built("ecosystem/lifion", lambda into: run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=into))
    return [tool("node"), "--require", folder / "hosts.js", folder / "fan_out.js"]


def test_fan_out_carries_everything_through_a_reshard(program, kinesis, stream, tmp_path):
    put(kinesis, stream, first_half())
    with Reader([*program, stream], tmp_path) as reader:
        reader.wait_for(first_half())
        reshard(kinesis, stream)
        put(kinesis, stream, second_half())
        reader.wait_for(second_half())
        at_least_once(reader.stop(), first_half() + second_half())
