-- view: decorator_sites
-- doc: Every decorator, and why nothing is known of it.
SELECT DISTINCT owner_id AS src, path, bstart, bend, reason
FROM resolved_references
WHERE role = 'decorator'
