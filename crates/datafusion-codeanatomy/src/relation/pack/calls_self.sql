-- rule: calls_self
-- relation: call_targets
-- group: src
-- edge: calls
-- priority: 20
-- doc: In a method, a call on its first parameter calls the methods of that name that the class itself has.
SELECT c.call_id AS src, d.def_id AS dst, c.path, c.bstart, c.bend, 95 AS score, d.bstart AS preference,
    'self' AS resolution
FROM definitions d
JOIN calls c ON c.path = d.path AND c.class_id = d.container_id AND c.callee_name = d.name
WHERE c.receiver = c.self_name
