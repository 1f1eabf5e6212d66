"""Winner selection beside plain DataFusion, DuckDB and Polars: CPU seconds and peak memory, each run in its own process.

    cargo build --release --workspace --all-targets
    python3 benches/winners.py FOLDER [--rows 10000000] [--times 3] [--threads 2]

FOLDER gets the Parquet files. DuckDB and Polars are measured where they can be imported. Runs are interleaved, and the
least of a form counts. The first row that wins has the greatest s, and the least n among those.
"""
import argparse, pathlib, resource, subprocess, sys

COLUMNS = ["k", "s", "n", "path", "name", "digest"]
BENCH = pathlib.Path(__file__).parent.parent / "target/release/examples/winner_bench"
ENGINE = ["scan", "max", "winners", "row_number", "topn", "distinct_on", "first_value"]
DUCKDB = {
    "duckdb_arg_max": "SELECT k, arg_max(t, row(s, -n)) FROM t GROUP BY k",
    "duckdb_distinct_on": "SELECT DISTINCT ON (k) * FROM t ORDER BY k, s DESC, n",
    "duckdb_qualify": "SELECT * FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY s DESC, n) = 1",
}
POLARS = ["polars_sort_unique", "polars_group_first"]


def run_judge(form, file, threads):
    """Runs one form here, and prints as winner_bench does."""
    if form in DUCKDB:
        import duckdb
        connection = duckdb.connect()
        connection.execute(f"SET threads = {threads}")
        connection.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet('{file}')")
        rows = 0
        for batch in connection.execute(DUCKDB[form]).to_arrow_reader(100_000):
            rows += batch.num_rows
    else:
        import polars
        frame = polars.scan_parquet(file)
        if form == "polars_sort_unique":
            frame = frame.sort(["s", "n"], descending=[True, False]).unique("k", keep="first")
        else:
            order = dict(by=["s", "n"], descending=[True, False])
            frame = frame.group_by("k").agg(polars.all().sort_by(**order).first())
        rows = frame.collect(engine="streaming").height
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{form} rows={rows} cpu={used.ru_utime + used.ru_stime:.2f} peak={used.ru_maxrss // 1024}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bench", default=BENCH)
    parser.add_argument("--judge", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge:
        return run_judge(options.judge, options.folder, options.threads)
    import importlib.util as util, os
    judges = list(DUCKDB) * bool(util.find_spec("duckdb")) + POLARS * bool(util.find_spec("polars"))
    environment = dict(os.environ, POLARS_MAX_THREADS=str(options.threads))
    shapes = [(100, 10**6), (100_000, 10**6), (5_000_000, 10**6), (100, 5), (100_000, 5)]
    for groups, scores in shapes:
        file = options.folder / f"winners_{options.rows}_{groups}_{scores}.parquet"
        if not file.exists():
            command = [options.bench, "generate", file, groups, options.rows, scores]
            subprocess.run([str(part) for part in command], check=True)
        best = {}
        for _ in range(options.times):
            for form in ENGINE + judges:
                command = [options.bench, form, file]
                if form in judges:
                    command = [sys.executable, __file__, file, "--judge", form, "--threads", options.threads]
                try:
                    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600, env=environment)
                except subprocess.TimeoutExpired:
                    print(f"{groups} groups: {form} took more than 600 s")
                    continue
                if done.returncode:
                    print(f"{groups} groups: {form} failed: {done.stderr.strip().splitlines()[-1:]}")
                    continue
                values = dict(part.split("=") for part in done.stdout.split()[1:4])
                cpu, peak = float(values["cpu"]), int(values["peak"])
                known = best.get(form, (cpu, peak))
                best[form] = (min(known[0], cpu), min(known[1], peak))
        print(f"{groups} groups, {scores} scores, {options.rows} rows: form, CPU seconds, peak MiB")
        for form, (cpu, peak) in sorted(best.items(), key=lambda entry: entry[1]):
            print(f"  {form:20} {cpu:8.2f} {peak:8}")
        if "winners" in best:
            floor = best["scan"][0] + best["max"][0]
            others = min((best[form][0] for form in best if form not in ("scan", "max", "winners")), default=0)
            print(f"  winners / (scan + max) = {best['winners'][0] / floor:.2f}, winners / best other = {best['winners'][0] / others:.2f}")


if __name__ == "__main__":
    main()
