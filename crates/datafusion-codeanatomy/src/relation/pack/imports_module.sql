-- rule: imports_module
-- relation: module_imports
-- group: src
-- edge: imports
-- priority: 10
-- endpoints: import -> file
-- doc: An import refers to the file of the module that it names.
SELECT i.import_id AS src, f.file_id AS dst, i.path, i.bstart, i.bend,
    CASE i.kind WHEN 'import' THEN 100 ELSE 80 END AS score, 'module' AS resolution
FROM imports i
JOIN files f ON f.module = i.target_module
