SELECT path, ruff_count, ruff_line, tree_sitter_count, tree_sitter_line,
    (ruff_count > 0) <> (tree_sitter_count > 0) AS mismatch
FROM (
    SELECT path, sum(ruff) AS ruff_count, min(ruff_line) AS ruff_line,
        sum(tree_sitter) AS tree_sitter_count, min(tree_sitter_line) AS tree_sitter_line
    FROM (
        SELECT path, 0 AS ruff, NULL AS ruff_line, 0 AS tree_sitter, NULL AS tree_sitter_line
        FROM files
        WHERE language = 'python'
        UNION ALL
        SELECT path, 1, line, 0, NULL
        FROM parse_errors
        WHERE source IN ('syntax', 'version')
            AND (path LIKE '%.py' OR path LIKE '%.pyi' OR path LIKE '%.pyw')
        UNION ALL
        SELECT path, 0, NULL, 1, line
        FROM ts_errors
        WHERE language = 'python' AND kind <> 'limit'
    )
    GROUP BY path
)
