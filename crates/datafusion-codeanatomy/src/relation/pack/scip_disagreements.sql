-- view: scip_disagreements
-- needs: index
-- doc: Where a SCIP index and the other rules differ: the place, what each says, and what the difference is: `owner` (what has this name
-- doc: in another class or module), `branch` (another definition of the same name), `other` (something else), `not_resolved` (the rules say
-- doc: nothing).
SELECT relation, path, bstart, bend, scip, rules,
    CASE
        WHEN outcome = 'scip_only' THEN 'not_resolved'
        WHEN scip = rules THEN 'branch'
        WHEN qualified_name_last(scip) = qualified_name_last(rules) THEN 'owner'
        ELSE 'other'
    END AS difference
FROM scip_compared
WHERE outcome IN ('differ', 'scip_only')
