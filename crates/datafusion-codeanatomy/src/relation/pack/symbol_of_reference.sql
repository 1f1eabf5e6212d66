-- rule: symbol_of_reference
-- relation: has_symbol
-- unique: pair
-- needs: index
-- endpoints: reference -> scip_symbol
-- doc: A name refers to the symbol that a SCIP index has at it, or defines it, as the target of an assignment does.
SELECT DISTINCT r.ref_id AS src, o.scip_symbol_id AS dst,
    CASE WHEN o.is_definition THEN 'defines_symbol' ELSE 'refers_to_symbol' END AS kind, r.path, r.bstart, r.bend, 100 AS score,
    'scip' AS resolution
FROM "references" r
JOIN scip_occurrences o ON o.path = r.path AND o.bstart = r.bstart AND o.bend = r.bend
WHERE o.scip_symbol_id IS NOT NULL
