-- rule: refers_to_type
-- relation: refers_to_type
-- group: src
-- keep: ties
-- edge: names_type
-- priority: 20
-- feature: evidence 10
-- feature: same_file 30
-- feature: share 1
-- endpoints: reference -> class, interface, type
-- doc: In other languages than Python the name of a type refers to what has that name in the source: what is in its file before others. A
-- doc: name that more than 16 types have is only looked up in its file, and there only if it does not have more than 16 either.
SELECT r.ref_id AS src, t.def_id AS dst, r.path, r.bstart, r.bend, 1 AS evidence, CASE WHEN t.path = r.path THEN 1 ELSE 0 END AS same_file,
    50 / t.namesakes AS share, 'name' AS resolution
FROM "references" r
JOIN tagged_types t ON t.language = r.language AND t.name = r.name
WHERE r.language <> 'python' AND r.context <> 'call' AND t.namesakes <= 16
UNION ALL
SELECT r.ref_id, t.def_id, r.path, r.bstart, r.bend, 1, 1, 50 / t.namesakes, 'name'
FROM "references" r
JOIN tagged_types t ON t.path = r.path AND t.name = r.name
WHERE r.language <> 'python' AND r.context <> 'call' AND t.namesakes > 16 AND t.in_file <= 16
