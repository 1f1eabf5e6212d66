"""Winner selection beside plain DataFusion, DuckDB and Polars: CPU seconds and peak memory, each run in its own process.

    cargo build --release --workspace --all-targets
    python3 benches/winners.py FOLDER [--rows 10000000] [--times 3] [--threads 2] [--minutes 12]

FOLDER gets the Parquet files. DuckDB and Polars are measured where they can be imported. Runs are interleaved, and the
least of a form counts; a form that took more than 1.6 times the best of the others is not run again, since its least decides
nothing. Every form is run once, and again as long as its data has not had its share of the minutes. A run is stopped
after 60 CPU seconds. The first row that wins has the greatest s, and the least n among those.
"""
import argparse, functools, os, pathlib, resource, subprocess, sys, time
import importlib.util as util

COLUMNS = ["k", "s", "n", "path", "name", "digest"]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or pathlib.Path(__file__).parent.parent / "target")
BENCH = TARGET / "release/examples/winner_bench"
DUCKDB = {
    "DuckDB arg_max": "SELECT k, arg_max(t, row(s, -n)) FROM t GROUP BY k",
    "DuckDB DISTINCT ON": "SELECT DISTINCT ON (k) * FROM t ORDER BY k, s DESC, n",
    "DuckDB QUALIFY": "SELECT * FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY s DESC, n) = 1",
}
CPU_SECONDS = 60
POLARS = ["Polars sort, unique", "Polars group_by"]
ENGINE = {
    "scan": "scan",
    "max": "max",
    "winners": "winners",
    "DataFusion row_number": "row_number",
    "DataFusion window_topn": "topn",
    "DataFusion DISTINCT ON": "distinct_on",
    "DataFusion first_value": "first_value",
}
# Name, groups as a part of the rows or a number, distinct scores, order of the file, MiB of memory, forms that are left out.
SHAPES = [
    ("100 groups", 100, 10**6, "", None, []),
    ("100,000 groups", 100_000, 10**6, "", None, []),
    ("groups of two rows", 0.5, 10**6, "", None, []),
    ("heavy ties (5 scores)", 100_000, 5, "", None, []),
    ("ordered by k", 100_000, 10**6, "k", None, []),
    ("groups of two, a tenth of the memory", 0.5, 10**6, "", 150, ["scan", "max", "DataFusion window_topn", "DataFusion first_value", *POLARS]),
]


def run_judge(form, file, threads, limit):
    """Runs one form here, and prints as winner_bench does. Loading the library does not count."""
    if form in DUCKDB:
        import duckdb
        before = resource.getrusage(resource.RUSAGE_SELF)
        connection = duckdb.connect()
        connection.execute(f"SET threads = {threads}")
        if limit:
            connection.execute(f"SET memory_limit = '{limit}MiB'")
        connection.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet('{file}')")
        rows = sum(batch.num_rows for batch in connection.sql(DUCKDB[form]).to_arrow_reader(100_000))
    else:
        import polars
        before = resource.getrusage(resource.RUSAGE_SELF)
        frame = polars.scan_parquet(file)
        if form == POLARS[0]:
            frame = frame.sort(["s", "n"], descending=[True, False]).unique("k", keep="first")
        else:
            order = dict(by=["s", "n"], descending=[True, False])
            frame = frame.group_by("k").agg(polars.all().sort_by(**order).first())
        rows = frame.collect(engine="streaming").height
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    print(f"judge rows={rows} cpu={seconds:.2f} peak={used.ru_maxrss // 1024}")


def limit_cpu(seconds):
    """Of this process: it is stopped after so many seconds of CPU, whatever else the machine does."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


class Bench:
    def __init__(self, options):
        self.options = options
        self.environment = dict(os.environ, POLARS_MAX_THREADS=str(options.threads))
        judges = list(DUCKDB) * bool(util.find_spec("duckdb")) + POLARS * bool(util.find_spec("polars"))
        self.forms = [*ENGINE, *judges]

    def file(self, rows, groups, scores, order):
        name = f"winners_{rows}_{groups}_{scores}{order and '_by_' + order}.parquet"
        file = self.options.folder / name
        if not file.exists():
            command = [self.options.bench, "generate", file, groups, rows, scores, order]
            subprocess.run([str(part) for part in command], check=True)
        return file

    def run(self, form, file, order, limit):
        """Rows, CPU seconds and peak MiB; or why there are none."""
        if form in ENGINE:
            command = [self.options.bench, ENGINE[form], file, limit or 0, order]
        else:
            command = [sys.executable, __file__, file, "--judge", form, "--threads", self.options.threads, "--limit", limit or 0]
        command = [str(part) for part in command]
        limit_run = functools.partial(limit_cpu, CPU_SECONDS)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=self.environment, preexec_fn=limit_run, timeout=120
            )
        except subprocess.TimeoutExpired:
            return "stopped after 120 seconds"
        if done.returncode < 0:
            return f"stopped after {CPU_SECONDS} CPU seconds"
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["failed"]
            return next((line for line in reversed(lines) if "Error" in line), lines[-1])[:60]
        values = dict(part.split("=") for part in done.stdout.split() if "=" in part)
        return int(values["rows"]), float(values["cpu"]), int(values["peak"])

    def compare(self, forms, file, order, limit):
        best, failed = {}, {}
        end = time.monotonic() + 60 * self.options.minutes / len(SHAPES)
        for turn in range(self.options.times):
            for form in forms:
                if turn > 0 and time.monotonic() > end:
                    return best, failed
                others = [seconds for other, (_, seconds, _) in best.items() if other not in ("scan", "max", "winners")]
                if form in failed or (form in best and form not in ("scan", "max", "winners") and best[form][1] > 1.6 * min(others)):
                    continue
                result = self.run(form, file, order, limit)
                if isinstance(result, str):
                    if form not in best:
                        failed[form] = result
                    continue
                known = best.get(form, result)
                best[form] = tuple(min(pair) for pair in zip(known, result))
        return best, failed


def show(name, best, failed):
    print(f"\n{name}\n  {'':24} {'rows':>9} {'CPU s':>7} {'peak MiB':>9}")
    for form, (rows, seconds, peak) in sorted(best.items(), key=lambda entry: entry[1][1]):
        print(f"  {form:24} {rows:>9} {seconds:7.2f} {peak:9}")
    for form, why in failed.items():
        print(f"  {form:24} {why}")
    others = {form: figures for form, figures in best.items() if form not in ("scan", "max", "winners")}
    if "winners" not in best:
        return []
    _, seconds, peak = best["winners"]
    judged = []
    if "scan" in best and "max" in best:
        judged.append((f"{name}: CPU of (scan + max)", seconds / (best["scan"][1] + best["max"][1]), "at most", 1.5))
    if others:
        judged.append((f"{name}: CPU of the best other", seconds / min(figures[1] for figures in others.values()), "at most", 0.8))
    duckdb = [figures[2] for form, figures in others.items() if form in DUCKDB]
    if duckdb:
        judged.append((f"{name}: peak of DuckDB's least", peak / min(duckdb), "at most", 1.0))
    return judged


def show_verdicts(judged):
    """What was found beside its target."""
    print(f"\n{'':60} {'found':>8}   {'target':14} verdict")
    for what, found, relation, bound in judged:
        is_met = found <= bound if relation == "at most" else found >= bound
        found = f"{found:8.2f}" if found < 100 else f"{found:8.0f}"
        print(f"{what:60} {found}   {relation + ' ' + str(bound):14} {'met' if is_met else 'missed'}")


def main(arguments=None):
    """Runs what the arguments say, and gives what was found beside its target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--bench", default=BENCH)
    parser.add_argument("--judge", help=argparse.SUPPRESS)
    parser.add_argument("--limit", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.judge:
        return run_judge(options.judge, options.folder, options.threads, options.limit)
    bench, judged, growth = Bench(options), [], []
    print(f"{options.rows} rows, {options.threads} threads, load {os.getloadavg()[0]:.1f}")
    for scale in (8, 4, 2, 1):
        rows = options.rows // scale
        result = bench.run("winners", bench.file(rows, rows // 2, 10**6, ""), "", None)
        growth.append((rows, result[1]) if isinstance(result, tuple) else sys.exit(f"winners of {rows} rows: {result}"))
    for name, groups, scores, order, limit, left_out in SHAPES:
        groups = groups if isinstance(groups, int) else int(groups * options.rows)
        file = bench.file(options.rows, groups, scores, order)
        judged += show(name, *bench.compare([form for form in bench.forms if form not in left_out], file, order, limit))
    print("\ngrowth of winners, groups of two rows: " + "; ".join(f"{rows} rows {seconds} s" for rows, seconds in growth))
    judged.append(("groups of two rows: CPU for 8 times the rows", growth[-1][1] / growth[0][1], "at most", 10))
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    return judged


if __name__ == "__main__":
    found = main()
    if found:
        show_verdicts(found)
