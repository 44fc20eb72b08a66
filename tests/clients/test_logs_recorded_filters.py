"""What AWS once answered about metric filters and queries of CloudWatch Logs, replayed: test_logs_recorded.py."""

from __future__ import annotations

from test_logs import group, now_ms, put  # noqa: F401
from test_logs_queries import ended
from test_logs_recorded import shown
from test_recorded import plain, recorded, refusal  # noqa: F401

METRIC = {"metricName": "metric", "metricNamespace": "namespace", "metricValue": "1"}


def described(logs, group: str, name: str, pattern: str, by: dict[str, str] | None = None, **changed):  # noqa: F811
    logs.put_metric_filter(logGroupName=group, filterName=name, filterPattern=pattern, metricTransformations=[METRIC | changed])
    return shown(logs.describe_metric_filters(**(by or {"logGroupName": group, "filterNamePrefix": name})))


def test_put_metric_filter_basic(recorded, logs, group, unique):  # noqa: F811
    recorded("logs", {"describe-metric-filters": described(logs, group, unique("f"), " ", metricName=unique("m"), defaultValue=0)})


def test_put_metric_filter_json_pattern(recorded, logs, group, unique):  # noqa: F811
    recorded("logs", {"describe-metric-filters-json": described(logs, group, unique("f"), '{$.message = "test"}', metricName=unique("m"), defaultValue=0)})


def test_describe_metric_filters_by_log_group(recorded, logs, group, unique):  # noqa: F811
    recorded("logs", {"describe-by-log-group": described(logs, group, unique("f"), "pattern")})


def test_describe_metric_filters_by_metric_name(recorded, logs, group, unique):  # noqa: F811
    name = unique("m")
    recorded("logs", {"describe-by-metric-name": described(logs, group, unique("f"), "pattern", {"metricName": name, "metricNamespace": "namespace"}, metricName=name)})


def test_put_metric_filter_invalid_filter_name(recorded, logs, group):  # noqa: F811
    recorded("logs", {"error-invalid-filter-name": refusal(logs.put_metric_filter, logGroupName=group, filterName="X" * 513, filterPattern=" ", metricTransformations=[METRIC])})


def test_put_metric_filter_invalid_filter_pattern(recorded, logs, group):  # noqa: F811
    recorded("logs", {"error-invalid-filter-pattern": refusal(logs.put_metric_filter, logGroupName=group, filterName="f", filterPattern="X" * 1025, metricTransformations=[METRIC])})


def test_put_metric_filter_too_many_transformations(recorded, logs, group):  # noqa: F811
    metrics = [{"metricName": f"metric{n}", "metricNamespace": f"namespace{n}", "metricValue": "1"} for n in (1, 2)]
    recorded("logs", {"error-too-many-transformations": refusal(logs.put_metric_filter, logGroupName=group, filterName="f", filterPattern=" ", metricTransformations=metrics)})


def test_delete_metric_filter_invalid_filter_name(recorded, logs, group):  # noqa: F811
    recorded("logs", {"error-invalid-filter-name": refusal(logs.delete_metric_filter, logGroupName=group, filterName="X" * 513)})


def test_delete_metric_filter_invalid_log_group_name(recorded, logs):  # noqa: F811
    recorded("logs", {"error-invalid-log-group-name": refusal(logs.delete_metric_filter, logGroupName="X" * 513, filterName="f")})


def test_describe_metric_filters_invalid_parameters(recorded, logs):  # noqa: F811
    recorded("logs", {"error-invalid-filter-prefix": refusal(logs.describe_metric_filters, filterNamePrefix="X" * 513),
                      "error-invalid-metric-name": refusal(logs.describe_metric_filters, metricName="X" * 256, metricNamespace="X")})


def test_start_query_basic(recorded, logs, group):  # noqa: F811
    recorded("logs", {"start-query": plain(logs.start_query(logGroupName=group, startTime=1, endTime=2, queryString="fields @message"))})


def test_groups_count_their_metric_filters(logs, group):  # noqa: F811
    for name in ("a", "b"):
        logs.put_metric_filter(logGroupName=group, filterName=name, filterPattern=" ", metricTransformations=[METRIC])
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["metricFilterCount"] == 2
    query = logs.start_query(logGroupName=group, startTime=1, endTime=2, queryString="fields @message")["queryId"]
    assert ended(logs, query)["results"] == []
