-- A report that another program keeps and that reads otherwise there now.

-- talk_rewrite_set(id conversation_id, subject text, body text, summary text, topic text, since date?, lat real?, lon real?, place text,
--   area text, quadkey int?, edited_at time?) :exec1
-- All that an import may change of a report but its state.
UPDATE conversation SET subject = :subject, body = :body, summary = :summary, topic = :topic, since = :since, lat = :lat, lon = :lon,
	place = :place, area = :area, quadkey = :quadkey, edited_at = :edited_at, version = version + 1 WHERE id = :id;
