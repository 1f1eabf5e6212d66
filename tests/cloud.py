"""What judges of cloud stores share: graphs and Delta tables in a store, by the binary and by the Python package `deltalake`."""

import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

# Longer is a hang. The client retries for three minutes.
BOUND = 300


class Program:
    """The binary, and a store that it finds by variables of the environment."""

    def __init__(self, binary, base, environment):
        self.binary, self.base, self.right, self.wrong = str(Path(binary).absolute()), base, 0, []
        self.environment = {**os.environ, **environment}

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

    def csv(self, sql):
        """The rows of a query."""
        return self.must("-q", "--format", "csv", "-c", sql).splitlines()[1:]

    def end(self):
        for wrong in self.wrong:
            print("differs: " + wrong)
        print("%d comparisons agree, %d differ" % (self.right, len(self.wrong)))
        sys.exit(1 if self.wrong else 0)


COUNTS = "SELECT (SELECT count(*) FROM cpg_nodes) AS n, (SELECT count(*) FROM cpg_edges) AS e, (SELECT string_agg(name, ' ' ORDER BY name) FROM cpg_nodes WHERE kind = 'file') AS f"


def graphs(program, names, folder, form):
    """`names` gives the names of the objects below a prefix."""
    out, local = "%s/%s" % (program.base, form), folder / form
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
    left = [name for name in names(form + "/") if "/runs/" not in name]
    # The log of a Delta table has checkpoints of its own.
    tables = [name for name in left if name.endswith(".parquet") and "/_delta_log/" not in name]
    program.same("tables after a vacuum", len(tables), 5)
    program.same("manifests after a vacuum", len([name for name in left if name.endswith("manifest.json")]), 1)
    program.same("graph after a vacuum", json.loads(program.must("-q", "--format", "json", "--graph", out, "-c", COUNTS))[0], row)
    code, _, error = program.run("--graph", out, "--at", "0", "-c", "SELECT 1")
    program.same("a version that is forgotten", code == 1 and "has no version 0" in error, True)


def tables(program):
    uri = program.base + "/lake/t"
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


def broken(program, folder, kinds, environment):
    """`environment` gives the variables of a store at an endpoint."""
    source = folder / "broken"
    source.mkdir()
    (source / "a.py").write_text("x = 1\n")
    for kind in kinds:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken)
        server.kind, server.daemon_threads = kind, True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = Program(program.binary, program.base, environment("http://127.0.0.1:%d" % server.server_port))
        for arguments in [
            ["build", source, "--out", program.base + "/x", "-q"],
            ["--graph", program.base + "/x", "-c", "SELECT 1"],
            ["-c", "SELECT * FROM delta_scan(uri => '%s/x')" % program.base],
        ]:
            started = time.monotonic()
            code, _, error = there.run(*arguments)
            seconds = time.monotonic() - started
            program.same("%s of a store whose answer is %s (%.0f s): %s" % (arguments[0], kind, seconds, error.strip()[:200]), (code, bool(error.strip())), (1, True))
        server.shutdown()


class Between(http.server.ThreadingHTTPServer):
    """Stands before a store and hands answers on; every so many it cuts short (`cut`), or keeps to itself (`lost`)."""

    daemon_threads = True

    def __init__(self, endpoint, kind, every):
        super().__init__(("127.0.0.1", 0), HandOn)
        self.store = urllib.parse.urlsplit(endpoint).netloc
        self.kind, self.every, self.count, self.spoilt, self.lock = kind, every, 0, 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.server_port

    def is_due(self):
        with self.lock:
            self.count += 1
            due = self.count % self.every == 0
            self.spoilt += due
            return due


class HandOn(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        store = http.client.HTTPConnection(self.server.store, timeout=BOUND)
        store.request(self.command, self.path, body, dict(self.headers))
        found = store.getresponse()
        body = found.read()
        store.close()
        kind = self.server.kind
        spoilt = (kind == "lost" or len(body) > 1) and self.server.is_due()
        self.close_connection = spoilt
        if spoilt and kind == "lost":
            return
        self.send_response(found.status)
        length = found.getheader("Content-Length") if self.command == "HEAD" else str(len(body))
        for key, value in found.getheaders():
            if key.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(key, value)
        if length is not None and found.status != 204:
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if spoilt else body)

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer


def spoilt(program, folder, environment, endpoint):
    """Builds, reads and writes where answers are cut short or lost: what comes is right or an error, what is written is whole or not there."""
    source, graph, uri = folder / "spoilt", program.base + "/spoilt/graph", program.base + "/spoilt/t"
    source.mkdir()
    (source / "a0.py").write_text("def f0(x):\n    return f0(x)\n")
    external = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % uri
    count = "SELECT count(*), count(DISTINCT id), sum(id) FROM delta_scan(uri => '%s')" % uri
    program.must("-q", "-c", "COPY (SELECT value AS id FROM generate_series(1, 100)) TO '%s' STORED AS DELTATABLE" % uri)
    ids, ended = list(range(1, 101)), {}
    shown = lambda: ["%d,%d,%d" % (len(ids), len(ids), sum(ids))]
    for form in ["parquet", "delta"]:
        program.must("build", source, "--out", graph + form, "-q", "--format", form)
    for number, (kind, every) in enumerate([("cut", 2), ("cut", 3), ("cut", 7), ("lost", 3), ("lost", 7)]):
        server = Between(endpoint, kind, every)
        there = Program(program.binary, program.base, environment(server.endpoint))
        what = "answers of which each %d. is %s" % (every, kind)

        def tried(action, *arguments):
            code, out, error = there.run(*arguments)
            program.same("%s, %s, is done or says why not" % (action, what), code == 0 or bool(error.strip()), True)
            ended[action, code == 0] = ended.get((action, code == 0), 0) + 1
            return code == 0, out

        (source / ("b%d.py" % number)).write_text("y = %d\n" % number)
        for form in ["parquet", "delta"]:
            read = ["-q", "--format", "json", "--graph", graph + form, "-c", COUNTS]
            before = program.must(*read)
            done, out = tried("a read of a graph", *read)
            program.same("a %s graph, read with %s" % (form, what), not done or out == before, True)
            done, _ = tried("a build", "build", source, "--out", graph + form, "-q", "--format", form)
            now = program.must(*read)
            whole = ["b%d.py" % number in text for text in (before, now)] == [False, True]
            program.same("a %s graph, built with %s" % (form, what), whole or (not done and now == before), True)
        done, out = tried("a read", "-q", "--format", "csv", "-c", count)
        program.same("rows, read with %s" % what, not done or out.splitlines()[1:] == shown(), True)
        done, _ = tried("a write", "-q", "-c", external, "-c", "INSERT INTO t VALUES (%d)" % (1000 + number))
        now = program.csv(count)
        if now != shown():
            ids.append(1000 + number)
        program.same("rows, written with %s" % what, (now, done and 1000 + number not in ids), (shown(), False))
        program.same("some of %s" % what, server.spoilt > 0, True)
        server.shutdown()
    print("spoilt answers: " + ", ".join("%d of %s %s" % (n, action, "done" if ok else "refused") for (action, ok), n in sorted(ended.items())))


def history(uri, options):
    """What the package says of a table's commits. It holds Python's lock meanwhile, which the store may need, so not in this process."""
    code = "import json, sys; from deltalake import DeltaTable; uri, options = json.loads(sys.argv[1]); " \
        "print(json.dumps(DeltaTable(uri, storage_options=options).history()))"
    done = subprocess.run([sys.executable, "-c", code, json.dumps([uri, options])], capture_output=True, text=True, timeout=BOUND, check=True)
    return json.loads(done.stdout)


def package(program, options):
    """What the Python package writes there is read here, and the other way round; writers of both at once."""
    try:
        import pyarrow
        from deltalake import DeltaTable, write_deltalake
    except ImportError:
        print("skipped: deltalake is not installed (python3 -m pip install deltalake pyarrow)")
        return
    rows = lambda first, last: pyarrow.table({"id": pyarrow.array(range(first, last), pyarrow.int64()), "part": ["p %d" % (i % 3) for i in range(first, last)]})
    there = program.base + "/there/t"
    write_deltalake(there, rows(0, 10), partition_by=["part"], storage_options=options)
    write_deltalake(there, rows(10, 30), mode="append", storage_options=options)
    made = [range(10), range(30), [i for i in range(30) if i % 5]]
    try:
        DeltaTable(there, storage_options=options).delete("id % 5 = 0")
    except Exception as error:  # noqa: BLE001
        print("skipped: the package does not delete there: %s" % error)
        made.pop()
    scan = "SELECT count(*), sum(id), max(part) FROM delta_scan(uri => '%s', version => %d)"
    for version, ids in enumerate(made):
        program.same("version %d of a table of the package" % version, program.csv(scan % (there, version)), ["%d,%d,p 2" % (len(ids), sum(ids))])
    here = program.base + "/here/t"
    program.must("-q", "-c", "COPY (SELECT value AS id, concat('p ', value %% 3) AS part FROM generate_series(0, 9)) TO '%s' STORED AS DELTATABLE PARTITIONED BY (part)" % here)
    external = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s'" % here
    program.must("-q", "-c", external, "-c", "DELETE FROM t WHERE id % 5 = 0")
    for version, ids in enumerate([range(10), [i for i in range(10) if i % 5]]):
        read = DeltaTable(here, version=version, storage_options=options).to_pyarrow_table().to_pylist()
        program.same("version %d of a table of ours" % version, sorted(row["id"] for row in read), list(ids))
    keys = [key for commit in history(here, options) for key in ["codeanatomy.rule", "codeanatomy.settings"] if key in commit]
    program.same("our metadata there", len(keys), 4)
    ours = [program.start("-q", "-c", external, "-c", "INSERT INTO t VALUES (%d, 'ours')" % i) for i in range(3)]
    failed = []

    def append(number):
        try:
            write_deltalake(here, pyarrow.table({"id": pyarrow.array([number], pyarrow.int64()), "part": ["theirs"]}), mode="append", storage_options=options)
        except Exception as error:  # noqa: BLE001
            failed.append(str(error))

    theirs = [threading.Thread(target=append, args=(i,)) for i in range(3)]
    for thread in theirs:
        thread.start()
    done = [process.communicate(timeout=BOUND) and process.returncode for process in ours]
    for thread in theirs:
        thread.join()
    counts = program.csv("SELECT part, count(*) FROM delta_scan(uri => '%s') WHERE part IN ('ours', 'theirs') GROUP BY part ORDER BY part" % here)
    # Where the package cannot even delete, what it has not appended is not there, and what it has is.
    known = [] if len(made) == 3 else failed
    expected = ["ours,3"] + ["theirs,%d" % (3 - len(failed))] * (len(failed) < 3)
    program.same("writers of both at once", (done, failed, counts), ([0] * 3, known, expected))


def options_of_statements(program, endpoint, own, options=None):
    """Stores that options of a statement make, where no variable says who asks. Those that `own` gives for an endpoint are of one table
    alone, `options` of the session."""
    bare = Program(program.binary, program.base, {})
    bare.environment = {key: value for key, value in program.environment.items()
        if key.endswith(("ALLOW_HTTP", "AWS_REGION")) or not key.startswith(("AWS_", "GOOGLE_", "AZURE_"))}
    given = lambda options: "OPTIONS (%s)" % ", ".join("'%s' '%s'" % option for option in options.items())
    table = "CREATE EXTERNAL TABLE t STORED AS DELTATABLE LOCATION '%s' %s"
    mine = own(endpoint)
    for named in [options, mine] if options else [mine]:
        old = table % (program.base + "/lake/t", given({**named, "delta.version": "0"}))
        answer = bare.run("-q", "--format", "csv", "-c", old, "-c", "SELECT count(*) AS n, sum(id) AS s FROM t")
        program.same("a store of a statement's options", answer, (0, "n,s\n10,55\n", ""))
    if options:
        # A later statement that names none leaves the session's store as it is.
        uri = program.base + "/lake/t"
        later = "CREATE EXTERNAL TABLE u STORED AS DELTATABLE LOCATION '%s' OPTIONS ('delta.version' '0')" % uri
        counts = "SELECT (SELECT count(*) FROM t WHERE part <> 'y') AS t, (SELECT count(*) FROM u) AS u"
        answer = bare.run("-q", "--format", "csv", "-c", table % (uri, given(options)), "-c", later, "-c", counts)
        program.same("a table without options after one with them", answer, (0, "t,u\n11,10\n", ""))
    uri = program.base + "/own/t"
    made = "COPY (SELECT value AS id FROM generate_series(1, 4)) TO '%s' STORED AS DELTATABLE %s" % (uri, given(mine))
    code, out, error = bare.run("-q", "--format", "csv", "-c", made, "-c", table % (uri, given(mine)), "-c", "INSERT INTO t VALUES (5)",
        "-c", "UPDATE t SET id = 50 WHERE id = 5", "-c", "DELETE FROM t WHERE id = 1", "-c", "SELECT count(*) AS n, sum(id) AS s FROM t")
    program.same("a table with options: " + error.strip(), (code, out.splitlines()[-2:]), (0, ["n,s", "4,59"]))
    code, _, error = bare.run("-q", "-c", table % (uri, given({**mine, "delta.storage.no_such_key": "1"})))
    program.same("an option that is none: " + error.strip(), (code, "no option 'delta.storage.no_such_key'" in error), (1, True))
    # The variables lead to the store, the options elsewhere.
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    server.kind, server.daemon_threads = "forbidden", True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    away = given(own("http://127.0.0.1:%d" % server.server_port))
    code, _, error = program.run("-q", "-c", table % (uri, away))
    program.same("options that lead elsewhere: " + error.strip(), (code, bool(error.strip())), (1, True))
    server.shutdown()
    scan = "SELECT count(*) AS n FROM delta_scan(uri => '%s') UNION ALL SELECT count(*) FROM t" % uri
    answer = program.run("-q", "--format", "csv", "-c", table % (uri, given(mine)), "-c", scan)
    program.same("a table with options beside the session's store", answer, (0, "n\n4\n4\n", ""))
