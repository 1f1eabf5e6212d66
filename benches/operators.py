"""Winner selection and interval join beside the engine, DuckDB and Polars, in one run of at most 25 minutes.

    python3 -m pip install duckdb polars
    cargo build --release --workspace --all-targets
    python3 benches/operators.py [FOLDER]

Last comes a table of what was found beside its target. FOLDER keeps the Parquet files for the next time. The load is printed:
CPU seconds of a busy machine are somewhat higher, and its elapsed time says nothing.
"""
import sys, tempfile, time

import interval_join, winners

folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
start = time.monotonic()
judged = winners.main([folder, "--minutes", "12"])
judged += interval_join.main([folder, "--minutes", "6"])
winners.show_verdicts(judged)
print(f"{time.monotonic() - start:.0f} seconds")
