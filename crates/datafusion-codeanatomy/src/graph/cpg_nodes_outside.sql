SELECT stable_id('module', module) AS node_id, 'external_module' AS kind, CAST(NULL AS VARCHAR) AS path, CAST(NULL AS BIGINT) AS bstart, CAST(NULL AS BIGINT) AS bend, module AS name, module AS qualified_name
FROM (SELECT DISTINCT module FROM external_imports)
UNION ALL
SELECT stable_id('builtin', name), 'builtin', NULL, NULL, NULL, name, concat('builtins.', name) FROM builtins
