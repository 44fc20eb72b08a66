#!/usr/bin/env python3
"""One consumer worker: the KCL's MultiLangDaemon (Java, from amazon_kclpy) with event_consumer.py for each shard it holds."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import amazon_kclpy

import names

HERE = Path(__file__).resolve().parent
DAEMON = "software.amazon.kinesis.multilang.MultiLangDaemon"
JARS = Path(amazon_kclpy.__file__).parent / "jars"

LOGBACK = """<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n%xEx{5}</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
"""


def properties(application: str, stream: str, region: str, command: str, more: dict[str, str]) -> str:
    """The daemon's configuration. `command` must be free of spaces but those between its words."""
    settings = {
        "executableName": command,
        "streamName": stream,
        "applicationName": application,
        "regionName": region,
        "AwsCredentialsProvider": "DefaultCredentialsProvider",
        "initialPositionInStream": "TRIM_HORIZON",
        "processingLanguage": f"python/{sys.version_info.major}.{sys.version_info.minor}",
    } | more
    return "".join(f"{key} = {value}\n" for key, value in settings.items())


def java_command(folder: Path, settings: str, jars: Path = JARS) -> list[str]:
    """Writes the daemon's files into the folder and returns what starts it, in this folder of programs."""
    (folder / "worker.properties").write_text(settings)
    (folder / "logback.xml").write_text(LOGBACK)
    java = shutil.which("java")
    if not java:
        raise SystemExit("the KCL needs Java: install default-jre-headless")
    return [java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*:{folder}", DAEMON,
            "--properties-file", str(folder / "worker.properties"), "--log-configuration", str(folder / "logback.xml")]


def environment() -> dict[str, str]:
    """event_consumer.py is found by its first line's python3: the one that runs us."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", default=names.STREAM)
    parser.add_argument("--table", default=names.TABLE)
    parser.add_argument("--registry", default=names.REGISTRY)
    parser.add_argument("--application", default="event-consumer-poc", help="workers of one application share the shards; "
                        "also the name of the KCL's lease table")
    parser.add_argument("--jars", type=Path, default=JARS, help="the KCL's jars (default: amazon_kclpy's own)")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], dest="more",
                        help="any other setting of the MultiLangDaemon, such as retrievalMode=POLLING")
    parser.add_argument("--print-command", action="store_true", help="show how the daemon is started, and start nothing")
    arguments = parser.parse_args()
    command = f"./event_consumer.py --table {arguments.table} --registry {arguments.registry}"
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    more = dict(setting.split("=", 1) for setting in arguments.more)
    folder = Path(tempfile.mkdtemp(prefix="kcl-worker-"))
    java = java_command(folder, properties(arguments.application, arguments.stream, region, command, more), arguments.jars)
    if arguments.print_command:
        print(shlex.join(java))
        return
    os.chdir(HERE)
    os.execve(java[0], java, environment())


if __name__ == "__main__":
    main()
