-- view: imported_callees
-- doc: Calls whose first name is imported, with the absolute dotted name that they call and that name in two: what comes
-- doc: before the last dot, and the last part.
SELECT call_id, path, bstart, bend, target, member,
    substr(target, 1, greatest(character_length(target) - character_length(member) - 1, 0)) AS owner
FROM (
    SELECT DISTINCT c.call_id, c.path, c.bstart, c.bend, c.callee_name AS member,
        CASE
            WHEN i.kind = 'from' THEN concat(i.target_module, '.', i.name, substr(c.callee, character_length(c.root_name) + 1))
            WHEN i.asname IS NOT NULL THEN concat(i.target_module, substr(c.callee, character_length(c.root_name) + 1))
            ELSE c.callee
        END AS target
    FROM imports i
    JOIN symbols s ON s.path = i.path AND s.binding_id = i.binding_id
    JOIN calls c ON c.path = s.path AND c.symbol_id = s.symbol_id
    WHERE c.callee IS NOT NULL AND i.target_module IS NOT NULL
)
