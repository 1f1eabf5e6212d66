-- view: catch_sites
-- doc: Every class that is caught, and why nothing is known of it.
SELECT DISTINCT owner_id AS src, path, bstart, bend, reason
FROM resolved_references
WHERE role = 'catch'
