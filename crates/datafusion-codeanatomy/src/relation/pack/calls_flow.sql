-- rule: calls_flow
-- relation: call_targets
-- group: src
-- keep: ties
-- edge: calls
-- left: call_sites
-- priority: 10
-- endpoints: calls: call -> function, method, scope, external, builtin
-- endpoints: instantiates: call -> class
-- doc: A call calls what the analysis of values says that its callee may be: functions, classes that it instantiates and
-- doc: their constructors, builtins, and names outside of the source. It may call all of them, so they win together.
-- doc: The score is 100 for the evidence, and another 100 that the callees share.
-- feature: evidence 100
-- feature: share 1
SELECT c.call_id AS src,
    CASE r.callee_kind
        WHEN 'external' THEN stable_id('external', r.callee)
        WHEN 'builtin' THEN stable_id('builtin', substr(r.callee, 11))
        ELSE r.callee_id
    END AS dst,
    CASE r.callee_kind WHEN 'class' THEN 'instantiates' ELSE 'calls' END AS kind,
    c.path, c.bstart, c.bend, 1 AS evidence, 100 / r.callee_count AS share, r.callee_kind AS resolution
FROM resolved_calls r
JOIN calls c ON c.path = r.path AND c.node_id = r.node_id
WHERE r.form = 'call' AND r.callee IS NOT NULL
