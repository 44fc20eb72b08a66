"""The emulator starts, says so, answers, and ends when told to."""

import json
import urllib.request


def test_health_names_the_services(emulator):
    with urllib.request.urlopen(f"{emulator.url}/_evpoc/health") as answer:
        health = json.load(answer)
    assert health["status"] == "ok"
    assert {"kinesis", "dynamodb", "glue", "monitoring", "sts", "kms"} & set(health["services"])


def test_the_caller_of_sts_is_the_default_account(sts):
    assert sts.get_caller_identity()["Account"] == "000000000000"


def test_sigterm_ends_it_cleanly(own_emulator):
    assert own_emulator().stop() == 0
