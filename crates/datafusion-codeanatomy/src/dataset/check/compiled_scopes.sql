WITH inlined AS (
    SELECT path, inlined_into, count(*) AS comprehension_count
    FROM scopes
    WHERE inlined_into IS NOT NULL
    GROUP BY path, inlined_into
)
SELECT s.path, s.scope_index, s.scope_id, coalesce(p.inlined_into, s.parent_id) AS parent_id, s.kind, s.name,
    s.qualified_name, s.def_id, s.node_id, s.is_nested, coalesce(i.comprehension_count, 0) AS comprehension_count,
    s.bstart, s.bend, s.line
FROM scopes s
LEFT JOIN scopes p ON p.path = s.path AND p.scope_id = s.parent_id
LEFT JOIN inlined i ON i.path = s.path AND i.inlined_into = s.scope_id
WHERE s.inlined_into IS NULL
