-- rule: refers_to_builtin
-- relation: refers_to_builtin
-- unique: src
-- edge: reads
-- endpoints: reference -> builtin
-- doc: A name that neither its file binds nor a star import gives may be a builtin.
SELECT r.ref_id AS src, b.builtin_id AS dst, r.path, r.bstart, r.bend, 20 AS score, 'builtin' AS resolution
FROM (SELECT name, stable_id('builtin', name) AS builtin_id FROM builtins) b
JOIN symbols s ON s.name = b.name
JOIN "references" r ON r.path = s.path AND r.symbol_id = s.symbol_id
WHERE s.binding_id IS NULL AND r.context = 'load'
    AND NOT EXISTS (SELECT 1 FROM star_references x WHERE x.path = r.path AND x.ref_id = r.ref_id)
