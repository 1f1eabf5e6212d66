SELECT n.kind, n.name, n.qualified_name, n.bstart, n.bend, n.node_id
FROM cpg_nodes_inside n
JOIN (SELECT path, bstart + {col} AS at FROM lines WHERE path = {path} AND line = {line}) l ON l.path = n.path
WHERE n.path = {path} AND n.bstart <= l.at AND l.at < n.bend
ORDER BY n.bend - n.bstart, n.bstart, n.kind, n.node_id
