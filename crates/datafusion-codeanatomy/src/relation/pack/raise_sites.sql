-- view: raise_sites
-- doc: Everything that is raised, and why nothing is known of it.
SELECT DISTINCT owner_id AS src, path, bstart, bend, reason
FROM resolved_references
WHERE role = 'raise'
