-- rule: imported_as
-- relation: imported_as
-- unique: src
-- endpoints: import -> binding
-- doc: An import makes a binding.
SELECT import_id AS src, binding_id AS dst, path, bstart, bend, 100 AS score, kind AS resolution
FROM imports
WHERE binding_id IS NOT NULL
