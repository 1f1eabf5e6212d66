WITH nodes AS (
    SELECT 1 AS is_before, node_id, kind, replace(COALESCE(qualified_name, name), '.<locals>', '') AS name, path, bstart FROM {before}.cpg_nodes
    UNION ALL
    SELECT 0, node_id, kind, replace(COALESCE(qualified_name, name), '.<locals>', ''), path, bstart FROM {after}.cpg_nodes
),
edges AS (
    SELECT 1 AS is_before, relation, kind, src, dst, path, bstart FROM {before}.cpg_edges
    UNION ALL
    SELECT 0, relation, kind, src, dst, path, bstart FROM {after}.cpg_edges
),
both AS (
    SELECT kind, name AS src, CAST(NULL AS VARCHAR) AS dst, path, bstart, is_before
    FROM nodes
    WHERE kind IN ('file', 'class', 'function', 'method')
    UNION ALL
    SELECT e.kind, s.name AS src, d.name AS dst, e.path, e.bstart, e.is_before
    -- Edges stand last: nodes are held, edges pass by, and no join holds what another has joined.
    FROM nodes d
    JOIN (
        nodes s
        JOIN (
            (SELECT is_before, src, dst FROM edges WHERE relation = 'contains') c
            RIGHT JOIN edges e ON c.is_before = e.is_before AND c.dst = e.src AND e.relation = 'call_targets'
        ) ON s.is_before = e.is_before AND s.node_id = COALESCE(c.src, e.src)
    ) ON d.is_before = e.is_before AND d.node_id = e.dst
    WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches',
        'attribute_access', 'global_access', 'module_imports')
)
SELECT CASE WHEN max(is_before) = 1 THEN 'removed' ELSE 'added' END AS change, kind, src, dst,
    min(path) AS path,
    first_value(bstart ORDER BY path NULLS LAST, bstart NULLS LAST) AS bstart
FROM both
GROUP BY kind, src, dst
HAVING max(is_before) = min(is_before)
ORDER BY path, bstart, change, kind, src, dst
