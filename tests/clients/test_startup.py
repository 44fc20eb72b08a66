"""What happens before "Ready.": the seed file, hooks, settings; and what the executable does besides emulating."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest
from conftest import client_at
from local_emulator import EmulatorFailed, default_binary

SEED = {
    "streams": [{"StreamName": "orders", "ShardCount": 2}],
    "tables": [{"TableName": "orders", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}],
    "registries": [{"RegistryName": "orders"}],
    "schemas": [{"RegistryId": {"RegistryName": "orders"}, "SchemaName": "order", "DataFormat": "AVRO",
                 "Compatibility": "BACKWARD", "SchemaDefinition": '{"type":"record","name":"Order","fields":[]}'}],
    "calls": [{"service": "dynamodb", "operation": "PutItem", "input": {"TableName": "orders", "Item": {"id": {"S": "1"}}}}],
}


def hook(folder: Path, name: str, text: str, mode: int = 0o755) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(mode)
    return folder


def status_of(url: str) -> int:
    try:
        return urllib.request.urlopen(url).status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_seed_file_makes_what_is_not_there_at_every_start(own_emulator, tmp_path):
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED))
    for _ in range(2):
        emulator = own_emulator(options=("--seed-file", str(seed)))
        assert client_at(emulator.url, "kinesis").list_streams()["StreamNames"] == ["orders"]
        assert client_at(emulator.url, "dynamodb").scan(TableName="orders")["Count"] == 1
        assert client_at(emulator.url, "glue").list_schemas()["Schemas"][0]["SchemaName"] == "order"
        emulator.stop()


@pytest.mark.parametrize("text, message", [
    ("{", "seed.json:1: "),
    ('{"stream": []}', "stream[0]: no such list; there are streams, tables, registries, schemas and calls"),
    ('{"streams": {}}', "streams[0]: expected a list"),
    ('{"streams": [{"StreamName": "a"}, {"StreamName": "b c"}]}', "streams[1]: CreateStream was refused: ValidationException: "),
    ('{"calls": [{"service": "kinesis"}]}', "calls[0]: expected "),
    ('{"calls": [{"service": "kinesis", "operation": "Fly", "input": {}}]}', "Fly was refused: UnknownOperationException"),
])
def test_a_seed_file_that_is_wrong_stops_the_start_with_its_reason(own_emulator, tmp_path, text, message):
    seed = tmp_path / "seed.json"
    seed.write_text(text)
    with pytest.raises(EmulatorFailed) as failure:
        own_emulator(options=("--seed-file", str(seed)))
    assert message in str(failure.value)


def test_hooks_run_in_order_before_it_is_ready(own_emulator, tmp_path):
    said = tmp_path / "said"
    folder = hook(tmp_path / "hooks", "20-second", f"echo second $AWS_ACCESS_KEY_ID >> {said}")
    hook(folder, "10-first", f"curl -s -o /dev/null -w '%{{http_code}} ' $AWS_ENDPOINT_URL/_evpoc/ready >> {said}")
    hook(folder, "15-not-executable", f"echo never >> {said}", mode=0o644)
    emulator = own_emulator(options=("--hooks", str(folder)), environment={"AWS_ACCESS_KEY_ID": "mine"})
    assert said.read_text() == "503 second mine\n"
    assert status_of(f"{emulator.url}/_evpoc/ready") == 200
    assert "15-not-executable is not executable" in emulator.logged()


def test_a_hook_that_fails_stops_the_emulator(own_emulator, tmp_path):
    with pytest.raises(EmulatorFailed) as failure:
        own_emulator(options=("--hooks", str(hook(tmp_path / "hooks", "10-bad", "exit 3"))))
    assert "10-bad failed with exit status 3" in str(failure.value)


def test_a_hook_sees_none_of_the_emulators_files(own_emulator, tmp_path):
    folder = hook(tmp_path / "hooks", "10-files", f"ls -l /proc/self/fd > {tmp_path}/files")
    own_emulator(options=("--hooks", str(folder)))
    files = (tmp_path / "files").read_text()
    assert "evpoc.db" not in files and "socket:" not in files and "eventpoll" not in files, files


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("EVPOC_")}
    return subprocess.run([str(default_binary()), *arguments], capture_output=True, text=True, timeout=30,
                          env=plain | environment)


def test_config_tells_what_is_in_force_and_where_it_comes_from(tmp_path):
    told = run("config", "--port", "1234", EVPOC_LOG_LEVEL="warn")
    assert told.returncode == 0
    lines = {line.split(" = ")[0]: line for line in told.stdout.splitlines()}
    assert lines["port"].split() == ["port", "=", "1234", "#", "--port"]
    assert lines["log-level"].split() == ["log-level", "=", '"warn"', "#", "EVPOC_LOG_LEVEL"]
    assert lines["region"].endswith("# default")
    (tmp_path / "written.toml").write_text(told.stdout)
    again = run("config", "--config", str(tmp_path / "written.toml"))
    assert again.returncode == 0 and 'log-level = "warn"' in again.stdout


def test_a_mistake_in_the_settings_ends_with_2_and_a_proposal():
    wrong = run("--prot", "1")
    assert wrong.returncode == 2 and "did you mean --port?" in wrong.stderr
    assert run("fly").returncode == 2
    assert run("--help").stdout.startswith("Usage: evpoc-emu")


def test_health_asks_the_emulator_of_the_same_settings(emulator):
    port = emulator.url.rpartition(":")[2]
    assert run("health", "--port", port).returncode == 0
    nobody = run("health", "--port", "1")
    assert nobody.returncode == 1 and "nobody answers" in nobody.stderr


def test_ctl_asks_the_admin_api(own_emulator):
    emulator = own_emulator()
    port = emulator.url.rpartition(":")[2]
    client_at(emulator.url, "kinesis").list_streams()

    def ctl(*words: str) -> subprocess.CompletedProcess[str]:
        return run("ctl", *words, "--port", port)

    assert "advance=7d" in ctl().stdout
    assert ctl("clock", "set=2030-01-01T00:00:00Z", "freeze=true").stdout.splitlines()[1].split() == ["now", "2030-01-01T00:00:00.000Z"]
    assert json.loads(ctl("clock", "--json").stdout)["frozen"] is True
    assert ctl("snapshot", "good").stdout == "good\n"
    assert ctl("snapshot", "good", "--delete").stdout == ""
    assert ctl("faults", "operation=PutRecord", "every=3", "status=503").stdout.split() == ["id", "1"]
    head, row = ctl("faults").stdout.splitlines()
    assert head.split() == ["id", "effect", "seen", "hits", "operation"] and row.split() == ["1", "status", "0", "0", "PutRecord"]
    assert "ListStreams" in ctl("requests", "operation=ListStreams").stdout
    assert "evpoc_requests_total" in ctl("metrics").stdout
    missing = ctl("restore", "good")
    assert (missing.returncode, missing.stderr) == (1, "evpoc-emu: there is no snapshot good\n")
    assert ctl("nothing").returncode == 2
