SELECT file_id AS owner, 'language' AS key, path, language AS value_text, CAST(NULL AS BIGINT) AS value_int, CAST(NULL AS BOOLEAN) AS value_bool FROM files
UNION ALL SELECT file_id, 'content_hash', path, content_hash, NULL, NULL FROM files WHERE content_hash IS NOT NULL
UNION ALL SELECT file_id, 'encoding', path, encoding, NULL, NULL FROM files WHERE encoding IS NOT NULL
UNION ALL SELECT file_id, 'status', path, status, NULL, NULL FROM files WHERE status IS NOT NULL
UNION ALL SELECT file_id, 'line_count', path, NULL, line_count, NULL FROM files WHERE line_count IS NOT NULL
UNION ALL SELECT file_id, 'is_test', path, NULL, NULL, is_test FROM files
UNION ALL SELECT def_id, 'signature', path, signature, NULL, NULL FROM definitions
UNION ALL SELECT def_id, 'is_async', path, NULL, NULL, is_async FROM definitions WHERE is_async
UNION ALL SELECT def_id, 'decorator_count', path, NULL, decorator_count, NULL FROM definitions WHERE decorator_count > 0
UNION ALL SELECT import_id, 'level', path, NULL, level, NULL FROM imports WHERE level > 0
UNION ALL SELECT call_id, 'argument_count', path, NULL, positional_count + keyword_count, NULL FROM calls
UNION ALL SELECT scope_id, 'scope_kind', path, kind, NULL, NULL FROM scopes
UNION ALL SELECT binding_id, 'binding_kind', path, kind, NULL, NULL FROM bindings
UNION ALL SELECT error_id, 'message', path, message, NULL, NULL FROM parse_errors
