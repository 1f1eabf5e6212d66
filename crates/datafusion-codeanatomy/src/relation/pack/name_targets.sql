-- view: name_targets
-- doc: What names that are read mean, across files: the definitions of their binding; what an import of theirs leads to in the end, through
-- doc: re-exports; the module that an import binds; what a star import gives; else the variable or parameter.
WITH named AS (
    SELECT r.ref_id, r.path, r.bstart, r.bend, s.binding_id
    FROM "references" r
    JOIN symbols s ON s.path = r.path AND s.symbol_id = r.symbol_id
    WHERE r.context = 'load' AND s.binding_id IS NOT NULL
),
imported AS (
    SELECT i.path, i.binding_id,
        CASE
            WHEN i.kind = 'import' AND i.asname IS NULL THEN stable_id('file', f.path)
            ELSE COALESCE(t.target_def_id, t.target_binding_id, CASE t.target_kind WHEN 'module' THEN stable_id('file', t.target_path) END)
        END AS target
    FROM imports i
    JOIN resolved_imports t ON t.path = i.path AND t.import_id = i.import_id
    LEFT JOIN files f ON f.module = t.bound_module
    WHERE i.binding_id IS NOT NULL
)
SELECT n.ref_id, n.path, n.bstart, n.bend, d.def_id AS target, 'definition' AS resolution
FROM named n
JOIN definitions d ON d.path = n.path AND d.binding_id = n.binding_id
UNION
SELECT n.ref_id, n.path, n.bstart, n.bend, i.target, 'import'
FROM named n
JOIN imported i ON i.path = n.path AND i.binding_id = n.binding_id
WHERE i.target IS NOT NULL
UNION
SELECT x.ref_id, x.path, x.bstart, x.bend, COALESCE(d.def_id, x.binding_id), 'star_import'
FROM star_references x
LEFT JOIN definitions d ON d.binding_id = x.binding_id
UNION
SELECT n.ref_id, n.path, n.bstart, n.bend, n.binding_id, 'variable'
FROM named n
LEFT ANTI JOIN definitions d ON d.path = n.path AND d.binding_id = n.binding_id
LEFT ANTI JOIN (SELECT path, binding_id FROM imports WHERE binding_id IS NOT NULL) i ON i.path = n.path AND i.binding_id = n.binding_id
