-- rule: calls_reexport_attribute
-- relation: call_targets
-- group: src
-- edge: calls
-- priority: 60
-- doc: A call on a class that the imported module itself imports calls the methods of that name that the class has.
SELECT DISTINCT t.call_id AS src, d.def_id AS dst, t.path, t.bstart, t.bend, 75 AS score, d.bstart AS preference,
    'reexport' AS resolution
FROM imported_callees t
JOIN reexports a ON a.alias = t.owner
LEFT JOIN reexports b ON b.alias = a.target
LEFT JOIN reexports c ON c.alias = b.target
JOIN definitions d ON d.qualified_name = concat(COALESCE(c.target, b.target, a.target), '.', t.member)
