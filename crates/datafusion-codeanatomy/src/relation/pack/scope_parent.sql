-- rule: scope_parent
-- relation: scope_parent
-- unique: src
-- endpoints: scope -> scope
-- doc: A scope and the scope that it is directly inside of.
SELECT scope_id AS src, parent_id AS dst, path, bstart, bend, 100 AS score, 'syntax' AS resolution
FROM scopes
WHERE parent_id IS NOT NULL
