-- view: reexports
-- doc: Names that a module imports from another, by their absolute dotted names.
SELECT DISTINCT concat(f.module, '.', i.bound_name) AS alias, concat(i.target_module, '.', i.name) AS target
FROM imports i
JOIN files f ON f.path = i.path
WHERE i.kind = 'from' AND NOT i.is_star AND i.container_id IS NULL
    AND f.module IS NOT NULL AND i.target_module IS NOT NULL
