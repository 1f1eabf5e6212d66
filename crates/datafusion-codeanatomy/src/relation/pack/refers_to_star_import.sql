-- rule: refers_to_star_import
-- relation: refers_to_star_import
-- group: src
-- edge: reads
-- endpoints: reference -> binding
-- doc: A name that its file does not bind comes from a star import of a module that defines it; the last import wins.
SELECT ref_id AS src, binding_id AS dst, path, bstart, bend, 50 AS score, import_bstart AS preference,
    'star_import' AS resolution
FROM star_references
