-- Records that are linked and kept: what changed in them, what goes with what, households and firms, and a timeline for each person and record.

-- What a change made of a field, from what to what; who and when stands in the event.
CREATE TABLE record_change (
	seq INT NOT NULL REFERENCES event (seq),
	field TEXT NOT NULL,                -- of the record's type, or "state"
	old_value TEXT NOT NULL,
	new_value TEXT NOT NULL,
	PRIMARY KEY (seq, field)
) WITHOUT ROWID;

-- One record goes with another, read from the first to the second: "replaces".
CREATE TABLE record_link (
	from_id REF NOT NULL REFERENCES record (id) ON DELETE CASCADE,
	to_id REF NOT NULL REFERENCES record (id) ON DELETE CASCADE,
	relation TEXT NOT NULL,             -- in the words of whoever linked them
	PRIMARY KEY (from_id, to_id)
) WITHOUT ROWID;
CREATE INDEX record_link_to ON record_link (to_id, from_id);

-- Households and firms, and who belongs to them as what.
CREATE TABLE organization (
	id ID,
	kind TEXT NOT NULL CHECK (kind IN ('household', 'firm')),
	name TEXT NOT NULL,
	address TEXT NOT NULL,
	phone TEXT NOT NULL,
	email TEXT NOT NULL,
	web TEXT NOT NULL,
	notes TEXT NOT NULL,                -- of the team
	created_at TIME NOT NULL,
	updated_at TIME NOT NULL,
	version INT NOT NULL
);
CREATE INDEX organization_name ON organization (name, id);
CREATE TABLE organization_person (
	organization_id REF NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	role TEXT NOT NULL,                 -- in the team's words: mother, bookkeeper
	PRIMARY KEY (organization_id, person_id)
) WITHOUT ROWID;
CREATE INDEX organization_person_person ON organization_person (person_id, organization_id);
-- Which records go with an organization. It gives its members no right to them: that comes from record_person alone.
CREATE TABLE record_organization (
	record_id REF NOT NULL REFERENCES record (id) ON DELETE CASCADE,
	organization_id REF NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
	role TEXT NOT NULL,
	PRIMARY KEY (record_id, organization_id)
) WITHOUT ROWID;
CREATE INDEX record_organization_organization ON record_organization (organization_id, record_id);

-- Whom a row of a source has put to a record, and as what: when the row says otherwise, they go.
CREATE TABLE source_seat (
	source TEXT NOT NULL,
	kind TEXT NOT NULL,                 -- as in source_ref
	external_id TEXT NOT NULL,
	record_id REF NOT NULL REFERENCES record (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	role TEXT NOT NULL,
	PRIMARY KEY (source, kind, external_id, record_id, person_id, role)
) WITHOUT ROWID;
CREATE INDEX source_seat_record ON source_seat (record_id, person_id, role);

-- In whose timeline an event stands: kept by the reader "timeline" of the log, so that a page costs the same at any depth.
CREATE TABLE life (
	subject_kind TEXT NOT NULL,         -- person record organization
	subject_id INT NOT NULL,
	seq INT NOT NULL,
	sort TEXT NOT NULL,                 -- talk note record profile other
	PRIMARY KEY (subject_kind, subject_id, seq)
) WITHOUT ROWID;
CREATE INDEX life_sort ON life (subject_kind, subject_id, sort, seq);
