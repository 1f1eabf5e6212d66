-- view: external_imports
-- doc: Imports that no file of the source answers, with the module that they name.
SELECT i.import_id, i.path, i.bstart, i.bend, i.target_module AS module
FROM imports i
WHERE i.target_module IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM files f WHERE f.module = i.target_module)
    AND NOT EXISTS (SELECT 1 FROM files f WHERE f.module = concat(i.target_module, '.', i.name))
