"""Winner selection and interval join beside the engine, DuckDB and Polars, in one run of at most eight minutes.

    cargo build --release --workspace --all-targets
    python3 benches/operators.py [FOLDER]

FOLDER keeps the Parquet files for the next time. The load is printed: figures of a busy machine say little.
"""
import pathlib, subprocess, sys, tempfile

folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
here = pathlib.Path(__file__).parent
for bench, minutes in [("winners.py", 5), ("interval_join.py", 3)]:
    print(f"== {bench}", flush=True)
    subprocess.run([sys.executable, str(here / bench), folder, "--minutes", str(minutes)], check=True)
