SELECT path, node_id, call_id, callee, callee_name, name_bstart, name_bend, symbol, symbol_name,
    difference IS NOT NULL AS mismatch, difference, line
FROM (
    SELECT path, node_id, call_id, callee, callee_name, name_bstart, name_bend, symbol, symbol_name, line,
        CASE
            WHEN symbol IS NULL THEN 'no_symbol'
            WHEN symbol_name <> callee_name THEN 'other_name'
        END AS difference
    FROM (
        SELECT c.path, c.node_id, c.call_id, c.callee, c.callee_name, c.name_bstart, c.name_bend, c.line, o.symbol,
            CASE WHEN NOT o.is_local THEN
                btrim((regexp_match(o.symbol, '([A-Za-z_0-9+$-]+|`[^`]+`)(\(\+?[0-9a-z]*\))?[/#.:!)\]]*$'))[1], '`')
            END AS symbol_name
        FROM (
            SELECT path, node_id, call_id, callee, callee_name, line,
                callee_bend - octet_length(callee_name) AS name_bstart, callee_bend AS name_bend
            FROM calls
            WHERE callee_name IS NOT NULL
        ) c
        JOIN (SELECT DISTINCT path FROM scip_documents) d ON d.path = c.path
        LEFT JOIN (
            SELECT path, bstart, bend, min(symbol) AS symbol, bool_and(is_local) AS is_local
            FROM scip_occurrences
            WHERE symbol IS NOT NULL AND bstart IS NOT NULL
            GROUP BY path, bstart, bend
        ) o ON o.path = c.path AND o.bstart = c.name_bstart AND o.bend = c.name_bend
    )
)
