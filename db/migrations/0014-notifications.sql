-- What each person wants to be told, where and when.

ALTER TABLE notice ADD COLUMN here BOOL NOT NULL DEFAULT TRUE;   -- it stands among their notices
ALTER TABLE notice ADD COLUMN mail_at TIME;                      -- when to look whether to mail it; NULL: nothing to do any more
ALTER TABLE notice ADD COLUMN mailed_at TIME;                    -- it is in a letter in the outbox
CREATE INDEX notice_mail_at ON notice (mail_at) WHERE mail_at IS NOT NULL;
CREATE INDEX notice_mail_person ON notice (person_id, id) WHERE mail_at IS NOT NULL;
CREATE INDEX notice_thread ON notice (person_id, conversation_id);

-- What differs from the defaults of a person's role (app/notice/topics.def).
CREATE TABLE notice_choice (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	topic TEXT NOT NULL,
	here BOOL NOT NULL,
	mail BOOL NOT NULL,
	PRIMARY KEY (person_id, topic)
) WITHOUT ROWID;

-- How much somebody wants to hear of one conversation; no row: what the choices say.
CREATE TABLE notice_level (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	level TEXT NOT NULL CHECK (level IN ('watch', 'mute')),
	PRIMARY KEY (person_id, conversation_id)
) WITHOUT ROWID;
CREATE INDEX notice_level_conversation ON notice_level (conversation_id);

-- When mails may come; no row: at any time, each at once.
CREATE TABLE notice_plan (
	person_id REF PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
	quiet_from INT,                     -- minutes of the day in the person's time zone; NULL: no quiet hours
	quiet_to INT,
	quiet_days INT NOT NULL,            -- bit 0 Sunday … 6 Saturday: the days on which they begin
	digest TEXT NOT NULL CHECK (digest IN ('off', 'daily', 'weekly')),
	digest_hour INT NOT NULL,
	digest_day INT NOT NULL             -- of the week, 0 Sunday
);

ALTER TABLE mail ADD COLUMN topic TEXT NOT NULL DEFAULT '';      -- what its reader can stop getting; '' nothing

-- What was about to be mailed still is.
UPDATE notice SET mail_at = created_at WHERE EXISTS (SELECT 1 FROM job j WHERE j.ended_at IS NULL AND j.kind IN ('notice_mail', 'message_mail')
	AND (j.data LIKE '{"event":' || notice.event_seq || ',%' OR j.data = '{"event":' || notice.event_seq || '}'));
UPDATE job SET kind = 'notice_mail' WHERE kind = 'message_mail' AND ended_at IS NULL;
