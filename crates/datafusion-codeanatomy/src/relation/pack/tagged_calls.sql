-- view: tagged_calls
-- doc: In other languages than Python, calls and what has their name in the source, as far as the `tags` queries of the grammars tell. A
-- doc: name that more than 16 definitions have is only looked up in its file, and there only if it does not have more than 16 either.
SELECT c.call_id, c.container_id, c.path, c.node_id, c.bstart, c.bend, d.def_id,
    CASE d.kind WHEN 'class' THEN 'instantiates' ELSE 'calls' END AS kind, CASE WHEN d.path = c.path THEN 1 ELSE 0 END AS same_file, d.namesakes
FROM calls c
JOIN tagged_definitions d ON d.language = c.language AND d.name = c.callee_name
WHERE c.language <> 'python' AND d.namesakes <= 16
UNION ALL
SELECT c.call_id, c.container_id, c.path, c.node_id, c.bstart, c.bend, d.def_id,
    CASE d.kind WHEN 'class' THEN 'instantiates' ELSE 'calls' END, 1, d.namesakes
FROM calls c
JOIN tagged_definitions d ON d.path = c.path AND d.name = c.callee_name
WHERE c.language <> 'python' AND d.namesakes > 16 AND d.in_file <= 16
