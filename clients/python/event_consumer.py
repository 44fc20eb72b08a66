#!/usr/bin/env python3
"""Writes the events of one shard into the table: run by the KCL's MultiLangDaemon, once a shard (see kcl_worker.py).

At least once, made exactly once by the event id: a record is checkpointed after its item is written, never before."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from amazon_kclpy import kcl
from amazon_kclpy.messages import (
    InitializeInput, LeaseLostInput, ProcessRecordsInput, ShardEndedInput, ShutdownRequestedInput)
from amazon_kclpy.v3.processor import RecordProcessorBase
from aws_schema_registry import SchemaRegistryException

import names
from backoff import delays
from event_table import EventTable, item_of
from events import EventCodec

LOG = logging.getLogger("event_consumer")
CHECKPOINT_RETRIES = 8
EXIT_FAILED = 1


def or_die(method: Callable[..., None]) -> Callable[..., None]:
    """amazon_kclpy swallows what a processor raises and tells the KCL that all went well: the records would be lost with
    the next checkpoint. So what we cannot do ends the process; the KCL gives the shard to another, from its checkpoint."""

    @wraps(method)
    def guarded(*arguments: Any) -> None:
        try:
            method(*arguments)
        except Exception:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(EXIT_FAILED)

    return guarded


class EventProcessor(RecordProcessorBase):
    def __init__(self, table: EventTable, codec: EventCodec, checkpoint_seconds: float):
        self.table, self.codec, self.checkpoint_seconds = table, codec, checkpoint_seconds
        self.shard_id = ""
        self.checkpointed_at = 0.0

    @or_die
    def initialize(self, initialize_input: InitializeInput) -> None:
        self.shard_id = initialize_input.shard_id
        self.checkpointed_at = time.monotonic()
        LOG.info("%s from %s", self.shard_id, initialize_input.sequence_number)

    @or_die
    def process_records(self, process_records_input: ProcessRecordsInput) -> None:
        items = []
        for record in process_records_input.records:
            try:
                event = self.codec.decode(record.binary_data)
            except SchemaRegistryException as error:
                if record.binary_data[:1] == b"\x03":  # framed, so the registry is what failed: not the record's fault
                    raise
                LOG.error("%s %s is no event, passed over: %s", self.shard_id, record.sequence_number, error)
                continue
            items.append(item_of(event, self.shard_id, record.sequence_number))
        self.table.put_all(items)
        if time.monotonic() - self.checkpointed_at >= self.checkpoint_seconds:
            self._checkpoint(process_records_input.checkpointer)

    def lease_lost(self, lease_lost_input: LeaseLostInput) -> None:
        LOG.info("%s goes to another worker", self.shard_id)

    @or_die
    def shard_ended(self, shard_ended_input: ShardEndedInput) -> None:
        """Only this checkpoint lets the shard's children begin."""
        self._checkpoint(shard_ended_input.checkpointer)
        LOG.info("%s ended", self.shard_id)

    @or_die
    def shutdown_requested(self, shutdown_requested_input: ShutdownRequestedInput) -> None:
        self._checkpoint(shutdown_requested_input.checkpointer)

    def _checkpoint(self, checkpointer: kcl.Checkpointer) -> None:
        waits = delays(CHECKPOINT_RETRIES, base_seconds=0.2)
        while True:
            try:
                checkpointer.checkpoint()
                self.checkpointed_at = time.monotonic()
                return
            except kcl.CheckpointError as error:
                if error.value == "ShutdownException":  # the lease is another's: what we wrote, it will write again
                    LOG.warning("%s is another's: not checkpointed", self.shard_id)
                    return
                wait = next(waits, None)
                if wait is None:
                    raise
                LOG.warning("checkpoint of %s: %s; again in %.1f s", self.shard_id, error.value, wait)
                time.sleep(wait)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", default=names.TABLE)
    parser.add_argument("--registry", default=names.REGISTRY)
    parser.add_argument("--checkpoint-seconds", type=float, default=1.0, help="time between two checkpoints (default 1)")
    arguments = parser.parse_args()
    # stdout is the MultiLangDaemon's
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    processor = EventProcessor(EventTable(arguments.table), EventCodec(arguments.registry), arguments.checkpoint_seconds)
    kcl.KCLProcess(processor).run()


if __name__ == "__main__":
    main()
