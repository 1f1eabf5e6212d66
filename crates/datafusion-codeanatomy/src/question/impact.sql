SELECT e.dst AS node, COALESCE(c.src, e.src) AS affected, e.kind AS reason, CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS VARCHAR) AS name,
    CAST(NULL AS VARCHAR) AS path, CAST(NULL AS BIGINT) AS bstart
FROM cpg_edges e
LEFT JOIN (SELECT src, dst FROM cpg_edges WHERE relation = 'contains') c ON c.dst = e.src AND e.relation = 'call_targets'
WHERE e.relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises', 'raises', 'catches')
UNION ALL
SELECT node_id, NULL, NULL, kind, replace(COALESCE(qualified_name, name), '.<locals>', ''), path, bstart
FROM cpg_nodes
WHERE kind NOT IN ('reference', 'call', 'scope')
