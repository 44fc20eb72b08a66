"""Calls made from the service models: the short form of tests/calls, and what it has found."""

import xml.etree.ElementTree as XML

import pytest
from local_emulator import default_binary
from raw import Connection

import fuzz as calls

FEWER = 4 if {"asan", "tsan"} & set(default_binary().parts) else 1


@pytest.mark.parametrize("seed,options", [(1, ()), (2, ("--limits", "aws"))], ids=["free", "limits"])
def test_no_call_made_from_the_models_finds_a_fault(seed, options):
    done = calls.run(seed, 3000 // FEWER, options=options)
    assert not done.findings, "\n".join(f"call {found.number}, {found.key()}\n{found.what[:1000]}\n{found.request.body[:1000]!r}" for found in done.findings)
    assert done.answers["200"] > 300 // FEWER and len(done.reached) > 200 // FEWER, "the calls no longer get past their first check"


def test_what_an_expression_cannot_hold_is_told_as_a_whole_character(emulator):
    item = {"TableName": "ttt", "Key": {"k": {"S": "k"}}, "ProjectionExpression": "k€"}
    with Connection(emulator) as connection:
        answer = connection.call("DynamoDB_20120810.GetItem", item)
    assert "token: \"€\"" in answer.message


def test_a_message_is_utf8_whatever_it_echoes(emulator):
    with Connection(emulator) as connection:
        answer = connection.form("sts", b"Action=Get\xffCallerIdentity&Version=2011-06-15")
    assert answer.status == 400 and answer.body.decode()


def test_an_answer_in_xml_can_be_read_whatever_it_echoes(emulator):
    with Connection(emulator) as connection:
        answer = connection.form("monitoring", "Action=ListMetrics&Version=2010-08-01&Namespace=\ufffe\uffff:\x01a%EF%BF%BF&RecentlyActive=\ufffe".encode())
    assert answer.status == 400 and XML.fromstring(answer.body).findtext(".//{*}Message").count("\ufffd")
