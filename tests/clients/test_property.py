"""Random operations held against a model: the short form of tests/property."""

import dynamodb_property
import kinesis_property
import pytest


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_stream_is_as_its_model_whatever_is_done_to_it(tmp_path, seed):
    done = kinesis_property.run(operations=500, seed=seed, data=tmp_path / "data")
    assert done["records"] > 500


def test_the_model_notices_what_is_wrong(tmp_path):
    run = kinesis_property.Run(seed=1, data=tmp_path / "data")
    try:
        run.put_record()
        shard = next(shard for shard in run.model.shards.values() if shard.records)
        shard.records[0].data += b"!"
        with pytest.raises(kinesis_property.Refuted, match="records instead of"):
            run.drain()
        shard.records.clear()
        with pytest.raises(kinesis_property.Refuted):
            run.drain()
            run.read_on(shard)
    finally:
        run.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
def test_tables_are_as_their_model_whatever_is_done_to_them(tmp_path, seed):
    done = dynamodb_property.run(operations=2000, seed=seed, data=tmp_path / "data")
    assert done["records"] > 100 and done["query"] > 50 and done["TransactionCanceledException"] > 5


def test_the_model_of_tables_notices_what_is_wrong(tmp_path):
    run = dynamodb_property.Run(seed=1, data=tmp_path / "data")
    try:
        while not any(one.items for one in run.models):
            run.put_item()
        one = next(one for one in run.models if one.items)
        name = next(iter(one.items))
        one.items[name] = one.items[name] | {"n": {"N": "77"}}
        with pytest.raises(dynamodb_property.Refuted, match="items, bytes"):
            for _ in range(100):
                run.describe_table()
        with pytest.raises(dynamodb_property.Refuted):
            for _ in range(100):
                run.scan_segments()
    finally:
        run.close()
