-- A name that a scope itself neither uses nor binds is there for a scope inside of it only, and gives way.
WITH placed AS (
    SELECT y.*, o.kind, coalesce(o.inlined_into, o.scope_id) AS host_id, o.inlined_into IS NOT NULL AS is_inlined,
        y.is_referenced OR y.is_imported OR y.is_parameter OR y.is_nonlocal OR y.is_declared_global OR y.is_annotated
            OR y.is_assigned OR y.is_type_parameter AS is_own
    FROM symbols y
    JOIN scopes o ON o.path = y.path AND o.scope_id = y.scope_id
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY path, host_id, name ORDER BY is_own DESC, scope_index) AS rank
    FROM placed
    WHERE NOT is_inlined OR is_own AND NOT is_parameter
),
hosts AS (
    SELECT path, scope_index, scope_id, kind FROM scopes WHERE inlined_into IS NULL
),
-- Variables of comprehensions that a scope needs which stays one.
cells AS (
    SELECT DISTINCT o.path, o.inlined_into AS host_id, y.name
    FROM symbols y
    JOIN scopes s ON s.path = y.path AND s.scope_id = y.scope_id AND s.inlined_into IS NULL
    JOIN scopes o ON o.path = y.path AND o.scope_id = y.binding_scope_id AND o.inlined_into IS NOT NULL
    WHERE y.is_free
),
names AS (
    SELECT DISTINCT s.path, coalesce(p.inlined_into, p.scope_id) AS host_id, s.name
    FROM scopes s
    JOIN scopes p ON p.path = s.path AND p.scope_id = s.parent_id
    WHERE s.inlined_into IS NULL
)
SELECT c.path, h.scope_index, c.name, h.scope_id, c.symbol_id, c.binding_id, c.is_referenced, c.is_imported, c.is_parameter,
    c.is_global OR c.is_inlined AND h.kind = 'module' AND c.is_assigned AS is_global,
    c.is_nonlocal, c.is_declared_global, c.is_local, c.is_annotated, c.is_free, c.is_assigned,
    n.name IS NOT NULL AS is_namespace, c.is_type_parameter,
    CASE WHEN c.is_inlined THEN h.kind = 'class' AND c.is_free ELSE c.is_free_class END AS is_free_class,
    c.is_comp_iter, e.name IS NOT NULL AS is_comp_cell
FROM ranked c
JOIN hosts h ON h.path = c.path AND h.scope_id = c.host_id
LEFT JOIN cells e ON e.path = c.path AND e.host_id = c.host_id AND e.name = c.name
LEFT JOIN names n ON n.path = c.path AND n.host_id = c.host_id AND n.name = c.name
WHERE c.rank = 1
