-- rule: contains
-- relation: contains
-- unique: dst
-- endpoints: file, class, function, method, interface, module, macro, type, constant -> class, function, method, interface, module, macro, type, constant, import, call, reference, parse_error
-- doc: A file or definition contains the definitions, imports, calls, references and errors directly inside it.
SELECT COALESCE(container_id, stable_id('file', path)) AS src, id AS dst, path, bstart, bend, 100 AS score,
    'syntax' AS resolution
FROM (
    SELECT container_id, def_id AS id, path, bstart, bend FROM definitions
    UNION ALL
    SELECT container_id, import_id, path, bstart, bend FROM imports
    UNION ALL
    SELECT container_id, call_id, path, bstart, bend FROM calls
    UNION ALL
    SELECT container_id, ref_id, path, bstart, bend FROM "references"
    UNION ALL
    -- The innermost definition around an error.
    SELECT container_id, error_id, path, bstart, bend
    FROM (
        SELECT d.def_id AS container_id, e.error_id, e.path, e.bstart, e.bend,
            row_number() OVER (PARTITION BY e.path, e.seq ORDER BY d.bend - d.bstart, d.bstart DESC, d.def_id) AS n
        FROM parse_errors e
        LEFT JOIN definitions d ON d.path = e.path AND d.bstart <= e.bstart AND e.bend <= d.bend
            AND (e.bstart < d.bend OR e.bstart = d.bstart)
    )
    WHERE n = 1
)
