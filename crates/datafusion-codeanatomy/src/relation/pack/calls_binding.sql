-- rule: calls_binding
-- relation: call_targets
-- group: src
-- edge: calls
-- priority: 10
-- doc: A call of a name calls the definitions that the name's binding stands for. Of several, those behind a call in the
-- doc: same scope come last, and among the rest the last one in the file wins.
SELECT c.call_id AS src, d.def_id AS dst, c.path, c.bstart, c.bend,
    CASE WHEN d.scope_id = c.scope_id AND d.bstart > c.bstart THEN 60 ELSE 100 END AS score, d.bstart AS preference,
    'binding' AS resolution
FROM definitions d
JOIN symbols s ON s.path = d.path AND s.binding_id = d.binding_id
JOIN calls c ON c.path = s.path AND c.symbol_id = s.symbol_id
WHERE c.callee_shape = 'name'
