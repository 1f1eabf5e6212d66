SELECT replace(COALESCE(f.qualified_name, f.name), '.<locals>', '') AS caller,
    CASE d.kind WHEN 'builtin' THEN concat('<builtin>.', d.name) ELSE replace(COALESCE(d.qualified_name, d.name), '.<locals>', '') END AS callee,
    c.path, c.bstart, c.bend, c.form, c.resolution,
    CAST(100 AS DOUBLE) / CAST(100 + c.callee_count * 10 AS DOUBLE) AS confidence, c.callee_count,
    f.node_id AS caller_id, d.node_id AS callee_id
FROM (
    SELECT o.src AS caller_id, e.dst, e.path, e.bstart, e.bend, 'call' AS form, e.resolution,
        count(*) OVER (PARTITION BY e.path, e.src) AS callee_count
    FROM cpg_edges e
    JOIN (SELECT src, dst FROM cpg_edges WHERE relation = 'contains') o ON o.dst = e.src
    WHERE e.relation = 'call_targets' AND e.kind = 'calls'
    UNION ALL
    SELECT e.src AS caller_id, e.dst, e.path, e.bstart, e.bend, e.resolution AS form, 'implicit' AS resolution,
        CAST(1 AS BIGINT) AS callee_count
    FROM cpg_edges e
    WHERE e.relation = 'implicit_calls'
) c
JOIN cpg_nodes f ON f.node_id = c.caller_id
JOIN cpg_nodes d ON d.node_id = c.dst
