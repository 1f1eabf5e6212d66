SELECT DISTINCT e.path AS path, t.path AS imports
FROM cpg_edges e
JOIN cpg_nodes t ON t.node_id = e.dst
WHERE e.relation = 'module_imports' AND t.kind = 'file'
