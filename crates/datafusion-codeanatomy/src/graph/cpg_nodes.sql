SELECT file_id AS node_id, 'file' AS kind, path, 0 AS bstart, size AS bend, path AS name, module AS qualified_name FROM files
UNION ALL
SELECT def_id, kind, path, bstart, bend, name, qualified_name FROM definitions
UNION ALL
SELECT import_id, 'import', path, bstart, bend, bound_name, CASE WHEN name IS NULL THEN target_module ELSE concat(target_module, '.', name) END FROM imports
UNION ALL
SELECT call_id, 'call', path, bstart, bend, callee_name, callee FROM calls
UNION ALL
SELECT ref_id, 'reference', path, bstart, bend, name, dotted FROM "references"
UNION ALL
SELECT scope_id, 'scope', path, bstart, bend, name, qualified_name FROM scopes
UNION ALL
SELECT binding_id, 'binding', path, bstart, bend, name, NULL FROM bindings
UNION ALL
SELECT error_id, 'parse_error', path, bstart, bend, source, NULL FROM parse_errors
