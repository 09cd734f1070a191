"""Reads from and writes to a Larder with the stock Feast client, and compares with what must come back.

Usage: feast-client.py PROJECT FOLDER. PROJECT is JSON: address, token, reader. Prints a line for each case; ends with 1
when one differs.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, PushSource, RepoConfig
from feast.errors import (
    FeastEntityDFMissingColumnsError,
    FeastPermissionError,
    FeatureNameCollisionError,
    FeatureServiceNotFoundException,
    FeatureViewNotFoundException,
)
from feast.permissions.client.http_auth_requests_wrapper import HttpSessionManager
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus
from feast.types import Array, Bool, Float64, Int64, String, UnixTimestamp
from feast.value_type import ValueType

project, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
BIG = 9007199254740993
PRESENT, NULL, MISSING, OLD = "PRESENT", "NULL_VALUE", "NOT_FOUND", "OUTSIDE_MAX_AGE"
differences = 0


def store_as(token):
    """A client whose registry is a file of its own: reads by reference never look into it."""
    # One session is shared by a whole process, with the token that it began with.
    HttpSessionManager.close_session()
    config = {
        "project": "any_name",
        "provider": "local",
        "registry": str(folder / "registry.db"),
        "online_store": {"type": "remote", "path": project["address"]},
        "offline_store": {"type": "file"},
        "entity_key_serialization_version": 3,
        "auth": {"type": "oidc", "token": token},
    }
    return FeatureStore(config=RepoConfig(repo_path=str(folder), **config))


def check(name, found, expected):
    global differences
    same = repr(found) == repr(expected)
    differences += not same
    print(f"  {'ok  ' if same else 'FAIL'} {name}")
    if not same:
        print(f"       expected {expected!r}\n       found    {found!r}")


def raises(name, error, work):
    try:
        found = f"no error but {work()!r}"
    except Exception as thrown:  # noqa: BLE001
        found = type(thrown).__name__ if str(thrown) else f"{type(thrown).__name__} without a word"
    check(name, found, error.__name__)


def read(store, features, entities, **options):
    return store.get_online_features(features=features, entity_rows=entities, **options)


def statuses(response, name):
    at = list(response.proto.metadata.feature_names.val).index(name)
    return [FieldStatus.Name(status) for status in response.proto.results[at].statuses]


def drivers(*ids):
    return [{"driver_id": one} for one in ids]


store = store_as(project["token"])

answer = read(store, ["stats:trips", "stats:rating"], drivers(2, 1, 2, 99))
check(
    "order of entities is kept, duplicates too, unknown keys are null",
    answer.to_dict(),
    {"driver_id": [2, 1, 2, 99], "trips": [2, BIG, 2, None], "rating": [2.5, 1.0, 2.5, None]},
)
check("statuses: present, not found", statuses(answer, "trips"), [PRESENT, PRESENT, PRESENT, MISSING])
check(
    "features come in the order asked",
    list(read(store, ["stats:rating", "stats:active", "stats:trips"], drivers(1)).to_dict()),
    ["driver_id", "rating", "active", "trips"],
)
check(
    "a whole float is a double",
    read(store, ["stats:rating"], drivers(1)).proto.results[1].values[0].WhichOneof("val"),
    "double_val",
)
check(
    "an integer beyond 2^53 has all its digits, as a key too",
    read(store, ["stats:trips"], drivers(1, BIG)).to_dict(),
    {"driver_id": [1, BIG], "trips": [BIG, 4]},
)
answer = read(store, ["stats:trips", "stats:note"], drivers(3, 2))
check(
    "a value older than its ttl is withheld",
    answer.to_dict(),
    {"driver_id": [3, 2], "trips": [None, 2], "note": [None, None]},
)
check(
    "statuses: outside of the ttl, null",
    [statuses(answer, "trips"), statuses(answer, "note")],
    [[OLD, PRESENT], [OLD, NULL]],
)
check(
    "texts, booleans, instants, lists",
    read(
        store, ["stats:note", "stats:active", "stats:seen", "stats:ids", "stats:vector", "stats:tags"], drivers(1)
    ).to_dict(),
    {
        "driver_id": [1],
        "note": ["é 😀"],
        "active": [True],
        "seen": [1767225600],
        "ids": [[1, BIG]],
        "vector": [[1.0, 0.5]],
        "tags": [None],
    },
)
check(
    "NaN travels as Feast's own server sends it",
    read(store, ["stats:rating"], drivers(BIG)).to_dict()["rating"],
    ["NaN"],
)
routes = [
    {"origin": "ATL", "stop": 2},
    {"origin": "LAX", "stop": 1},
    {"origin": "LAX", "stop": 2},
    {"origin": "ATL", "stop": 1},
]
check(
    "composite keys",
    read(store, ["routes:delay"], routes).to_dict(),
    {"origin": ["ATL", "LAX", "LAX", "ATL"], "stop": [2, 1, 2, 1], "delay": [6.0, 7.0, None, 5.0]},
)
both = [{"driver_id": 1, "origin": "ATL", "stop": 1, "other": "x"}]
check(
    "several views, and keys that nobody needs",
    read(store, ["routes:delay", "stats:trips"], both).to_dict(),
    {"driver_id": [1], "origin": ["ATL"], "stop": [1], "delay": [5.0], "trips": [BIG]},
)
check(
    "full names, versions among them",
    read(store, ["routes:note", "stats@v1:note"], both, full_feature_names=True).to_dict(),
    {"driver_id": [1], "origin": ["ATL"], "stop": [1], "routes__note": ["one"], "stats@v1__note": ["é 😀"]},
)
check(
    "a feature service is a feature view",
    read(store, FeatureService(name="everything", features=[]), both).to_dict(),
    {"driver_id": [1], "origin": ["ATL"], "stop": [1], "trips": [BIG], "rating": [1.0], "delay": [5.0]},
)

raises("an unknown view", FeatureViewNotFoundException, lambda: read(store, ["nobody:x"], drivers(1)))
raises(
    "an unknown service",
    FeatureServiceNotFoundException,
    lambda: read(store, FeatureService(name="nobody", features=[]), both),
)
raises("two features of one name", FeatureNameCollisionError, lambda: read(store, ["stats:note", "routes:note"], both))
raises("a missing join key", FeastEntityDFMissingColumnsError, lambda: read(store, ["routes:delay"], drivers(1)))

now = datetime.now(timezone.utc).replace(microsecond=0)
batch = FileSource(
    name="stats_batch",
    path=str(folder / "stats.parquet"),
    timestamp_field="event_timestamp",
    created_timestamp_column="created",
)
fields = {
    "trips": Int64,
    "rating": Float64,
    "note": String,
    "active": Bool,
    "seen": UnixTimestamp,
    "ids": Array(Int64),
    "vector": Array(Float64),
    "tags": Array(String),
}
frame = pd.DataFrame(
    {
        "driver_id": [101, 102],
        "trips": [BIG, 7],
        "rating": [1.0, None],
        "note": ["a", "b"],
        "active": [True, False],
        "seen": [now, now],
        "ids": [[1, BIG], [2]],
        "vector": [[1.0], [0.5, 2.0]],
        "tags": [["x"], ["y", "z"]],
        "event_timestamp": [now, now],
        "created": [now, now],
    }
)
frame.to_parquet(folder / "stats.parquet")
driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
view = FeatureView(
    name="stats",
    entities=[driver],
    ttl=timedelta(hours=1),
    source=PushSource(name="stats", batch_source=batch),
    schema=[Field(name="driver_id", dtype=Int64), *(Field(name=name, dtype=dtype) for name, dtype in fields.items())],
)
store.apply([driver, view])
every = [f"stats:{name}" for name in fields]
seconds = int(now.timestamp())

store.write_to_online_store("stats", df=frame)
check(
    "write_to_online_store, and every type back",
    read(store, every, drivers(102, 101)).to_dict(),
    {
        "driver_id": [102, 101],
        "trips": [7, BIG],
        "rating": [None, 1.0],
        "note": ["b", "a"],
        "active": [False, True],
        "seen": [seconds, seconds],
        "ids": [[2], [1, BIG]],
        "vector": [[0.5, 2.0], [1.0]],
        "tags": [["y", "z"], ["x"]],
    },
)
service = FeatureService(name="everything", features=[view])
check(
    "a feature service made of feature views",
    read(store, service, [{**both[0], "driver_id": 101}]).to_dict()["trips"],
    [BIG],
)


def push(trips, event, created):
    store.push("stats", frame.head(1).assign(trips=trips, event_timestamp=event, created=created))
    return read(store, ["stats:trips"], drivers(101)).to_dict()["trips"][0]


minute = timedelta(minutes=1)
check("push: an older event changes nothing", push(1, now - minute, now), BIG)
check("push: the same event, learned earlier, changes nothing", push(2, now, now - minute), BIG)
check("push: the same event, learned later, is a correction", push(3, now, now + minute), 3)
check("push: a newer event", push(4, now + timedelta(seconds=30), now), 4)

reader = store_as(project["reader"])
check("a token that may only read, reads", read(reader, ["stats:trips"], drivers(2)).to_dict()["trips"], [2])
raises("and writes nothing", FeastPermissionError, lambda: reader.write_to_online_store("stats", df=frame))
nobody = store_as("fsp_" + "x" * 40)
raises("a token that is none", FeastPermissionError, lambda: read(nobody, ["stats:trips"], drivers(2)))

print(f"{differences} of the cases differ" if differences else "The Feast client reads and writes as it should.")
sys.exit(1 if differences else 0)
