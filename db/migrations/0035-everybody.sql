-- What the firm says to everybody, what it promised with that, and what everybody says became of it.

-- A campaign, an advertisement, a page of the web site.
CREATE TABLE brand_text (
	id ID,
	title TEXT NOT NULL,
	body TEXT NOT NULL,
	place TEXT NOT NULL,                -- where it is said: words or an address; or empty
	said_from TEXT NOT NULL,            -- days: 2026-11-23
	said_until TEXT,                    -- NULL: until further notice
	made_by REF REFERENCES person (id),
	made_at TIME NOT NULL
);

-- What is promised to everybody has nobody as the other side, and the words that it was given in.
-- @sqlite
DROP INDEX expectation_person;
ALTER TABLE expectation ADD COLUMN other_id REF REFERENCES person (id);
UPDATE expectation SET other_id = person_id;
ALTER TABLE expectation DROP COLUMN person_id;
ALTER TABLE expectation RENAME COLUMN other_id TO person_id;
CREATE INDEX expectation_person ON expectation (person_id, due_at, id);
-- @pg
ALTER TABLE expectation ALTER COLUMN person_id DROP NOT NULL;
-- @both
ALTER TABLE expectation ADD COLUMN brand_text_id REF REFERENCES brand_text (id);
CREATE INDEX expectation_brand_text ON expectation (brand_text_id, id) WHERE brand_text_id IS NOT NULL;
CREATE INDEX expectation_everybody ON expectation (due_at, id) WHERE person_id IS NULL;

-- Whether it was kept, says each customer for themselves; of what is done again they say it again.
CREATE TABLE verdict (
	expectation_id REF NOT NULL REFERENCES expectation (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	word TEXT NOT NULL CHECK (word IN ('kept', 'exceeded', 'missed')),
	note TEXT NOT NULL,                 -- for the team
	at TIME NOT NULL,
	PRIMARY KEY (expectation_id, person_id)
);
CREATE INDEX verdict_word ON verdict (expectation_id, word, at);
