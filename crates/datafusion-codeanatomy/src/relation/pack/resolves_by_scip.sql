-- rule: resolves_by_scip
-- relation: resolves_to
-- group: src
-- keep: ties
-- needs: index
-- left: name_sites
-- priority: 5
-- graph: no
-- endpoints: reference -> class, function, method, binding, file
-- doc: A name that is read means what a SCIP index says. That ranks before what scoping and imports say.
-- feature: by_index 300
SELECT DISTINCT r.ref_id AS src, t.target AS dst, r.path, r.bstart, r.bend, 1 AS by_index, 'scip' AS resolution
FROM "references" r
JOIN scip_uses o ON o.path = r.path AND o.bstart = r.bstart AND o.bend = r.bend
JOIN scip_targets t ON t.scip_symbol_id = o.scip_symbol_id
WHERE r.context = 'load'
