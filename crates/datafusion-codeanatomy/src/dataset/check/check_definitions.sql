-- Both sides are rows of one table, so that a predicate on the path reaches both.
SELECT path, name_bstart, kind, name, def_id, ruff_bstart, ruff_bend, tree_sitter_bstart, tree_sitter_bend,
    difference IS NOT NULL AS mismatch, difference
FROM (
    SELECT path, name_bstart, kind, coalesce(ruff_name, tree_sitter_name) AS name, def_id,
        ruff_bstart, ruff_bend, tree_sitter_bstart, tree_sitter_bend,
        CASE
            WHEN tree_sitter_bstart IS NULL THEN 'ruff_only'
            WHEN ruff_bstart IS NULL THEN 'tree_sitter_only'
            WHEN ruff_bstart <> tree_sitter_bstart THEN 'start'
            WHEN ruff_bend <> tree_sitter_bend THEN 'end'
        END AS difference
    FROM (
        SELECT path, name_bstart, kind, max(ruff_name) AS ruff_name, max(tree_sitter_name) AS tree_sitter_name,
            max(def_id) AS def_id, max(ruff_bstart) AS ruff_bstart, max(ruff_bend) AS ruff_bend,
            max(tree_sitter_bstart) AS tree_sitter_bstart, max(tree_sitter_bend) AS tree_sitter_bend
        FROM (
            SELECT path, name_bstart, CASE kind WHEN 'class' THEN 'class' ELSE 'function' END AS kind,
                name AS ruff_name, NULL AS tree_sitter_name, def_id,
                bstart AS ruff_bstart, bend AS ruff_bend, NULL AS tree_sitter_bstart, NULL AS tree_sitter_bend
            FROM definitions
            WHERE language = 'python'
            UNION ALL
            SELECT n.path, n.bstart, CASE d.capture WHEN 'definition.class' THEN 'class' ELSE 'function' END,
                NULL, n.text, NULL, NULL, NULL, d.bstart, d.bend
            FROM python_tags d
            JOIN python_tags n ON n.path = d.path AND n.match_id = d.match_id
            WHERE n.capture = 'name' AND d.capture <> 'name' AND n.bend > n.bstart
        )
        GROUP BY path, name_bstart, kind
    )
)
