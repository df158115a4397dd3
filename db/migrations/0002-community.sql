-- Older words of what was changed; indexes for removing files.

-- The words of a report or message as they stood until somebody changed them. message_id NULL: of the report itself.
CREATE TABLE revision (
	id ID,
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	message_id REF REFERENCES message (id) ON DELETE CASCADE,
	subject TEXT NOT NULL,              -- of a message: empty
	body TEXT NOT NULL,                 -- Markdown
	visibility TEXT NOT NULL CHECK (visibility IN ('public', 'members', 'private', 'staff')),   -- of the conversation then
	editor_id REF REFERENCES person (id),   -- who changed it; NULL: the program
	since_at TIME NOT NULL,             -- since when it stood like that
	until_at TIME NOT NULL,
	hidden_at TIME
);
CREATE INDEX revision_of ON revision (conversation_id, message_id, id);
CREATE INDEX revision_message ON revision (message_id);

-- When the words of a report were changed last.
ALTER TABLE conversation ADD COLUMN edited_at TIME;

-- Removing a file looks for whatever may still point to it.
CREATE INDEX person_photo ON person (photo_file_id);
CREATE INDEX upload_file ON upload (file_id);
CREATE INDEX import_run_file ON import_run (file_id);

-- How many customers live near a place.
CREATE INDEX person_place ON person (lat, lon);
