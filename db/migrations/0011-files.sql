-- Files: under which name each was sent, their words and previews; files kept for a customer or with a record, in versions.

-- The same bytes are one file, but each who sends them has a name of their own for it; '' is the file's own.
ALTER TABLE attachment ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN name TEXT NOT NULL DEFAULT '';

-- What was read in a file that has words. Others have no row.
CREATE TABLE file_text (
	file_id REF PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
	state TEXT NOT NULL,                -- reading read none failed
	text TEXT NOT NULL,                 -- its beginning
	preview_file_id REF REFERENCES file (id), -- a picture of its first page
	width INT NOT NULL,                 -- of the picture
	height INT NOT NULL,
	read_at TIME
);
CREATE INDEX file_text_preview ON file_text (preview_file_id);

-- A file that the team keeps for a person or with a record. The customer sees it from shared_at on.
CREATE TABLE document (
	id ID,
	person_id REF REFERENCES person (id) ON DELETE CASCADE,
	record_id REF REFERENCES record (id) ON DELETE CASCADE,
	record_root_id REF REFERENCES record (id) ON DELETE CASCADE,   -- the topmost, whose people may see it
	name TEXT NOT NULL,
	shared_at TIME,
	version INT NOT NULL,               -- the newest
	created_at TIME NOT NULL,
	changed_at TIME NOT NULL
);
CREATE INDEX document_person ON document (person_id, id);
CREATE INDEX document_record ON document (record_id, id);
CREATE INDEX document_root ON document (record_root_id, id);

CREATE TABLE document_version (
	document_id REF NOT NULL REFERENCES document (id) ON DELETE CASCADE,
	version INT NOT NULL,
	file_id REF NOT NULL REFERENCES file (id),
	name TEXT NOT NULL,                 -- as it was sent
	author_id REF REFERENCES person (id),
	created_at TIME NOT NULL,
	shown BOOL NOT NULL,                -- it was the newest while the customer could see the document: what came before stays the team's
	PRIMARY KEY (document_id, version)
) WITHOUT ROWID;
CREATE INDEX document_version_file ON document_version (file_id);

-- A notice is about a conversation or a document.
ALTER TABLE notice ADD COLUMN document_id REF REFERENCES document (id) ON DELETE CASCADE;

-- What was sent before is read now.
INSERT INTO file_text (file_id, state, text, preview_file_id, width, height, read_at)
SELECT id, 'reading', '', NULL, 0, 0, NULL FROM file WHERE id IN (SELECT file_id FROM attachment) AND (type LIKE 'text/%' OR type = 'application/pdf'
	OR type LIKE 'application/vnd.openxmlformats-officedocument.%' OR type LIKE 'application/vnd.oasis.opendocument.%');
INSERT INTO job (kind, data, run_at, tries, claimed_until, last_error, created_at, ended_at, failed)
SELECT 'file_read', '{"file":' || file_id || '}', 1, 0, NULL, NULL, 1, NULL, FALSE FROM file_text;
