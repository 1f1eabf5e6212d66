-- rule: symbol_of_annotation
-- relation: has_symbol
-- unique: pair
-- needs: index
-- edge: annotated_as_symbol
-- endpoints: binding, file, class, function, method, scope -> scip_symbol
-- doc: What is annotated has the symbols that a SCIP index has at the names in the annotation. The edge stands where it has one first.
SELECT src, dst, path, bstart, bend, 100 AS score, 'scip' AS resolution
FROM (
    SELECT r.owner_id AS src, o.scip_symbol_id AS dst, r.path, o.bstart, o.bend,
        row_number() OVER (PARTITION BY r.path, r.owner_id, o.scip_symbol_id ORDER BY o.bstart, o.bend) AS n
    FROM resolved_references r
    JOIN scip_uses o ON o.path = r.path AND o.bend = r.bend AND o.bstart >= r.bstart
    WHERE r.role = 'annotation'
)
WHERE n = 1
