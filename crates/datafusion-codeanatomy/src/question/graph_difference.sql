WITH before_nodes AS (
    SELECT node_id, kind, replace(COALESCE(qualified_name, name), '.<locals>', '') AS name, path, bstart FROM {before}.cpg_nodes
),
after_nodes AS (
    SELECT node_id, kind, replace(COALESCE(qualified_name, name), '.<locals>', '') AS name, path, bstart FROM {after}.cpg_nodes
),
before_rows AS (
    SELECT kind, name AS src, CAST(NULL AS VARCHAR) AS dst, path, bstart
    FROM before_nodes
    WHERE kind IN ('file', 'class', 'function', 'method')
    UNION ALL
    SELECT e.kind, s.name AS src, d.name AS dst, e.path, e.bstart
    FROM {before}.cpg_edges e
    LEFT JOIN (SELECT src, dst FROM {before}.cpg_edges WHERE relation = 'contains') c ON c.dst = e.src AND e.relation = 'call_targets'
    JOIN before_nodes s ON s.node_id = COALESCE(c.src, e.src)
    JOIN before_nodes d ON d.node_id = e.dst
    WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches',
        'attribute_access', 'global_access', 'module_imports')
),
after_rows AS (
    SELECT kind, name AS src, CAST(NULL AS VARCHAR) AS dst, path, bstart
    FROM after_nodes
    WHERE kind IN ('file', 'class', 'function', 'method')
    UNION ALL
    SELECT e.kind, s.name AS src, d.name AS dst, e.path, e.bstart
    FROM {after}.cpg_edges e
    LEFT JOIN (SELECT src, dst FROM {after}.cpg_edges WHERE relation = 'contains') c ON c.dst = e.src AND e.relation = 'call_targets'
    JOIN after_nodes s ON s.node_id = COALESCE(c.src, e.src)
    JOIN after_nodes d ON d.node_id = e.dst
    WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches',
        'attribute_access', 'global_access', 'module_imports')
),
both AS (
    SELECT kind, src, dst, path, bstart, 1 AS is_before FROM before_rows
    UNION ALL
    SELECT kind, src, dst, path, bstart, 0 FROM after_rows
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
