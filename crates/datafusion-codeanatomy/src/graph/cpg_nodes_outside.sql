SELECT stable_id('module', module) AS node_id, 'external_module' AS kind, CAST(NULL AS VARCHAR) AS path, CAST(NULL AS BIGINT) AS bstart, CAST(NULL AS BIGINT) AS bend, module AS name, module AS qualified_name
FROM (SELECT DISTINCT module FROM external_imports)
UNION ALL
SELECT stable_id('builtin', name), 'builtin', NULL, NULL, NULL, name, concat('builtins.', name) FROM builtins
UNION ALL
SELECT stable_id('builtin', name), 'builtin', NULL, NULL, NULL, name, concat('builtins.', name)
FROM (
    SELECT DISTINCT substr(target, 11) AS name
    FROM (SELECT callee AS target FROM resolved_calls WHERE callee_kind = 'builtin' UNION ALL SELECT target FROM resolved_references WHERE target_kind = 'builtin')
)
WHERE strpos(name, '.') > 0
UNION ALL
SELECT stable_id('external', name), 'external', NULL, NULL, NULL, name, qualified_name
FROM (
    SELECT DISTINCT target AS name, target AS qualified_name
    FROM (SELECT callee AS target FROM resolved_calls WHERE callee_kind = 'external' UNION ALL SELECT target FROM resolved_references WHERE target_kind = 'external')
)
UNION ALL
SELECT target_id, 'attribute', NULL, NULL, NULL, qualified_name_last(target), target
FROM (SELECT DISTINCT target_id, target FROM resolved_references WHERE target_kind = 'attribute')
UNION ALL
SELECT scip_symbol_id, 'scip_symbol', NULL, NULL, NULL, name, symbol FROM named_symbols
