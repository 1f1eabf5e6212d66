-- rule: has_scope
-- relation: has_scope
-- unique: dst
-- endpoints: file, class, function, method -> scope
-- doc: A definition has the scope of its body, a file that of its module.
SELECT COALESCE(def_id, stable_id('file', path)) AS src, scope_id AS dst, path, bstart, bend, 100 AS score,
    'syntax' AS resolution
FROM scopes
WHERE def_id IS NOT NULL OR parent_id IS NULL
