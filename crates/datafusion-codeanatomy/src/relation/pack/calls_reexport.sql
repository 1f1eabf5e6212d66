-- rule: calls_reexport
-- relation: call_targets
-- group: src
-- edge: calls
-- priority: 50
-- doc: A call of a name that the imported module itself imports calls the definition at the end of that chain, over at
-- doc: most three modules.
SELECT DISTINCT t.call_id AS src, d.def_id AS dst, t.path, t.bstart, t.bend, 80 AS score, d.bstart AS preference,
    'reexport' AS resolution
FROM imported_callees t
JOIN reexports a ON a.alias = t.target
LEFT JOIN reexports b ON b.alias = a.target
LEFT JOIN reexports c ON c.alias = b.target
JOIN definitions d ON d.qualified_name = COALESCE(c.target, b.target, a.target)
