-- rule: symbol_of_call
-- relation: has_symbol
-- unique: pair
-- needs: index
-- edge: calls_symbol
-- endpoints: call -> scip_symbol
-- doc: A call calls the symbol that a SCIP index has at the last name of what is called.
SELECT DISTINCT c.call_id AS src, o.scip_symbol_id AS dst, c.path, o.bstart, o.bend, 100 AS score, 'scip' AS resolution
FROM calls c
JOIN scip_uses o ON o.path = c.path AND o.bend = c.callee_bend AND o.bstart >= c.callee_bstart
