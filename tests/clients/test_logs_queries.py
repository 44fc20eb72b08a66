"""Queries of Logs Insights through boto3."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError
from test_logs import error_of, group, now_ms, put  # noqa: F401

AROUND = 3600


def started(logs, group: str | list[str], query: str, **arguments) -> str:
    at = now_ms() // 1000
    where = {"logGroupName": group} if isinstance(group, str) else {"logGroupNames": group}
    return logs.start_query(**where, startTime=at - AROUND, endTime=at + AROUND, queryString=query, **arguments)["queryId"]


def ended(logs, query_id: str) -> dict:
    """Each question is a step: there is nothing to wait for."""
    for _ in range(500):
        answer = logs.get_query_results(queryId=query_id)
        if answer["status"] not in ("Scheduled", "Running"):
            return answer
    raise AssertionError("the query does not end")


def rows(logs, group: str | list[str], query: str, **arguments) -> list[dict[str, str]]:
    answer = ended(logs, started(logs, group, query, **arguments))
    assert answer["status"] == "Complete"
    return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


def test_a_query_sees_fields_of_json_newest_first(logs, group, put):
    begin = now_ms() - 5000
    put("a", *[(begin + n, f'{{"level": "{"ERROR" if n % 3 == 0 else "INFO"}", "took": {{"ms": {n}}}}}') for n in range(9)])
    found = rows(logs, group, 'fields @timestamp, level, took.ms as ms | filter level = "ERROR" and ms > 0')
    assert [row["ms"] for row in found] == ["6", "3"]
    assert set(found[0]) == {"@timestamp", "level", "ms", "@ptr"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", found[0]["@timestamp"])


def test_stats_are_of_all_groups_together(logs, group, put, unique):
    other = unique("/other")
    logs.create_log_group(logGroupName=other)
    logs.create_log_stream(logGroupName=other, logStreamName="s")
    at = now_ms() // 60000 * 60000
    put("a", (at - 60000, "took 10 ms"), (at - 59000, "took 20 ms"))
    logs.put_log_events(logGroupName=other, logStreamName="s", logEvents=[{"timestamp": at - 58000, "message": "took 60 ms"}])
    answer = ended(logs, started(logs, [group, other], "parse @message /took (?<ms>\\d+)/ | stats avg(ms) as mean, count(*) by bin(1m) as minute"))
    assert [[cell["value"] for cell in row][1:] for row in answer["results"]] == [["30", "3"]]
    assert answer["statistics"] == {"recordsMatched": 3.0, "recordsScanned": 3.0, "bytesScanned": 30.0, "estimatedRecordsSkipped": 0.0,
                                    "estimatedBytesSkipped": 0.0, "logGroupsScanned": 2.0}
    assert [row["@message"] for row in rows(logs, [group, other], "fields @message | sort @timestamp asc")] == ["took 10 ms", "took 20 ms", "took 60 ms"]


def test_only_what_lies_in_the_time_is_looked_at(logs, group, put):
    begin = now_ms() // 1000 * 1000 - 10_000
    put("a", *[(begin + n * 1000, str(n)) for n in range(5)])
    query = logs.start_query(logGroupName=group, startTime=begin // 1000 + 1, endTime=begin // 1000 + 3, queryString="fields @message")["queryId"]
    assert [row[0]["value"] for row in ended(logs, query)["results"]] == ["3", "2", "1"]


def test_a_pointer_leads_to_its_event(logs, group, put):
    put("stream", (now_ms() - 2, "first"), (now_ms() - 1, '{"a": {"b": [1, "x"]}}'))
    for row, message in zip(rows(logs, group, "fields @message"), ['{"a": {"b": [1, "x"]}}', "first"], strict=True):
        record = logs.get_log_record(logRecordPointer=row["@ptr"])["logRecord"]
        assert (record["@message"], record["@logStream"], record["@log"].split(":")[1]) == (message, "stream", group)
    assert logs.get_log_record(logRecordPointer=rows(logs, group, "limit 1")[0]["@ptr"])["logRecord"]["a.b.1"] == "x"
    assert error_of(logs.get_log_record, logRecordPointer="1." + "0" * 56)[0] == "ResourceNotFoundException"


def test_many_events_take_several_steps_and_results_come_in_pages(logs, group, put):
    begin = now_ms() - 100_000
    for batch in range(4):
        put("a", *[(begin + batch * 5000 + n, f"event {batch * 5000 + n} " + "x" * 60) for n in range(5000)])
    query = started(logs, group, "fields @message | parse @message /event (?<number>\\d+)/ | sort number asc | limit 10000 | display number")
    assert logs.get_query_results(queryId=query)["status"] == "Running"
    assert ended(logs, query)["status"] == "Complete"
    numbers, token = [], {}
    while True:
        page = logs.get_query_results(queryId=query, maxItems=3000, **token)
        numbers += [int(row[0]["value"]) for row in page["results"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert numbers == list(range(10000))
    assert page["statistics"]["recordsMatched"] == 20000


def test_what_is_no_query_is_refused_with_its_place(logs, group):
    """aws: StartQuery, MalformedQueryException: queryCompileError"""
    with pytest.raises(ClientError) as refused:
        started(logs, group, "fields @message | count()")
    assert refused.value.response["Error"]["Code"] == "MalformedQueryException"
    assert refused.value.response["queryCompileError"]["location"] == {"startCharOffset": 18, "endCharOffset": 23}
    for query in ("fields a | unnest b into c", "pattern @message", "filter @message like /(?=x)/", "fields a | limit 100000", "stats a by b", ""):
        with pytest.raises(logs.exceptions.MalformedQueryException):
            started(logs, group, query)


def test_a_group_that_is_not_there_is_told_as_recorded(logs, unique):
    """aws: recorded: test_start_query_log_group_not_found"""
    name = unique("/none")
    code, message = error_of(logs.start_query, logGroupName=name, startTime=1, endTime=2, queryString="fields @message")
    assert code == "ResourceNotFoundException"
    assert re.fullmatch(rf"Log group '{name}' does not exist for account ID '\d{{12}}' \(Service: AWSLogs; Status Code: 400; Error Code: ResourceNotFoundException; "
                        r"Request ID: [0-9a-f-]{36}; Proxy: null\)", message)


def test_queries_are_described_as_recorded_and_stopped(logs, group):
    """aws: recorded: test_describe_queries, test_describe_queries_with_status_filter"""
    first = logs.start_query(logGroupName=group, startTime=100, endTime=200, queryString="fields @message")["queryId"]
    ended(logs, first)
    [told] = logs.describe_queries(logGroupName=group)["queries"]
    assert abs(told.pop("createTime") - now_ms()) < 60_000
    assert told == {"logGroupName": group, "queryId": first, "queryLanguage": "CWLI", "status": "Complete",
                    "queryString": f'SOURCE "{group}" START=100000 END=200999 | fields @message'}
    assert logs.describe_queries(logGroupName=group, status="Scheduled")["queries"] == []
    assert len(logs.describe_queries(logGroupName=group, status="Complete")["queries"]) == 1
    second = started(logs, group, "fields @message")
    assert logs.stop_query(queryId=second)["success"] is True
    assert logs.get_query_results(queryId=second)["status"] == "Cancelled"
    assert error_of(logs.stop_query, queryId=second)[0] == "InvalidParameterException"


def test_a_query_that_would_not_end_fails_alone(logs, group, put):
    put("a", (now_ms() - 1, "a" * 200_000))
    hostile = started(logs, group, "filter @message like /((?:a?){30}b){20}|(a|aa)+$/ | filter @message like /(.*a){60}c/")
    assert ended(logs, hostile)["status"] == "Failed"
    assert [row["n"] for row in rows(logs, group, "fields strlen(@message) as n")] == ["200000"]


def test_queries_go_on_while_they_are_only_listed(logs, group, put):
    begin = now_ms() - 100_000
    for batch in range(3):
        put("a", *[(begin + batch * 5000 + n, f"event {n} " + "x" * 60) for n in range(5000)])
    query = started(logs, group, "parse @message /event (?<number>\\d+)/ | stats max(number) as most")
    statuses = []
    while not statuses or statuses[-1] == "Running":
        statuses.append(next(told["status"] for told in logs.describe_queries(logGroupName=group)["queries"] if told["queryId"] == query))
    assert statuses[0] == "Running" and statuses[-1] == "Complete"
    assert ended(logs, query)["results"] == [[{"field": "most", "value": "4999"}]]


def test_definitions_are_kept_changed_and_dropped(logs, group, unique):
    name = unique("saved")
    made = logs.put_query_definition(name=name, queryString="fields @message", logGroupNames=[group])["queryDefinitionId"]
    [told] = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert abs(told.pop("lastModified") - now_ms()) < 60_000
    assert told == {"queryDefinitionId": made, "name": name, "queryString": "fields @message", "logGroupNames": [group], "queryLanguage": "CWLI"}
    assert logs.put_query_definition(name=name + "2", queryString="limit 5", queryDefinitionId=made)["queryDefinitionId"] == made
    [told] = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert (told["name"], told["queryString"], told["logGroupNames"]) == (name + "2", "limit 5", [])
    assert logs.delete_query_definition(queryDefinitionId=made)["success"] is True
    assert error_of(logs.delete_query_definition, queryDefinitionId=made)[0] == "ResourceNotFoundException"
