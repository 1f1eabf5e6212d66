"""What `codeanatomy.determinism = 'canonical'` costs on TPC-H: CPU seconds beside plain, each run in its own process.

    python3 tests/tpc.py tpch 1 FOLDER
    cargo build --release --workspace --all-targets
    python3 benches/determinism.py FOLDER [--times 3] [--partitions 2] [--level canonical] [--undeclared] [--graph SOURCE]

Tables declare their keys and the order that their files have, unless --undeclared. Runs of the levels are interleaved, the least of
each counts, and what a process takes without a query is left out. A ratio above 1.5 is marked. With --graph the last row is the build of
the graph of a source, strict beside plain: a graph is sorted in both, and strict settles choices and checks orders and contracts.
"""
import argparse, pathlib, resource, subprocess, tempfile

BINARY = pathlib.Path(__file__).parent.parent / "target/release/codeanatomy"
MONEY = "DECIMAL(15, 2)"
# Columns, key, and the order of the rows in the files.
TABLES = {
    "region": ("r_regionkey INT, r_name VARCHAR, r_comment VARCHAR", "r_regionkey", "r_regionkey"),
    "nation": ("n_nationkey INT, n_name VARCHAR, n_regionkey INT, n_comment VARCHAR", "n_nationkey", "n_nationkey"),
    "supplier": (
        f"s_suppkey BIGINT, s_name VARCHAR, s_address VARCHAR, s_nationkey INT, s_phone VARCHAR, s_acctbal {MONEY}, s_comment VARCHAR",
        "s_suppkey",
        "s_suppkey",
    ),
    "part": (
        "p_partkey BIGINT, p_name VARCHAR, p_mfgr VARCHAR, p_brand VARCHAR, p_type VARCHAR, p_size INT, p_container VARCHAR, "
        f"p_retailprice {MONEY}, p_comment VARCHAR",
        "p_partkey",
        "p_partkey",
    ),
    "partsupp": (
        f"ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty BIGINT, ps_supplycost {MONEY}, ps_comment VARCHAR",
        "ps_partkey, ps_suppkey",
        "ps_partkey",
    ),
    "customer": (
        "c_custkey BIGINT, c_name VARCHAR, c_address VARCHAR, c_nationkey INT, c_phone VARCHAR, "
        f"c_acctbal {MONEY}, c_mktsegment VARCHAR, c_comment VARCHAR",
        "c_custkey",
        "c_custkey",
    ),
    "orders": (
        f"o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus VARCHAR, o_totalprice {MONEY}, o_orderdate DATE, "
        "o_orderpriority VARCHAR, o_clerk VARCHAR, o_shippriority INT, o_comment VARCHAR",
        "o_orderkey",
        "o_orderkey",
    ),
    "lineitem": (
        f"l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber BIGINT, l_quantity {MONEY}, l_extendedprice {MONEY}, "
        f"l_discount {MONEY}, l_tax {MONEY}, l_returnflag VARCHAR, l_linestatus VARCHAR, l_shipdate DATE, l_commitdate DATE, "
        "l_receiptdate DATE, l_shipinstruct VARCHAR, l_shipmode VARCHAR, l_comment VARCHAR",
        "l_orderkey, l_linenumber",
        "l_orderkey, l_linenumber",
    ),
}


def tables(folder, declared):
    for name, (columns, key, order) in TABLES.items():
        file = folder / f"{name}.parquet"
        if declared:
            parts = [column + " NOT NULL" for column in columns.replace("(15, 2)", "(15;2)").split(", ")]
            columns = ", ".join(parts).replace("(15;2)", "(15, 2)")
            yield f"CREATE EXTERNAL TABLE {name} ({columns}, PRIMARY KEY ({key})) STORED AS PARQUET WITH ORDER ({order}) LOCATION '{file}';"
        else:
            yield f"CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{file}';"


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"failed: {done.stderr.strip()}\n{' '.join(map(str, command))}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def query_cpu(binary, script):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        return cpu([binary, "-q", "--format", "nd-json", "--maxrows", "inf", "-f", file.name])


def build_cpu(binary, source, partitions, strict):
    with tempfile.TemporaryDirectory() as out:
        command = [binary, "build", source, "--out", f"{out}/graph", "-q", "--threads", str(partitions)]
        return cpu(command + ["--strict"] * strict)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--partitions", type=int, default=2)
    parser.add_argument("--level", default="canonical")
    parser.add_argument("--undeclared", action="store_true")
    parser.add_argument("--graph", type=pathlib.Path)
    parser.add_argument("--binary", default=BINARY)
    options = parser.parse_args()
    start = [f"SET datafusion.execution.target_partitions = {options.partitions};", *tables(options.folder, not options.undeclared)]
    queries = {file.stem: file.read_text() for file in sorted((options.folder / "queries").glob("*.sql"))}
    queries = {"": "SELECT 1;", **queries}
    least = {}
    for _ in range(options.times):
        for name, query in queries.items():
            for level in ("off", options.level):
                script = "\n".join([*start, f"SET codeanatomy.determinism = '{level}';", query.strip().rstrip(";") + ";"])
                taken = query_cpu(options.binary, script)
                least[name, level] = min(taken, least.get((name, level), taken))
    print(f"| query | plain, CPU s | {options.level}, CPU s | ratio |\n|---|---|---|---|")
    totals = [0.0, 0.0]
    for name in list(queries)[1:]:
        values = [max(least[name, level] - least["", level], 0.001) for level in ("off", options.level)]
        totals = [total + value for total, value in zip(totals, values)]
        ratio = values[1] / values[0]
        print(f"| {name} | {values[0]:.3f} | {values[1]:.3f} | {ratio:.2f}{' !' if ratio > 1.5 else ''} |")
    print(f"| all | {totals[0]:.3f} | {totals[1]:.3f} | {totals[1] / totals[0]:.3f} |")
    if options.graph:
        values = {False: [], True: []}
        for _ in range(options.times):
            for strict in values:
                values[strict].append(build_cpu(options.binary, options.graph, options.partitions, strict))
        plain, strict = min(values[False]), min(values[True])
        print(f"| the graph of {options.graph.name}, strict | {plain:.3f} | {strict:.3f} | {strict / plain:.3f} |")


if __name__ == "__main__":
    main()
