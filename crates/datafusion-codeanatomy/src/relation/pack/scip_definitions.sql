-- view: scip_definitions
-- needs: index
-- doc: The definition that each symbol of a SCIP index stands for, by the place of its name. Of several definitions of one name in one
-- doc: scope, which are one symbol, it is the last, for that is what the name means in the end. A symbol that an index has for definitions
-- doc: of several scopes stands for none: the index does not tell them apart.
SELECT scip_symbol_id, def_id, kind, path
FROM (
    SELECT o.scip_symbol_id, l.def_id, l.kind, l.path,
        min(concat(l.path, ' ', l.qualified_name)) OVER (PARTITION BY o.scip_symbol_id) AS first_name,
        max(concat(l.path, ' ', l.qualified_name)) OVER (PARTITION BY o.scip_symbol_id) AS last_name,
        row_number() OVER (PARTITION BY o.scip_symbol_id ORDER BY l.bstart DESC, l.path, l.def_id) AS n
    FROM (SELECT DISTINCT path, bstart, bend, scip_symbol_id FROM scip_occurrences WHERE is_definition AND bstart IS NOT NULL) o
    JOIN definitions d ON d.path = o.path AND d.name_bstart = o.bstart AND d.name_bend = o.bend
    JOIN definitions l ON l.path = d.path AND l.qualified_name = d.qualified_name AND l.name = d.name
)
WHERE n = 1 AND first_name = last_name
