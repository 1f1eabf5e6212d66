-- rule: contains
-- relation: contains
-- unique: dst
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
    SELECT NULL, error_id, path, bstart, bend FROM parse_errors
)
