WITH RECURSIVE steps AS (
    SELECT e.dst AS changed, COALESCE(c.src, e.src) AS affected, e.kind AS reason
    FROM cpg_edges e
    LEFT JOIN (SELECT src, dst FROM cpg_edges WHERE relation = 'contains') c ON c.dst = e.src AND e.relation = 'call_targets'
    WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches')
),
reached AS (
    SELECT node_id AS node, CAST(0 AS BIGINT) AS hops, 'changed' AS reason, node_id AS because
    FROM cpg_nodes
    WHERE path LIKE {path} AND kind IN ('file', 'class', 'function', 'method')
    UNION
    SELECT s.affected, r.hops + 1, s.reason, r.node
    FROM reached r
    JOIN steps s ON s.changed = r.node
    WHERE r.hops < {hops}
),
first AS (
    SELECT node, hops, reason, because, row_number() OVER (PARTITION BY node ORDER BY hops, reason, because) AS n
    FROM reached
)
SELECT f.hops, n.kind, replace(COALESCE(n.qualified_name, n.name), '.<locals>', '') AS name, n.path, f.reason,
    replace(COALESCE(b.qualified_name, b.name), '.<locals>', '') AS because_of
FROM first f
JOIN cpg_nodes n ON n.node_id = f.node
JOIN cpg_nodes b ON b.node_id = f.because
WHERE f.n = 1
ORDER BY f.hops, n.path, n.bstart, n.kind, name
