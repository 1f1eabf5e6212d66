#!/usr/bin/env python3
"""Builds graphs into an S3 store and reads them back; writes and reads Delta tables there. The store is moto's, on this machine.

    python3 -m pip install 'moto[server]' boto3
    python3 tests/judge_s3.py [--binary PATH]

Both formats must give the rows of a graph on the disk, version by version; of two builds at once one wins and the other says so; a
vacuum leaves one version and nothing else; and a store that is not there, or that has another answer to every request, is an error
within a bound of time.
"""

import argparse
import http.server
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "graphs"
# Longer is a hang. The client retries for three minutes.
BOUND = 300


class Program:
    def __init__(self, binary, endpoint):
        self.binary, self.right, self.wrong = binary, 0, []
        self.environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": endpoint,
            "AWS_ALLOW_HTTP": "true",
        }

    def start(self, *arguments):
        command = [self.binary, *map(str, arguments)]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments):
        process = self.start(*arguments)
        out, error = process.communicate(timeout=BOUND)
        return process.returncode, out, error

    def must(self, *arguments):
        code, out, error = self.run(*arguments)
        if code:
            self.wrong.append("%s: %s" % (" ".join(map(str, arguments)), error.strip()))
        return out

    def same(self, what, here, there):
        if here == there:
            self.right += 1
        else:
            self.wrong.append("%s: %s, not %s" % (what, here, there))


COUNTS = "SELECT (SELECT count(*) FROM cpg_nodes) AS n, (SELECT count(*) FROM cpg_edges) AS e, (SELECT string_agg(name, ' ' ORDER BY name) FROM cpg_nodes WHERE kind = 'file') AS f"


def graphs(program, client, folder, form):
    out, local = "s3://%s/%s" % (BUCKET, form), folder / form
    source = folder / ("src_" + form)
    source.mkdir()
    for i in range(3):
        (source / ("m%d.py" % i)).write_text("def f%d(x):\n    return f%d(x)\n" % (i, i))
        for place in [out, local]:
            program.must("build", source, "--out", place, "-q", "--format", form, "--summary", "json")
    for at in [["--at", "0"], ["--at", "1"], []]:
        read = lambda place: program.must("-q", "--format", "json", "--graph", place, *at, "-c", COUNTS)
        program.same("%s graph %s" % (form, at), read(out), read(local))
    listed = lambda place: [row["version"] for row in json.loads(program.must("graphs", place, "--format", "json") or "[]")]
    program.same("versions", listed(out), [0, 1, 2])
    program.same("digests", program.must("digest", "--graph", out, "--format", "csv"), program.must("digest", "--graph", local, "--format", "csv"))

    builds = []
    for i in range(2):
        other = folder / ("other_%s%d" % (form, i))
        other.mkdir()
        (other / ("only%d.py" % i)).write_text("x = %d\n" % i)
        builds.append(program.start("build", other, "--out", out, "-q", "--format", form))
    ended = [(build.communicate(timeout=BOUND)[1], build.returncode) for build in builds]
    program.same("one of two builds wins", any(code == 0 for _, code in ended), True)
    for error, code in ended:
        program.same("who does not win says so", code == 0 or "another" in error, True)
    row = json.loads(program.must("-q", "--format", "json", "--graph", out, "-c", COUNTS))[0]
    program.same("nothing is mixed", row["f"] in ["only%d.py" % i for i, (_, code) in enumerate(ended) if code == 0], True)

    program.must("vacuum", out, "--keep", "1")
    program.same("versions after a vacuum", len(listed(out)), 1)
    objects = client.list_objects_v2(Bucket=BUCKET, Prefix=form + "/").get("Contents", [])
    names = [o["Key"][len(form) + 1:] for o in objects if "/runs/" not in o["Key"]]
    # The log of a Delta table has checkpoints of its own.
    tables = [name for name in names if name.endswith(".parquet") and "/_delta_log/" not in name]
    program.same("tables after a vacuum", len(tables), 5)
    program.same("manifests after a vacuum", len([name for name in names if name.endswith("manifest.json")]), 1)
    program.same("graph after a vacuum", json.loads(program.must("-q", "--format", "json", "--graph", out, "-c", COUNTS))[0], row)
    code, _, error = program.run("--graph", out, "--at", "0", "-c", "SELECT 1")
    program.same("a version that is forgotten", code == 1 and "has no version 0" in error, True)


def tables(program):
    uri = "s3://%s/lake/t" % BUCKET
    made = "COPY (SELECT value AS id, 'a b%%' AS part FROM generate_series(1, 10)) TO '%s' STORED AS DELTATABLE PARTITIONED BY (part)" % uri
    external = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % uri
    program.must("-q", "-c", made)
    program.must("-q", "-c", external, "-c", "UPDATE t SET id = id + 100 WHERE id > 5", "-c", "INSERT INTO t VALUES (7, 'x')")
    out = program.must("-q", "--format", "csv", "-c", "SELECT count(*) AS n, sum(id) AS s FROM delta_scan(uri => '%s')" % uri)
    program.same("a Delta table", out, "n,s\n11,562\n")
    out = program.must("-q", "--format", "csv", "-c", "SELECT operation FROM delta_history(uri => '%s')" % uri)
    program.same("its history", out, "operation\nWRITE\nUPDATE\nWRITE\n")
    # Writers at once: each insert counts.
    inserts = [program.start("-q", "-c", external, "-c", "INSERT INTO t VALUES (%d, 'y')" % i) for i in range(6)]
    done = [process.communicate(timeout=BOUND) and process.returncode for process in inserts]
    out = program.must("-q", "--format", "csv", "-c", "SELECT count(*) AS n FROM delta_scan(uri => '%s') WHERE part = 'y'" % uri)
    program.same("inserts at once", (done, out), ([0] * 6, "n\n6\n"))


class Broken(http.server.BaseHTTPRequestHandler):
    """A store that answers every request the same way."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.server.kind == "silent":
            time.sleep(BOUND)
            return
        body = b"<Error><Code>no</Code></Error>"
        self.send_response({"forbidden": 403, "error": 500, "cut": 200}[self.server.kind])
        self.send_header("Content-Length", str(len(body) + (1000 if self.server.kind == "cut" else 0)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer

    def log_message(self, *_):
        pass


def broken(program, folder, kinds):
    source = folder / "broken"
    source.mkdir()
    (source / "a.py").write_text("x = 1\n")
    for kind in kinds:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken)
        server.kind, server.daemon_threads = kind, True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = Program(program.binary, "http://127.0.0.1:%d" % server.server_port)
        for arguments in [
            ["build", source, "--out", "s3://%s/x" % BUCKET, "-q"],
            ["--graph", "s3://%s/x" % BUCKET, "-c", "SELECT 1"],
            ["-c", "SELECT * FROM delta_scan(uri => 's3://%s/x')" % BUCKET],
        ]:
            started = time.monotonic()
            code, _, error = there.run(*arguments)
            seconds = time.monotonic() - started
            program.same("%s of a store whose answer is %s (%.0f s): %s" % (arguments[0], kind, seconds, error.strip()[:200]), (code, bool(error.strip())), (1, True))
        server.shutdown()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="target/release/codeanatomy")
    parser.add_argument("--broken", nargs="*", default=["forbidden", "cut"], help="also error and silent, which take minutes")
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    program = Program(str(Path(arguments.binary).absolute()), "http://%s:%d" % ("127.0.0.1" if host == "0.0.0.0" else host, port))
    client = boto3.client("s3", endpoint_url=program.environment["AWS_ENDPOINT"], aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    with tempfile.TemporaryDirectory() as folder:
        for form in ["parquet", "delta"]:
            graphs(program, client, Path(folder), form)
        tables(program)
        broken(program, Path(folder), arguments.broken)
    server.stop()
    for wrong in program.wrong:
        print("differs: " + wrong)
    print("%d comparisons agree, %d differ" % (program.right, len(program.wrong)))
    sys.exit(1 if program.wrong else 0)


if __name__ == "__main__":
    main()
