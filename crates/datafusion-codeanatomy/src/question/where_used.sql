WITH named AS (
    SELECT node_id, replace(COALESCE(qualified_name, name), '.<locals>', '') AS what
    FROM cpg_nodes
    WHERE kind IN (
            'class', 'interface', 'type', 'function', 'method', 'macro', 'attribute', 'external', 'builtin', 'binding', 'file', 'external_module'
        )
        AND (
            replace(COALESCE(qualified_name, name), '.<locals>', '') = {name}
            OR ends_with(replace(COALESCE(qualified_name, name), '.<locals>', ''), concat('.', {name}))
        )
),
used AS (
    SELECT n.what, e.kind, e.src, e.path, e.bstart, e.bend, e.confidence
    FROM named n
    JOIN cpg_edges e ON e.dst = n.node_id
    WHERE e.relation NOT IN ('contains', 'binds', 'has_scope', 'scope_parent', 'defines')
)
SELECT u.what, u.kind, replace(COALESCE(o.qualified_name, o.name), '.<locals>', '') AS used_by, u.path, u.bstart, u.bend, u.confidence
FROM used u
LEFT JOIN (SELECT src, dst FROM cpg_edges WHERE relation = 'contains') c ON c.dst = u.src AND NOT starts_with(u.src, 'def:')
LEFT JOIN cpg_nodes o ON o.node_id = COALESCE(c.src, u.src)
ORDER BY u.path, u.bstart, u.bend, u.kind, u.what
