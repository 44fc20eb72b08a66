"""Random operations held against a model: the short form of tests/property."""

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
