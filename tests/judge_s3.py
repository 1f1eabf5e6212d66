#!/usr/bin/env python3
"""Builds graphs into an S3 store and reads them back; writes and reads Delta tables there. The store is moto's, on this machine.

    python3 -m pip install 'moto[server]' boto3 deltalake pyarrow
    python3 tests/judge_s3.py [--binary PATH]

Both formats must give the rows of a graph on the disk, version by version; of two builds at once one wins and the other says so; a
vacuum leaves one version and nothing else; what the package `deltalake` writes there is read here, and the other way round; options of
a statement count for its table; a store that is not there, or that has another answer to every request, is an error within a bound of
time; and where answers are cut short or lost, what comes is right or an error.
"""

import argparse
import logging
import tempfile
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

from cloud import Program, broken, graphs, options_of_statements, package, spoilt, tables

BUCKET = "graphs"


def environment(endpoint):
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT": endpoint,
        "AWS_ALLOW_HTTP": "true",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--broken", nargs="*", default=["forbidden", "cut"], help="also error and silent, which take minutes")
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = "http://%s:%d" % ("127.0.0.1" if host == "0.0.0.0" else host, port)
    program = Program(arguments.binary, "s3://" + BUCKET, environment(endpoint))
    client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    names = lambda prefix: [o["Key"] for o in client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]
    with tempfile.TemporaryDirectory() as folder:
        for form in ["parquet", "delta"]:
            graphs(program, names, Path(folder), form)
        tables(program)
        options = {key.lower(): value for key, value in environment(endpoint).items()}
        own = lambda endpoint: {"delta.storage." + key.lower(): value for key, value in environment(endpoint).items()}
        options_of_statements(program, endpoint, own, {key.replace("_", ".", 1): value for key, value in options.items()})
        package(program, options)
        broken(program, Path(folder), arguments.broken, environment)
        spoilt(program, Path(folder), environment, endpoint)
    server.stop()
    program.end()


if __name__ == "__main__":
    main()
