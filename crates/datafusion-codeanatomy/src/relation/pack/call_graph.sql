-- view: call_graph
-- doc: Who calls what, by dotted names: code of a module is the module, a builtin is `<builtin>.name`, and what is outside of
-- doc: the source keeps its dotted name. One row per call and callee; a class that is called stands for its constructor. Where a SCIP
-- doc: index says what a call calls, it calls that; in other languages than Python, what has its name.
SELECT caller, callee, path, bstart, bend, form, resolution,
    CAST(100 AS DOUBLE) / CAST(100 + callee_count * 10 AS DOUBLE) AS confidence, callee_count, caller_id, callee_id, node_id
FROM (
    SELECT r.caller, r.callee, r.path, r.bstart, r.bend, r.form, r.callee_kind AS resolution, r.callee_count, r.caller_id, r.callee_id,
        r.node_id
    FROM resolved_calls r
    LEFT ANTI JOIN scip_calls s ON s.path = r.path AND s.node_id = r.node_id AND r.form = 'call'
    WHERE r.callee IS NOT NULL AND r.callee_kind <> 'class'
    UNION ALL
    SELECT r.caller, replace(d.qualified_name, '.<locals>', ''), s.path, s.bstart, s.bend, 'call', 'scip',
        count(*) OVER (PARTITION BY s.path, s.node_id), r.caller_id, s.def_id, s.node_id
    FROM scip_calls s
    JOIN (SELECT DISTINCT path, node_id, caller, caller_id FROM resolved_calls WHERE form = 'call') r
        ON r.path = s.path AND r.node_id = s.node_id
    JOIN definitions d ON d.def_id = s.def_id
    WHERE s.kind = 'calls'
    UNION ALL
    SELECT COALESCE(k.qualified_name, f.path), d.qualified_name, t.path, t.bstart, t.bend, 'call', t.resolution,
        count(*) OVER (PARTITION BY t.path, t.node_id), COALESCE(t.container_id, f.file_id), t.def_id, t.node_id
    FROM (
        SELECT g.path, g.node_id, g.container_id, g.bstart, g.bend, g.def_id, 'name' AS resolution
        FROM (SELECT *, rank() OVER (PARTITION BY path, node_id ORDER BY same_file DESC) AS n FROM tagged_calls) g
        LEFT ANTI JOIN scip_calls s ON s.path = g.path AND s.node_id = g.node_id
        WHERE g.n = 1 AND g.kind = 'calls'
        UNION ALL
        SELECT path, node_id, container_id, bstart, bend, def_id, 'scip' FROM scip_calls WHERE kind = 'calls'
    ) t
    JOIN (SELECT def_id, qualified_name FROM definitions WHERE language <> 'python') d ON d.def_id = t.def_id
    JOIN (SELECT path, file_id FROM files WHERE language <> 'python') f ON f.path = t.path
    LEFT JOIN (SELECT def_id, qualified_name FROM definitions WHERE language <> 'python') k ON k.def_id = t.container_id
)
