-- Everything but secrets and what can be computed, in the words of the API.

-- row export_business: pack text | name text | claim text | street_address text | mail_address text | phone text | email text | web text
--   | hours text | colour text | logo_file_id file_id? | locale text | zone text | currency text | place?.lat real? | place.lon real?
--   | map_zoom int | map_link text | tile_url text | mail_from text | updated_at time | version int
--   | week text | holidays text | yearly text
-- row export_conversation: id conversation_id | kind text | subject text | body text | visibility text | status text | author?.id person_id?
--   | assignee?.id person_id? | topic text | since date? | record_id record_id? | place?.lat real? | place.lon real? | place_label text | area text
--   | votes int | comments int | answer_id message_id? | reopened int | channel text | created_at time | active_at time | answered_at time? | hidden_at time?
--   | version int | team_id team_id?
-- row export_message: id message_id | conversation_id conversation_id | kind text | author?.id person_id? | channel text | body text
--   | status text | reply_to message_id? | created_at time | edited_at time? | hidden_at time?
-- row export_revision: id revision_id | conversation_id conversation_id | message_id message_id? | subject text | body text
--   | visibility text | editor?.id person_id? | since_at time | until_at time | hidden_at time?
-- row export_record: id record_id | type text | parent_id record_id? | title text | state text | at time | amount int? | fields json
--   | created_at time | changed_at time | version int
-- row export_seat: record_id record_id | person_id person_id | role text
-- row export_record_change: seq int | field text | old text | new text
-- row export_record_link: from_id record_id | to_id record_id | relation text
-- row export_organization: id organization_id | kind text | name text | address text | phone text | email text | web text | notes text
--   | created_at time | updated_at time | version int
-- row export_organization_person: organization_id organization_id | person_id person_id | role text
-- row export_record_organization: record_id record_id | organization_id organization_id | role text
-- row export_snapshot: conversation_id conversation_id | record_id record_id | title text | state text | at time | amount int? | fields json
--   | version int | hash text | taken_at time
-- row export_reply: id reply_id | owner?.id person_id? | name text | body_en text | body_de text | changed_at time
-- row export_joint: id joint_id | kind text | from_id conversation_id | to_id conversation_id | opening_id message_id? | actor?.id person_id? | at time
--   | undone_at time?
-- row export_vote: conversation_id conversation_id | person_id person_id | created_at time
-- row export_follow: person_id person_id | object_kind text | object_id int | created_at time
-- row export_participant: conversation_id conversation_id | person_id person_id
-- row export_attachment: id attachment_id | conversation_id conversation_id | message_id message_id? | file_id file_id | name text | rank int | width int
--   | height int | caption text
-- row export_tag: tag text | object_kind text | object_id int
-- row export_document: id document_id | person_id person_id? | record_id record_id? | name text | shared_at time? | version int | created_at time
--   | changed_at time
-- row export_version: document_id document_id | version int | file_id file_id | name text | author_id person_id? | created_at time | shown bool
-- row export_call: id call_id | staff_id person_id | person_id person_id | record_id record_id? | conversation_id conversation_id? | direction text
--   | held_at time | minutes int | said text | agreed text | corrects_id call_id? | created_at time
-- row export_mention: message_id message_id? | conversation_id conversation_id? | person_id person_id | name text
-- row export_seen: person_id person_id | object_kind text | object_id int | seq int | at time
-- row export_file: id file_id | name text | type text | hash text | bytes int | created_at time
-- row export_event: seq int | at time | actor_id person_id? | verb text | object_kind text | object_id int | target_kind text?
--   | target_id int? | audience text | data text
-- row export_import: id import_id | kind text | source text | file_name text | file_id file_id? | state text | created int | updated int
--   | unchanged int | rejected int | actor_id person_id? | created_at time | ended_at time?
-- row export_source: source text | kind text | external_id text | object_id int
-- row export_audit: id int | at time | actor_id person_id? | action text | object_kind text | object_id int | detail text

-- export_owner() -> person_id :maybe
-- The owner in whose eyes people are exported.
SELECT id FROM person WHERE role = 'owner' AND disabled_at IS NULL ORDER BY id LIMIT 1;

-- export_people(after person_id, most int) -> person_id :many
-- Everyone.
SELECT id FROM person WHERE id > :after ORDER BY id LIMIT :most;

-- export_business_each() -> export_business :each
-- The firm.
SELECT pack, name, claim, street_address, mail_address, phone, email, web, hours, colour, logo_file_id, locale, zone, currency, lat, lon,
	map_zoom, map_link, tile_url, mail_from, updated_at, version, week, holidays, yearly FROM business;

-- export_conversations() -> export_conversation :each
-- What people began.
SELECT id, kind, subject, body, visibility, status, author_id, assignee_id, topic, since, record_id, lat, lon, place, area, votes, comments, answer_id,
	reopened, channel, created_at, active_at, answered_at, hidden_at, version, team_id FROM conversation ORDER BY id;

-- export_messages() -> export_message :each
-- What was said.
SELECT id, conversation_id, kind, author_id, channel, body, status, reply_to, created_at, edited_at, hidden_at FROM message ORDER BY id;

-- export_revisions() -> export_revision :each
-- What it said before it was changed.
SELECT id, conversation_id, message_id, subject, body, visibility, editor_id, since_at, until_at, hidden_at FROM revision ORDER BY id;

-- export_records() -> export_record :each
-- What the business keeps.
SELECT id, type, parent_id, title, state, at, amount, fields, created_at, changed_at, version FROM record ORDER BY id;

-- export_seats() -> export_seat :each
-- Whose it is.
SELECT record_id, person_id, role FROM record_person ORDER BY record_id, person_id, role;

-- export_record_changes() -> export_record_change :each
-- What changed in them, from what to what; who and when is in the event.
SELECT seq, field, old_value, new_value FROM record_change ORDER BY seq, field;

-- export_record_links() -> export_record_link :each
-- Which go together.
SELECT from_id, to_id, relation FROM record_link ORDER BY from_id, to_id;

-- export_organizations() -> export_organization :each
-- Households and firms.
SELECT id, kind, name, address, phone, email, web, notes, created_at, updated_at, version FROM organization ORDER BY id;

-- export_organization_people() -> export_organization_person :each
-- Who belongs to them.
SELECT organization_id, person_id, role FROM organization_person ORDER BY organization_id, person_id;

-- export_record_organizations() -> export_record_organization :each
-- Which records go with them.
SELECT record_id, organization_id, role FROM record_organization ORDER BY record_id, organization_id;

-- export_replies() -> export_reply :each
-- Saved replies.
SELECT id, owner_id, name, body_en, body_de, changed_at FROM reply ORDER BY id;

-- export_joints() -> export_joint :each
-- Which threads became one, or parted.
SELECT id, kind, from_id, to_id, opening_id, actor_id, at, undone_at FROM joint ORDER BY id;

-- export_snapshots() -> export_snapshot :each
-- How a record looked when somebody asked about it.
SELECT conversation_id, record_id, title, state, at, amount, fields, version, hash, taken_at FROM snapshot ORDER BY conversation_id;

-- export_votes() -> export_vote :each
-- Who said "me too".
SELECT conversation_id, person_id, created_at FROM vote ORDER BY conversation_id, person_id;

-- export_follows() -> export_follow :each
-- Who follows what.
SELECT person_id, object_kind, object_id, created_at FROM follow ORDER BY person_id, object_kind, object_id;

-- export_participants() -> export_participant :each
-- Who takes part in what is private.
SELECT conversation_id, person_id FROM participant ORDER BY conversation_id, person_id;

-- export_attachments() -> export_attachment :each
-- Which file belongs where.
SELECT id, conversation_id, message_id, file_id, name, rank, width, height, caption FROM attachment ORDER BY id;

-- export_tags() -> export_tag :each
-- What is tagged.
SELECT g.name, t.object_kind, t.object_id FROM tagging t JOIN tag g ON g.id = t.tag_id ORDER BY t.object_kind, t.object_id, g.name;

-- export_documents() -> export_document :each
-- What is kept for customers and with records.
SELECT id, person_id, record_id, name, shared_at, version, created_at, changed_at FROM document ORDER BY id;

-- export_versions() -> export_version :each
-- Which files they were and are.
SELECT document_id, version, file_id, name, author_id, created_at, shown FROM document_version ORDER BY document_id, version;

-- export_calls() -> export_call :each
-- Notes of telephone calls.
SELECT id, staff_id, person_id, record_id, conversation_id, direction, held_at, minutes, said, agreed, corrects_id, created_at FROM call ORDER BY id;

-- export_mentions() -> export_mention :each
-- Who is named in what was said.
SELECT message_id, conversation_id, person_id, name FROM mention ORDER BY message_id, conversation_id, person_id;

-- export_seen() -> export_seen :each
-- How far each person has read in rooms.
SELECT person_id, object_kind, object_id, seq, at FROM seen ORDER BY object_kind, object_id, person_id;

-- export_files() -> export_file :each
-- The files that are kept.
SELECT id, name, type, hash, bytes, created_at FROM file ORDER BY id;

-- export_files_after(after file_id, most int) -> export_file :many
-- The same, some at a time.
SELECT id, name, type, hash, bytes, created_at FROM file WHERE id > :after ORDER BY id LIMIT :most;

-- export_events() -> export_event :each
-- The log.
SELECT seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data FROM event ORDER BY seq;

-- export_imports() -> export_import :each
-- The imports.
SELECT id, kind, source, file_name, file_id, state, created, updated, unchanged, rejected, actor_id, created_at, ended_at
FROM import_run ORDER BY id;

-- export_sources() -> export_source :each
-- What came from where.
SELECT source, kind, external_id, object_id FROM source_ref ORDER BY source, kind, external_id;

-- export_audits() -> export_audit :each
-- Who looked at or did what.
SELECT id, at, actor_id, action, object_kind, object_id, detail FROM audit ORDER BY id;

-- row export_request: id request_id | record_id record_id | action text | person_id person_id | as_staff bool | fields json | amount int? | proved bool
--   | state text | note text | part_id record_id? | created_at time | changed_at time
-- row export_request_step: request_id request_id | state text | actor_id person_id? | note text | at time
-- row export_webhook: id webhook_id | url text | label text | topics text | inside bool | created_at time | ended_at time?

-- export_requests() -> export_request :each
-- What people asked to be done about their records.
SELECT id, record_id, action, person_id, as_staff, fields, amount, proved, state, note, part_id, created_at, changed_at FROM request ORDER BY id;

-- export_request_steps() -> export_request_step :each
-- How that went.
SELECT request_id, state, actor_id, note, at FROM request_move ORDER BY id;

-- export_webhooks() -> export_webhook :each
-- Programs that are told, without their secrets.
SELECT id, url, label, topics, inside, created_at, ended_at FROM webhook ORDER BY id;

-- row export_expectation: id expectation_id | ours bool | person_id person_id? | owner_id person_id | text text | conversation_id conversation_id?
--   | message_id message_id? | call_id call_id? | record_id record_id? | due_at time | due_kind text | said text | first_due_at time | moved int | audience text
--   | state text | note text | word_of text | made_by person_id? | made_at time | done_at time? | closed_at time? | expects text
--   | rule_id service_rule_id? | goal text | paused_at time? | team_id team_id? | brand_text_id brand_text_id?
-- row export_task: id task_id | title text | text text | owner_id person_id | person_id person_id? | record_id record_id? | conversation_id conversation_id?
--   | message_id message_id? | call_id call_id? | due_at time? | state text | made_by person_id? | made_at time | closed_by person_id? | closed_at time?
-- row export_expectation_change: expectation_id expectation_id | at time | actor_id person_id? | from_state text | to_state text | from_due_at time?
--   | to_due_at time? | owner_id person_id? | note text

-- export_expectations() -> export_expectation :each
-- What was promised.
SELECT id, ours, person_id, owner_id, text, conversation_id, message_id, call_id, record_id, due_at, due_kind, said, first_due_at, moved, audience,
	state, note, word_of, made_by, made_at, done_at, closed_at, expects, rule_id, goal, paused_at, team_id, brand_text_id FROM expectation ORDER BY id;

-- export_tasks() -> export_task :each
-- What is to be done.
SELECT id, title, words, owner_id, person_id, record_id, conversation_id, message_id, call_id, CASE WHEN due_at < 9223372036854775807 THEN due_at END, state, made_by, made_at,
	closed_by, closed_at FROM task ORDER BY id;

-- export_expectation_changes() -> export_expectation_change :each
-- How that went.
SELECT expectation_id, at, actor_id, from_state, to_state, from_due_at, to_due_at, owner_id, note FROM expectation_change ORDER BY id;

-- row export_brand_text: id brand_text_id | title text | body text | place text | said_from date | said_until date? | made_by person_id? | made_at time
-- row export_verdict: expectation_id expectation_id | person_id person_id | word text | note text | at time

-- export_brand_texts() -> export_brand_text :each
-- What we say to everybody.
SELECT id, title, body, place, said_from, said_until, made_by, made_at FROM brand_text ORDER BY id;

-- export_verdicts() -> export_verdict :each
-- Who said whether that was kept.
SELECT expectation_id, person_id, word, note, at FROM verdict ORDER BY expectation_id, person_id;

-- row export_claim: id claim_id | person_id person_id | text text | due_at time? | told text | message_id message_id? | record_id record_id? | owner_id person_id?
--   | state text | note text | answered_by person_id? | made_at time | answered_at time? | expectation_id expectation_id?

-- export_claims() -> export_claim :each
-- What people say was promised to them.
SELECT id, person_id, text, due_at, told, message_id, record_id, owner_id, state, note, answered_by, made_at, answered_at, expectation_id FROM claim ORDER BY id;

-- row export_service_rule: id service_rule_id | kind text | record_type text | tag_id tag_id? | person_id person_id? | first_n int? | first_unit text | next_n int? | next_unit text | solution_n int? | solution_unit text
--   | made_by person_id? | made_at time | ended_at time?
-- export_service_rules() -> export_service_rule :each
-- How soon customers are answered.
SELECT id, kind, record_type, tag_id, person_id, first_n, first_unit, next_n, next_unit, solution_n, solution_unit, made_by, made_at, ended_at FROM service_rule ORDER BY id;

-- row export_team: id team_id | name text | made_by person_id? | made_at time | ended_at time?
-- export_teams() -> export_team :each
-- The firm's teams, also those that have ended.
SELECT id, name, made_by, made_at, ended_at FROM team ORDER BY id;
