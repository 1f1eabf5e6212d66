WITH here AS (
    SELECT n.node_id, replace(COALESCE(n.qualified_name, n.name), '.<locals>', '') AS centre
    FROM cpg_nodes_inside n
    JOIN (SELECT path, bstart + {col} AS at FROM lines WHERE path = {path} AND line = {line}) l ON l.path = n.path
    WHERE n.path = {path} AND n.kind IN ('file', 'class', 'function', 'method') AND n.bstart <= l.at AND (l.at < n.bend OR n.kind = 'file')
    ORDER BY n.bend - n.bstart, n.node_id
    LIMIT 1
),
edges AS (
    SELECT e.kind, COALESCE(c.src, e.src) AS src, e.dst, e.path, e.bstart, e.bend, e.confidence
    FROM cpg_edges e
    LEFT JOIN (SELECT src, dst FROM cpg_edges WHERE relation = 'contains') c ON c.dst = e.src AND NOT starts_with(e.src, 'def:')
    WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches',
        'attribute_access', 'global_access')
    UNION ALL
    SELECT e.kind, e.src, e.dst, e.path, e.bstart, e.bend, e.confidence
    FROM cpg_edges e
    WHERE e.relation = 'contains' AND starts_with(e.dst, 'def:')
),
near AS (
    SELECT h.centre, 'out' AS direction, e.kind, e.dst AS other, e.path, e.bstart, e.bend, e.confidence
    FROM here h
    JOIN edges e ON e.src = h.node_id
    UNION ALL
    SELECT h.centre, 'in', e.kind, e.src, e.path, e.bstart, e.bend, e.confidence
    FROM here h
    JOIN edges e ON e.dst = h.node_id
)
SELECT n.centre, n.direction, n.kind, replace(COALESCE(o.qualified_name, o.name), '.<locals>', '') AS name, n.path, n.bstart, n.bend, n.confidence
FROM near n
JOIN cpg_nodes o ON o.node_id = n.other
ORDER BY n.direction, n.kind, n.path, n.bstart, n.bend, name
