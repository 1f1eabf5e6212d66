-- rule: symbol_of_import
-- relation: has_symbol
-- unique: pair
-- needs: index
-- edge: imports_symbol
-- endpoints: import -> scip_symbol
-- doc: An import imports the symbol that a SCIP index has at the name that is imported.
SELECT DISTINCT i.import_id AS src, o.scip_symbol_id AS dst, i.path, o.bstart, o.bend, 100 AS score, 'scip' AS resolution
FROM imports i
JOIN scip_uses o ON o.path = i.path AND o.bstart = i.bstart AND o.bend <= i.bend
