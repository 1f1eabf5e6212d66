-- view: name_sites
-- doc: Every name that is read, and why it may mean nothing of the source: it is that of a builtin (`builtin`), nothing binds it
-- doc: (`not_bound`), or what binds it comes from outside of the source (`external`).
SELECT r.ref_id AS src, r.path, r.bstart, r.bend,
    CASE WHEN s.binding_id IS NOT NULL THEN 'external' WHEN b.name IS NOT NULL THEN 'builtin' ELSE 'not_bound' END AS reason
FROM "references" r
LEFT JOIN symbols s ON s.path = r.path AND s.symbol_id = r.symbol_id
LEFT JOIN builtins b ON b.name = r.name
WHERE r.context = 'load'
