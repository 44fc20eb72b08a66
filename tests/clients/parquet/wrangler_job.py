"""awswrangler: a data set written with its table in the catalogue, appended to, found by its catalogue, read back."""

import json
import sys

import awswrangler as wr
import pandas as pd

bucket, database = sys.argv[1:]
path = f"s3://{bucket}/events/"
events = pd.DataFrame({"id": range(6), "kind": ["order", "return"] * 3, "amount": [1.5, 2.25, None, 4.0, 5.0, 6.0],
                       "at": pd.to_datetime(["2026-01-02 03:04:05"] * 6), "day": ["2026-01-01"] * 3 + ["2026-01-02"] * 3})
wr.catalog.create_database(database, description="of a test")
told = {"dataset": True, "path": path, "database": database, "table": "events", "partition_cols": ["day"]}
wr.s3.to_parquet(events, **told, glue_table_settings={"description": "events", "columns_comments": {"id": "which"}})
wr.s3.to_parquet(events.assign(day="2026-01-03", more=True), mode="append", schema_evolution=True, **told)
whole = wr.s3.read_parquet_table(database=database, table="events", validate_schema=False)
some = wr.s3.read_parquet_table(database=database, table="events", validate_schema=False, partition_filter=lambda one: one["day"] >= "2026-01-02")
wr.catalog.create_parquet_table(database, "empty", f"s3://{bucket}/empty/", {"a": "int"}, partitions_types={"p": "string"})
wr.catalog.add_parquet_partitions(database, "empty", {f"s3://{bucket}/empty/p=x/": ["x"]})
wr.catalog.upsert_table_parameters({"note": "n"}, database, "events")
answer = {
    "databases": database in wr.catalog.databases(limit=1000).values,
    "types": wr.catalog.get_table_types(database, "events"),
    "comments": wr.catalog.get_columns_comments(database, "events")["id"],
    "parameters": wr.catalog.get_table_parameters(database, "events")["note"],
    "location": wr.catalog.get_table_location(database, "events") == path,
    "partitions": sorted(values[0] for values in wr.catalog.get_parquet_partitions(database, "events").values()),
    "filtered": list(wr.catalog.get_partitions(database, "events", expression="day > '2026-01-01' AND NOT day = '2026-01-03'").values()),
    "found": sorted(table["Name"] for table in wr.catalog.get_tables(database=database, name_prefix="ev")),
    "searched": [table["Name"] for table in wr.catalog.search_tables(text="events") if table["DatabaseName"] == database],
    "rows": [len(whole), len(some), int(whole["id"].sum()), float(whole["amount"].sum()), int(whole["more"].notna().sum())],
    "versions": wr.catalog.get_table_number_of_versions(table="events", database=database),
}
wr.catalog.delete_partitions("events", database, [["2026-01-03"]])
answer["left"] = len(wr.catalog.get_partitions(database, "events"))
answer["deleted"] = [wr.catalog.delete_table_if_exists(database, name) for name in ("events", "none")]
wr.catalog.delete_database(database)
answer["gone"] = database in wr.catalog.databases(limit=1000).values
print(json.dumps(answer))
