-- rule: calls_import
-- relation: call_targets
-- group: src
-- edge: calls
-- priority: 40
-- doc: A call of an imported name, or through an imported module or class, calls the definitions of that absolute name.
SELECT t.call_id AS src, d.def_id AS dst, t.path, t.bstart, t.bend, 90 AS score, d.bstart AS preference,
    'import' AS resolution
FROM imported_callees t
JOIN definitions d ON d.qualified_name = t.target
