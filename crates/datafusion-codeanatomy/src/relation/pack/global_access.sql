-- rule: global_access
-- relation: global_access
-- group: place
-- keep: ties
-- priority: 10
-- endpoints: class, function, method -> binding
-- doc: A function, method or class reads and sets variables of its module: names that a statement of the module assigns, and no
-- doc: import, function or class. The edge stands where it does so first.
-- feature: evidence 100
SELECT src, dst, kind, path, bstart, bend, 1 AS evidence, 'global' AS resolution
FROM (
    SELECT r.container_id AS src, b.binding_id AS dst,
        CASE r.context WHEN 'load' THEN 'reads_global' ELSE 'writes_global' END AS kind, r.path, r.bstart, r.bend,
        row_number() OVER (
            PARTITION BY r.path, r.container_id, b.binding_id, r.context = 'load' ORDER BY r.bstart, r.bend, r.node_id
        ) AS n
    FROM symbols s
    JOIN bindings b ON b.path = s.path AND b.binding_id = s.binding_id
    JOIN "references" r ON r.path = s.path AND r.symbol_id = s.symbol_id
    WHERE s.resolution IN ('global_implicit', 'global_explicit') AND b.kind IN ('assignment', 'annotation')
        AND r.container_id IS NOT NULL
)
WHERE n = 1
