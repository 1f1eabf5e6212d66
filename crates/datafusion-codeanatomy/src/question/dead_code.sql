SELECT replace(d.qualified_name, '.<locals>', '') AS name, d.kind, d.path, d.bstart, d.bend
FROM cpg_nodes d
LEFT ANTI JOIN (
    SELECT dst AS used FROM cpg_edges
    WHERE relation IN ('call_targets', 'implicit_calls', 'inherits', 'overrides', 'decorates', 'has_type', 'exercises')
    UNION ALL
    SELECT src FROM cpg_edges WHERE relation IN ('overrides', 'decorates')
    UNION ALL
    SELECT b.dst
    FROM cpg_edges r
    JOIN (SELECT src, dst FROM cpg_edges WHERE relation = 'defines') b ON b.src = r.dst
    WHERE r.relation IN ('refers_to', 'refers_to_star_import', 'attribute_access') AND r.kind IN ('reads', 'reads_attribute')
) u ON u.used = d.node_id
LEFT ANTI JOIN (SELECT owner FROM cpg_props WHERE key = 'is_test' AND value_bool) t ON t.owner = stable_id('file', d.path)
WHERE d.kind IN ('function', 'method') AND NOT (starts_with(d.name, '__') AND ends_with(d.name, '__'))
ORDER BY d.path, d.bstart, name
