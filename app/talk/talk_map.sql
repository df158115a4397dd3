-- The map. A tile is a quadkey of some level; its reports have quadkeys between the tile's first and last of level 22. Only
-- what is public, not hidden and still open stands on the map, the same as cell counts.

-- row talk_point_row: id conversation_id | lat real | lon real | votes int | subject text | status text
-- row talk_cell_row: quadkey int | votes int

-- talk_points(tiles ints, shift int, me person_id?, staff bool, kind text, most int) -> talk_point_row :many
-- Reports within some tiles. kind: ",problem,need,".
-- @sqlite
SELECT c.id, c.lat, c.lon, c.votes, c.subject, c.status
FROM json_each(:tiles) t CROSS JOIN conversation c ON c.quadkey BETWEEN t.value << :shift AND ((t.value + 1) << :shift) - 1
WHERE {is_counted(c)} AND {is_open(c)} AND {conversation_visible(c)} AND :kind LIKE '%,' || c.kind || ',%' LIMIT :most;
-- @pg
SELECT c.id, c.lat, c.lon, c.votes, c.subject, c.status
FROM unnest(:tiles::bigint[]) t (value) JOIN conversation c
	ON c.quadkey BETWEEN t.value << :shift::int AND ((t.value + 1) << :shift::int) - 1
WHERE {is_counted(c)} AND {is_open(c)} AND {conversation_visible(c)} AND :kind LIKE '%,' || c.kind || ',%' LIMIT :most;

-- talk_cells(tiles ints, shift int, zoom int, kind text, most int) -> talk_cell_row :many
-- Counted cells of one level within some tiles.
-- @sqlite
SELECT c.quadkey, SUM(c.votes)
FROM json_each(:tiles) t CROSS JOIN cell c ON c.zoom = :zoom AND c.quadkey BETWEEN t.value << :shift AND ((t.value + 1) << :shift) - 1
WHERE c.reports > 0 AND :kind LIKE '%,' || c.kind || ',%' GROUP BY c.quadkey LIMIT :most;
-- @pg
SELECT c.quadkey, CAST(SUM(c.votes) AS bigint)
FROM unnest(:tiles::bigint[]) t (value) JOIN cell c
	ON c.zoom = :zoom AND c.quadkey BETWEEN t.value << :shift::int AND ((t.value + 1) << :shift::int) - 1
WHERE c.reports > 0 AND :kind LIKE '%,' || c.kind || ',%' GROUP BY c.quadkey LIMIT :most;

-- row talk_spot_row: id conversation_id | lat real | lon real
-- talk_in_tiles(tiles ints, shift int, most int) -> talk_spot_row :many
-- Where conversations within some tiles are.
-- @sqlite
SELECT c.id, c.lat, c.lon
FROM json_each(:tiles) t CROSS JOIN conversation c ON c.quadkey BETWEEN t.value << :shift AND ((t.value + 1) << :shift) - 1 LIMIT :most;
-- @pg
SELECT c.id, c.lat, c.lon
FROM unnest(:tiles::bigint[]) t (value) JOIN conversation c
	ON c.quadkey BETWEEN t.value << :shift::int AND ((t.value + 1) << :shift::int) - 1 LIMIT :most;
