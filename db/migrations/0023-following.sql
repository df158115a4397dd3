-- What a notice is about besides a conversation, a request or a document: what somebody follows (record, person, tag), or what a search of theirs found.
ALTER TABLE notice ADD COLUMN about_kind TEXT;
ALTER TABLE notice ADD COLUMN about_id INT;
