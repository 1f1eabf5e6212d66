-- rule: imports_external
-- relation: module_imports
-- group: src
-- edge: imports
-- priority: 30
-- endpoints: import -> external_module
-- doc: An import of a module that no file of the source is refers to a module outside.
SELECT import_id AS src, stable_id('module', module) AS dst, path, bstart, bend, 10 AS score, 'external' AS resolution
FROM external_imports
