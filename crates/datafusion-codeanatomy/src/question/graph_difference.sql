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
    FROM edges e
    LEFT JOIN (SELECT is_before, src, dst FROM edges WHERE relation = 'contains') c
        ON c.is_before = e.is_before AND c.dst = e.src AND e.relation = 'call_targets'
    JOIN nodes s ON s.is_before = e.is_before AND s.node_id = COALESCE(c.src, e.src)
    JOIN nodes d ON d.is_before = e.is_before AND d.node_id = e.dst
    WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches',
        'attribute_access', 'global_access', 'module_imports')
),
counted AS (
    SELECT kind, src, dst, max(is_before) AS before, min(is_before) AS after, min(path) AS path
    FROM both
    GROUP BY kind, src, dst
),
changed AS (SELECT kind, src, dst, before, path FROM counted WHERE before = after)
SELECT CASE WHEN c.before = 1 THEN 'removed' ELSE 'added' END AS change, c.kind, c.src, c.dst, c.path, min(b.bstart) AS bstart
FROM changed c
JOIN both b ON b.kind = c.kind AND b.src = c.src AND (b.path IS NOT DISTINCT FROM c.path) AND (b.dst IS NOT DISTINCT FROM c.dst)
GROUP BY c.before, c.kind, c.src, c.dst, c.path
ORDER BY c.path, bstart, change, c.kind, c.src, c.dst
