//! How many rows to expect.

/// About how many rows a dataset has for so many bytes of source.
pub(crate) fn estimated_rows(dataset: &str, bytes: u64) -> usize {
    let rows = bytes.saturating_mul(rows_per_megabyte(dataset)) / 1_000_000;
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// Rows per million bytes of source, measured on CPython's standard library: what the optimizer sizes joins by.
fn rows_per_megabyte(dataset: &str) -> u64 {
    match dataset {
        "lines" => 27_000,
        "ast_nodes" => 100_000,
        "definitions" => 2_300,
        "references" => 27_000,
        "imports" => 460,
        "resolved_imports" => 500,
        "calls" => 10_600,
        "resolved_calls" => 16_000,
        "resolved_references" => 8_000,
        "scopes" => 2_500,
        "symbols" => 13_000,
        "bindings" => 7_000,
        "tokens" => 180_000,
        "comments" => 2_000,
        "docstrings" => 700,
        "parameters" => 4_500,
        "call_arguments" => 14_000,
        "assignments" => 5_000,
        "exports" => 1_200,
        "def_use" => 20_000,
        "ts_nodes" => 240_000,
        // Per megabyte of bytecode.
        "instructions" => 76_000,
        "blocks" => 7_000,
        "cfg_edges" => 8_000,
        // Per megabyte of an index.
        "scip_occurrences" => 10_000,
        "scip_symbols" => 2_500,
        _ => 60,
    }
}
