-- rule: calls_class_attribute
-- relation: call_targets
-- group: src
-- edge: calls
-- priority: 30
-- doc: A call on the name of a class of the same file calls the methods of that name that the class has.
SELECT c.call_id AS src, d.def_id AS dst, c.path, c.bstart, c.bend, 95 AS score, d.bstart AS preference,
    'class' AS resolution
FROM definitions k
JOIN definitions d ON d.path = k.path AND d.container_id = k.def_id
JOIN symbols s ON s.path = k.path AND s.binding_id = k.binding_id
JOIN calls c ON c.path = s.path AND c.symbol_id = s.symbol_id AND c.callee_name = d.name
WHERE k.kind = 'class' AND c.receiver = c.root_name
