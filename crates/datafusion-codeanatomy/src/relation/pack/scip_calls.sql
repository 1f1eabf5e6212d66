-- view: scip_calls
-- needs: index
-- doc: What calls call by a SCIP index: the definition of the symbol at the last name of what is called. A class that is called is
-- doc: instantiated, and calls the constructors that the analysis of values has found for the call, if it has found the class, too; else
-- doc: those of its own body.
WITH called AS (
    SELECT c.call_id, c.container_id, c.path, c.node_id, c.bstart, c.bend, d.def_id, d.kind
    FROM calls c
    JOIN scip_uses o ON o.path = c.path AND o.bend = c.callee_bend AND o.bstart >= c.callee_bstart
    JOIN scip_definitions d ON d.scip_symbol_id = o.scip_symbol_id
),
found AS (
    SELECT c.call_id, c.def_id, r.seq
    FROM called c
    JOIN resolved_calls r ON r.path = c.path AND r.node_id = c.node_id AND r.form = 'call' AND r.callee_id = c.def_id
    WHERE c.kind = 'class'
)
SELECT DISTINCT call_id, container_id, path, node_id, bstart, bend, def_id, CASE kind WHEN 'class' THEN 'instantiates' ELSE 'calls' END AS kind
FROM called
UNION
SELECT c.call_id, c.container_id, c.path, c.node_id, c.bstart, c.bend, r.callee_id, 'calls'
FROM called c
JOIN found f ON f.call_id = c.call_id AND f.def_id = c.def_id
JOIN resolved_calls r ON r.path = c.path AND r.node_id = c.node_id AND r.form = 'call' AND r.callee_kind = 'constructor'
WHERE r.callee_id IS NOT NULL
UNION
SELECT c.call_id, c.container_id, c.path, c.node_id, c.bstart, c.bend, m.def_id, 'calls'
FROM called c
JOIN definitions m ON m.container_id = c.def_id AND m.name IN ('__init__', '__new__')
LEFT ANTI JOIN found f ON f.call_id = c.call_id AND f.def_id = c.def_id
WHERE c.kind = 'class'
