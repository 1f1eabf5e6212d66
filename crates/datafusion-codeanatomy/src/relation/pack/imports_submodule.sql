-- rule: imports_submodule
-- relation: module_imports
-- group: src
-- edge: imports
-- priority: 20
-- endpoints: import -> file
-- doc: `from package import name` refers to the file of a submodule of that name.
SELECT i.import_id AS src, f.file_id AS dst, i.path, i.bstart, i.bend, 90 AS score, 'submodule' AS resolution
FROM imports i
JOIN files f ON f.module = concat(i.target_module, '.', i.name)
WHERE i.kind = 'from' AND NOT i.is_star AND i.target_module IS NOT NULL
