-- view: named_symbols
-- needs: index
-- doc: Every symbol that a SCIP index names, with the last part of its name: `get` of `scip-python python requests 2.34 requests.api/get().`
SELECT DISTINCT scip_symbol_id, symbol,
    CASE WHEN is_local THEN symbol
        ELSE COALESCE(trim(regexp_match(symbol, '(`[^`]+`|[\w$+-]+)(\([^()]*\))?[^\w`]*$')[1], '`'), symbol)
    END AS name
FROM scip_occurrences
WHERE symbol IS NOT NULL
