-- view: scip_agreement
-- needs: index
-- doc: How often a SCIP index and the other rules agree, by relation: groups of which both say something, that share a target, that share
-- doc: none, and those of which one says something.
SELECT relation, count(*) FILTER (WHERE outcome IN ('agree', 'differ')) AS both, count(*) FILTER (WHERE outcome = 'agree') AS agree,
    count(*) FILTER (WHERE outcome = 'differ') AS differ, count(*) FILTER (WHERE outcome = 'scip_only') AS scip_only,
    count(*) FILTER (WHERE outcome = 'rules_only') AS rules_only
FROM scip_compared
GROUP BY relation
