#!/usr/bin/env python3
"""Builds graphs into an Azure store and reads them back; writes and reads Delta tables there. The store is Azurite, on this machine.

    npm install azurite
    python3 -m pip install azure-storage-blob deltalake pyarrow
    cargo build --release -p codeanatomy-cli --features azure
    python3 tests/judge_azure.py [--binary PATH] [--azurite node_modules/.bin/azurite-blob]

What must come is that of judge_s3.py: the rows of a graph on the disk, version by version; one of two builds at once; one version
after a vacuum; tables of the package `deltalake` here, and ours there; errors within a bound of time. Skipped where there is no Azurite, and with a binary that is without the feature azure.
"""

import argparse
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from cloud import Program, broken, graphs, options_of_statements, package, spoilt, tables

CONTAINER = "graphs"
# The account that every emulator has.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def environment(endpoint):
    return {
        "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
        "AZURE_STORAGE_ACCOUNT_KEY": KEY,
        "AZURE_STORAGE_ENDPOINT": "%s/%s" % (endpoint, ACCOUNT),
        "AZURE_ALLOW_HTTP": "true",
    }


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--azurite", default="node_modules/.bin/azurite-blob")
    parser.add_argument("--broken", nargs="*", default=["forbidden", "cut"], help="also error and silent, which take minutes")
    arguments = parser.parse_args()
    azurite = shutil.which(arguments.azurite)
    if not azurite:
        print("skipped: there is no Azurite at %s (npm install azurite)" % arguments.azurite)
        return
    port = free_port()
    endpoint = "http://127.0.0.1:%d" % port
    program = Program(arguments.binary, "az://" + CONTAINER, environment(endpoint))
    if "without the feature azure" in program.run("graphs", program.base + "/none")[2]:
        print("skipped: the binary is without the feature azure")
        return
    try:
        from azure.storage.blob import BlobServiceClient
    except ImportError:
        print("skipped: the client is not installed (python3 -m pip install azure-storage-blob)")
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [azurite, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", folder + "/azurite", "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            client = BlobServiceClient("%s/%s" % (endpoint, ACCOUNT), credential=KEY)
            for _ in range(100):
                with socket.socket() as s:
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            container = client.create_container(CONTAINER)
            names = lambda prefix: [blob.name for blob in container.list_blobs(name_starts_with=prefix)]
            for form in ["parquet", "delta"]:
                graphs(program, names, Path(folder), form)
            tables(program)
            package(program, {key.lower(): value for key, value in environment(endpoint).items()})
            own = lambda endpoint: {"delta.storage." + key.lower(): value for key, value in environment(endpoint).items() if key != "AZURE_ALLOW_HTTP"}
            options_of_statements(program, endpoint, own)
            broken(program, Path(folder), arguments.broken, environment)
            spoilt(program, Path(folder), environment, endpoint)
        finally:
            server.terminate()
            server.wait()
    program.end()


if __name__ == "__main__":
    main()
