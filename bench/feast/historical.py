"""One measurement of Feast: get_historical_features over a spine, in a process of its own.

Arguments: folder with f0.parquet .. f<n-1>.parquet and spine.parquet, engine (duckdb | dask), number of views, result file.
Prints one JSON line: seconds, peak resident bytes, rows in and out.
"""

import json
import os
import resource
import sys
import time
from datetime import timedelta

folder, engine, views, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
work = os.path.join(folder, f"feast-{engine}")
os.makedirs(work, exist_ok=True)
os.environ["FEAST_USAGE"] = "False"

import pyarrow.parquet as pq  # noqa: E402
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType  # noqa: E402
from feast.types import Int64  # noqa: E402

config = RepoConfig(
    project="bench",
    provider="local",
    registry=os.path.join(work, "registry.db"),
    offline_store={"type": engine},
    online_store={"type": "sqlite", "path": os.path.join(work, "online.db")},
    entity_key_serialization_version=3,
)
store = FeatureStore(config=config)
entity = Entity(name="entity", join_keys=["entity"], value_type=ValueType.INT64)
definitions = [
    FeatureView(
        name=f"v{i}",
        entities=[entity],
        ttl=timedelta(days=3650),
        source=FileSource(path=os.path.join(folder, f"f{i}.parquet"), timestamp_field="event_timestamp"),
        schema=[Field(name="entity", dtype=Int64)] + [Field(name=f"x{i}_{j}", dtype=Int64) for j in range(10)],
    )
    for i in range(views)
]
store.apply([entity, *definitions])
spine = pq.read_table(os.path.join(folder, "spine.parquet")).to_pandas()
features = [f"v{i}:x{i}_{j}" for i in range(views) for j in range(10)]

started = time.perf_counter()
table = store.get_historical_features(entity_df=spine, features=features).to_arrow()
pq.write_table(table, out, compression="zstd")
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "peakBytes": peak, "rowsIn": len(spine), "rowsOut": table.num_rows}))
