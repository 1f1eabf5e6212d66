-- view: scip_targets
-- needs: index
-- doc: What each symbol of a SCIP index stands for: a definition, else the variable or parameter that is bound where it is defined, else the
-- doc: file of a module.
WITH defined AS (
    SELECT DISTINCT path, bstart, bend, symbol, scip_symbol_id
    FROM scip_occurrences
    WHERE is_definition AND bstart IS NOT NULL AND scip_symbol_id IS NOT NULL
)
SELECT scip_symbol_id, def_id AS target FROM scip_definitions
UNION
SELECT o.scip_symbol_id, b.binding_id
FROM defined o
JOIN (
    SELECT path, bstart, bend, binding_id FROM bindings
    UNION
    SELECT r.path, r.bstart, r.bend, s.binding_id
    FROM "references" r
    JOIN symbols s ON s.path = r.path AND s.symbol_id = r.symbol_id
    WHERE r.context = 'store' AND s.binding_id IS NOT NULL
) b ON b.path = o.path AND b.bstart = o.bstart AND b.bend = o.bend
LEFT ANTI JOIN (
    SELECT x.scip_symbol_id FROM defined x JOIN definitions n ON n.path = x.path AND n.name_bstart = x.bstart AND n.name_bend = x.bend
) d ON d.scip_symbol_id = o.scip_symbol_id
UNION
SELECT o.scip_symbol_id, stable_id('file', o.path)
FROM defined o
WHERE ends_with(o.symbol, '/__init__:')
