-- rule: refers_to
-- relation: refers_to
-- unique: src
-- endpoints: reference -> binding
-- doc: A name refers to the binding that Python's scoping gives it; the edge says whether it reads, writes or deletes it.
SELECT r.ref_id AS src, s.binding_id AS dst,
    CASE r.context WHEN 'load' THEN 'reads' WHEN 'store' THEN 'writes' ELSE 'deletes' END AS kind,
    r.path, r.bstart, r.bend, 100 AS score, s.resolution
FROM symbols s
JOIN "references" r ON r.path = s.path AND r.symbol_id = s.symbol_id
WHERE s.binding_id IS NOT NULL
