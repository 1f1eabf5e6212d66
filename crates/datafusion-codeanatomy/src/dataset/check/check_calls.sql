SELECT path, node_id, call_id, callee, callee_name, name_bstart, name_bend, symbol, symbol_name,
    difference IS NOT NULL AS mismatch, difference, line
FROM (
    SELECT path, node_id, call_id, callee, callee_name, name_bstart, name_bend, line,
        coalesce(named, other) AS symbol,
        CASE WHEN named IS NULL THEN other_name ELSE named_name END AS symbol_name,
        CASE WHEN named IS NULL AND other IS NULL THEN 'no_symbol' WHEN named IS NULL THEN 'other_name' END AS difference
    FROM (
        -- Of several symbols at one place, one of the name that is called.
        SELECT c.path, c.node_id, c.call_id, c.callee, c.callee_name, c.name_bstart, c.name_bend, c.line,
            min(CASE WHEN o.is_local OR o.symbol_name = c.callee_name THEN o.symbol END) AS named,
            min(CASE WHEN o.is_local OR o.symbol_name = c.callee_name THEN o.symbol_name END) AS named_name,
            min(o.symbol) AS other,
            min(o.symbol_name) AS other_name
        FROM (
            SELECT path, node_id, call_id, callee, callee_name, line,
                callee_bend - octet_length(callee_name) AS name_bstart, callee_bend AS name_bend
            FROM calls
            WHERE callee_name IS NOT NULL
        ) c
        JOIN (SELECT DISTINCT path FROM scip_documents) d ON d.path = c.path
        LEFT JOIN (
            SELECT path, bstart, bend, symbol, is_local,
                -- The name in the last descriptor: `pkg`/C#m(). is m.
                CASE WHEN NOT is_local THEN
                    btrim((regexp_match(symbol, '([A-Za-z_0-9+$-]+|`[^`]+`)(\(\+?[0-9a-z]*\))?[/#.:!)\]]*$'))[1], '`')
                END AS symbol_name
            FROM scip_occurrences
            WHERE symbol IS NOT NULL AND bstart IS NOT NULL
        ) o ON o.path = c.path AND o.bstart = c.name_bstart AND o.bend = c.name_bend
        GROUP BY c.path, c.node_id, c.call_id, c.callee, c.callee_name, c.name_bstart, c.name_bend, c.line
    )
)
