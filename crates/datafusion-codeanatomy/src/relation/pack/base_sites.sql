-- view: base_sites
-- doc: Every base of a class, and why nothing is known of it.
SELECT DISTINCT owner_id AS src, path, bstart, bend, reason
FROM resolved_references
WHERE role = 'base'
