-- rule: symbol_of_attribute
-- relation: has_symbol
-- unique: pair
-- needs: index
-- endpoints: file, class, function, method, interface, module, macro, type, constant -> scip_symbol
-- doc: Code reads and sets what a SCIP index sees where no name stands that is looked up, bound or imported: attributes, keywords of
-- doc: calls, modules that names are imported from. The code is the innermost definition around, else the file; the edge stands where it does so first.
SELECT src, dst, kind, path, bstart, bend, 100 AS score, 'scip' AS resolution
FROM (
    SELECT src, dst, kind, path, bstart, bend, row_number() OVER (PARTITION BY path, src, dst, kind ORDER BY bstart, bend) AS n
    FROM (
        SELECT COALESCE(d.def_id, stable_id('file', o.path)) AS src, o.scip_symbol_id AS dst, o.path, o.bstart, o.bend,
            CASE WHEN w.path IS NULL THEN 'reads_symbol' ELSE 'writes_symbol' END AS kind,
            row_number() OVER (
                PARTITION BY o.path, o.bstart, o.bend, o.scip_symbol_id ORDER BY d.bend - d.bstart, d.bstart DESC, d.def_id
            ) AS inner_first
        FROM (
            SELECT DISTINCT path, bstart, bend, scip_symbol_id, is_definition
            FROM scip_occurrences
            WHERE bstart < bend AND scip_symbol_id IS NOT NULL
        ) o
        LEFT ANTI JOIN (
            SELECT path, bstart FROM "references"
            UNION ALL
            SELECT path, name_bstart FROM definitions
            UNION ALL
            SELECT path, bstart FROM imports
            UNION ALL
            SELECT path, bstart FROM bindings
        ) x ON x.path = o.path AND x.bstart = o.bstart
        LEFT JOIN (SELECT DISTINCT path, bend FROM resolved_references WHERE role = 'write') w ON w.path = o.path AND w.bend = o.bend
        LEFT JOIN definitions d ON d.path = o.path AND d.bstart <= o.bstart AND o.bend <= d.bend
        WHERE NOT o.is_definition OR w.path IS NOT NULL
    )
    WHERE inner_first = 1
)
WHERE n = 1
