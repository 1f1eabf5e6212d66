-- rule: symbol_of_definition
-- relation: has_symbol
-- unique: pair
-- needs: index
-- edge: defines_symbol
-- endpoints: class, function, method, interface, module, macro, type, constant -> scip_symbol
-- doc: A definition defines the symbol that a SCIP index has at its name.
SELECT DISTINCT d.def_id AS src, o.scip_symbol_id AS dst, d.path, d.name_bstart AS bstart, d.name_bend AS bend, 100 AS score,
    'scip' AS resolution
FROM definitions d
JOIN scip_occurrences o ON o.path = d.path AND o.bstart = d.name_bstart AND o.bend = d.name_bend
WHERE o.is_definition AND o.scip_symbol_id IS NOT NULL
