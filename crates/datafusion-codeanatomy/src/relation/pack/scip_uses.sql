-- view: scip_uses
-- needs: index
-- doc: Every place where a SCIP index sees a symbol that it does not define there, by the bytes of the name.
SELECT DISTINCT path, bstart, bend, scip_symbol_id
FROM scip_occurrences
WHERE NOT is_definition AND bstart < bend AND scip_symbol_id IS NOT NULL
