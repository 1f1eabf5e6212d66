#!/usr/bin/env python3
"""Builds graphs into a store as Google's and reads them back; writes and reads Delta tables there. The store is that of gcs_by_hand.py.

    python3 -m pip install deltalake pyarrow
    python3 tests/judge_gcs.py [--binary PATH]

What must come is that of judge_s3.py: the rows of a graph on the disk, version by version; one of two builds at once; one version
after a vacuum; tables of the package `deltalake` here, and ours there; errors within a bound of time; a store that options of a statement make.
"""

import argparse
import json
import tempfile
from pathlib import Path

from cloud import Program, broken, graphs, options_of_statements, package, spoilt, tables
from gcs_by_hand import Store

BUCKET = "graphs"


def environment(endpoint):
    key = {"gcs_base_url": endpoint, "disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": ""}
    return {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(key), "GOOGLE_ALLOW_HTTP": "true"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--broken", nargs="*", default=["forbidden", "cut"], help="also error and silent, which take minutes")
    arguments = parser.parse_args()
    store = Store()
    program = Program(arguments.binary, "gs://" + BUCKET, environment(store.endpoint))
    with tempfile.TemporaryDirectory() as folder:
        for form in ["parquet", "delta"]:
            graphs(program, store.names, Path(folder), form)
        tables(program)
        variables = environment(store.endpoint)
        key = lambda endpoint: environment(endpoint)["GOOGLE_SERVICE_ACCOUNT_KEY"]
        own = lambda endpoint: {"delta.storage.google_service_account_key": key(endpoint)}
        options_of_statements(program, store.endpoint, own, {"gcp.service_account_key": key(store.endpoint)})
        package(program, {key.lower(): value for key, value in variables.items()})
        broken(program, Path(folder), arguments.broken, environment)
        spoilt(program, Path(folder), environment, store.endpoint)
    program.end()


if __name__ == "__main__":
    main()
