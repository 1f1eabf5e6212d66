-- view: star_references
-- doc: Names that their file does not bind and that a module which it imports with a star defines.
SELECT DISTINCT r.ref_id, d.binding_id, r.path, r.bstart, r.bend, i.bstart AS import_bstart
FROM imports i
JOIN symbols s ON s.path = i.path
JOIN definitions d ON d.qualified_name = concat(i.target_module, '.', s.name)
JOIN "references" r ON r.path = s.path AND r.symbol_id = s.symbol_id
WHERE i.is_star AND i.container_id IS NULL AND i.target_module IS NOT NULL
    AND s.binding_id IS NULL AND NOT starts_with(s.name, '_')
    AND d.binding_id IS NOT NULL AND d.container_id IS NULL
    AND r.context = 'load'
