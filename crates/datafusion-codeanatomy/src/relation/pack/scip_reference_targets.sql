-- view: scip_reference_targets
-- needs: index
-- doc: What bases, decorators, annotations, raised and caught classes are by a SCIP index, at the places that `resolved_references` has: the
-- doc: definition of the symbol at the last name of the expression, or of what it calls. `n` is 1 for the first of the same in the file.
SELECT s.path, s.role, s.owner_id, s.bstart, s.bend, d.def_id,
    row_number() OVER (PARTITION BY s.path, s.owner_id, s.role, d.def_id ORDER BY s.bstart, s.bend) AS n
FROM (
    SELECT DISTINCT r.path, r.role, r.owner_id, r.bstart, r.bend, COALESCE(c.callee_bstart, r.bstart) AS name_from,
        COALESCE(c.callee_bend, r.bend) AS name_to
    FROM resolved_references r
    LEFT JOIN calls c ON c.path = r.path AND c.bstart = r.bstart AND c.bend = r.bend
    WHERE r.role IN ('base', 'decorator', 'annotation', 'raise', 'catch')
) s
JOIN scip_uses o ON o.path = s.path AND o.bend = s.name_to AND o.bstart >= s.name_from
JOIN scip_definitions d ON d.scip_symbol_id = o.scip_symbol_id
