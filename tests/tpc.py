"""Tables and queries of TPC-H and TPC-DS, by DuckDB's generators: FOLDER/TABLE.parquet and FOLDER/queries/NN.sql.

    pip install duckdb==1.5.5 duckdb-extension-tpch==1.5.5 duckdb-extension-tpcds==1.5.5
    python3 tests/tpc.py tpch 0.01 FOLDER
    CODEANATOMY_TPC=FOLDER cargo test --release --workspace --test determinism

The factor is the scale: 1 is a GB. Tables are sorted by their keys, as the generators write them.
"""
import importlib.util as util, pathlib, sys

import duckdb


def main(kind, factor, folder):
    package = pathlib.Path(util.find_spec(f"duckdb_extension_{kind}").origin).parent
    extension = next(package.rglob("*.duckdb_extension"))
    connection = duckdb.connect(config={"threads": "1"})
    connection.execute(f"LOAD '{extension}'")
    generator = {"tpch": "dbgen", "tpcds": "dsdgen"}[kind]
    connection.execute(f"CALL {generator}(sf = {float(factor)})")
    queries = folder / "queries"
    queries.mkdir(parents=True, exist_ok=True)
    for (table,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
        connection.execute(f"COPY {table} TO '{folder}/{table}.parquet' (FORMAT parquet)")
    for number, text in connection.execute(f"SELECT query_nr, query FROM {kind}_queries()").fetchall():
        (queries / f"{number:02}.sql").write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("tpch", "tpcds"):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
