-- The packs keep something for the team now, which the index of the search held for all: the reader "find" makes those records anew, as when a firm takes another pack.
INSERT INTO event (seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data)
SELECT h.seq + 1, e.at, NULL, 'update', 'business', 1, NULL, NULL, 'staff', '{"changed":["pack"]}' FROM event_head h JOIN event e ON e.seq = h.seq WHERE h.one = 1;
UPDATE event_head SET seq = seq + 1 WHERE one = 1 AND EXISTS (SELECT 1 FROM event e WHERE e.seq = event_head.seq + 1);
