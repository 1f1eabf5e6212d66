-- rule: implicit_calls
-- relation: implicit_calls
-- group: src
-- keep: ties
-- edge: calls_implicitly
-- endpoints: file, class, function, method, scope -> function, method, scope, external, builtin
-- doc: Code calls functions without a call expression: decorators, properties, iterators, context managers, operators, and
-- doc: functions that it gives to others which call them. The edge stands where it does so first.
SELECT caller_id AS src, callee_id AS dst, path, bstart, bend, 100 AS score, form AS resolution
FROM (
    SELECT caller_id, callee_id, path, bstart, bend, form,
        row_number() OVER (PARTITION BY path, caller_id, callee_id ORDER BY bstart, bend, node_id, seq) AS n
    FROM resolved_calls
    WHERE form <> 'call' AND callee_id IS NOT NULL AND callee_kind <> 'class' AND caller_id <> ''
)
WHERE n = 1
