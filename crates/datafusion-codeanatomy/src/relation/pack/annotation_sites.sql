-- view: annotation_sites
-- doc: Every name in an annotation, and why nothing is known of it.
SELECT DISTINCT owner_id AS src, path, bstart, bend, reason
FROM resolved_references
WHERE role = 'annotation'
