-- view: call_graph
-- doc: Who calls what, by dotted names: code of a module is the module, a builtin is `<builtin>.name`, and what is outside of
-- doc: the source keeps its dotted name. One row per call and callee; a class that is called stands for its constructor.
SELECT caller, callee, path, bstart, bend, form, callee_kind AS resolution,
    CAST(100 AS DOUBLE) / CAST(100 + callee_count * 10 AS DOUBLE) AS confidence, callee_count, caller_id, callee_id, node_id
FROM resolved_calls
WHERE callee IS NOT NULL AND callee_kind <> 'class'
