-- Messages between two people, and questions to a group.

-- Somebody to write to: a mail or a login brings it to them.
-- frag is_reached(p): (EXISTS (SELECT 1 FROM identity way WHERE way.person_id = p.id) OR EXISTS
--   (SELECT 1 FROM contact way WHERE way.person_id = p.id AND way.kind = 'email'))
-- Whether the one who was asked has said something in their conversation.
-- frag has_answered(d): EXISTS (SELECT 1 FROM message word WHERE word.conversation_id = d.id AND word.author_id <> d.author_id
--   AND word.kind = 'comment' AND word.hidden_at IS NULL)

-- --------------------------------------------------------------- to whom

-- row message_person: id person_id | kind text | name text | disabled bool | reached bool
-- message_people(ids ints, me person_id?, staff bool, most int) -> message_person :many
-- Those of these people whom :me may know of.
SELECT p.id, p.kind, {shown_name(p)}, p.disabled_at IS NOT NULL, {is_reached(p)} FROM person p
WHERE p.id IN {list :ids} AND {person_visible(p)} ORDER BY p.id LIMIT :most;

-- message_named(word text, folded text, me person_id?, staff bool, most int) -> person_id :many
-- Who has this name, customer number or email, as far as :me, one of the staff, may find them by it.
SELECT p.id FROM person p WHERE p.disabled_at IS NULL AND p.id IN (
	SELECT o.id FROM person o WHERE o.customer_no = :word
	UNION SELECT o.id FROM person o WHERE LOWER(o.name) = LOWER(:word)
	UNION SELECT o.id FROM contact k JOIN person o ON o.id = k.person_id
		WHERE k.kind = 'email' AND k.folded = :folded AND {field_shows(o, 'email', 'staff')})
ORDER BY p.id LIMIT :most;

-- message_tagged(word text, me person_id, most int) -> person_id :many
-- Who has a tag and can be written to.
SELECT p.id FROM tag g JOIN tagging t ON t.tag_id = g.id AND t.object_kind = 'person' JOIN person p ON p.id = t.object_id
WHERE g.word = :word AND p.id <> :me AND p.disabled_at IS NULL AND {is_reached(p)} ORDER BY p.id LIMIT :most;

-- message_colleagues(me person_id, most int) -> person_id :many
-- All others of the staff.
SELECT p.id FROM person p WHERE p.kind = 'staff' AND p.id <> :me AND p.disabled_at IS NULL AND {is_reached(p)} ORDER BY p.id LIMIT :most;

-- row message_choice: id person_id | name text | title text? | mine bool
-- message_staff(me person_id, staff bool, most int) -> message_choice :many
-- Whom a customer may write to, their contact person first.
SELECT p.id, {shown_name(p)}, {shown_title(p)}, p.id = COALESCE((SELECT i.contact_id FROM person i WHERE i.id = :me), 0) FROM person p
WHERE p.kind = 'staff' AND p.id <> :me AND p.disabled_at IS NULL AND {is_reached(p)} ORDER BY 4 DESC, 2, 1 LIMIT :most;

-- --------------------------------------------------------------- reading

-- row message_list_row: id conversation_id | kind text | subject text | summary text | status text | active_at time | name text?
--   | photo file_id? | words text? | mine bool | unread bool | asked int | answered int
-- message_list(me person_id, staff bool, active time?, before conversation_id, most int) -> message_list_row :many
-- A person's conversations and questions, those with news first. What is said to a question stands with the question.
SELECT c.id, c.kind, c.subject, c.summary, c.status, c.active_at, {shown_name(p)}, {shown_photo(p)}, m.body,
	COALESCE(m.author_id, c.author_id) = :me,
	EXISTS (SELECT 1 FROM notice n JOIN conversation d ON d.id = n.conversation_id
		WHERE n.person_id = :me AND n.read_at IS NULL AND (d.id = c.id OR d.group_id = c.id)),
	(SELECT COUNT(*) FROM conversation d WHERE d.group_id = c.id) + (SELECT COUNT(*) FROM group_waiting w WHERE w.conversation_id = c.id),
	(SELECT COUNT(*) FROM conversation d WHERE d.group_id = c.id AND {has_answered(d)})
FROM conversation c LEFT JOIN participant t ON t.conversation_id = c.id
	LEFT JOIN person p ON p.id = CASE WHEN c.author_id = :me THEN t.person_id ELSE c.author_id END
	LEFT JOIN message m ON m.id = (SELECT MAX(x.id) FROM message x WHERE x.conversation_id = c.id AND x.kind = 'comment' AND x.hidden_at IS NULL)
WHERE c.id IN (SELECT o.id FROM conversation o WHERE o.author_id = :me UNION SELECT s.conversation_id FROM participant s WHERE s.person_id = :me)
	AND {is_direct(c)} AND {conversation_visible(c)} AND (c.group_id IS NULL OR c.author_id <> :me) AND :before IS NOT NULL
	--? active AND (c.active_at, c.id) < (:active, :before)
ORDER BY c.active_at DESC, c.id DESC LIMIT :most;

-- row message_head: id conversation_id | kind text | subject text | body text | status text | created_at time | author_id person_id?
--   | author_name text? | author_title text? | author_photo file_id? | author_staff bool | other_id person_id? | other_name text?
--   | other_title text? | other_photo file_id? | other_staff bool | group_id conversation_id? | group_status text? | reminded_at time?
--   | unread bool
-- message_head(id conversation_id, me person_id, staff bool) -> message_head :one
-- One of a person's conversations or questions, and between whom it is.
SELECT c.id, c.kind, c.subject, c.body, c.status, c.created_at, a.id, {shown_name(a)}, {shown_title(a)}, {shown_photo(a)},
	COALESCE(a.kind = 'staff', FALSE), p.id, {shown_name(p)}, {shown_title(p)}, {shown_photo(p)}, COALESCE(p.kind = 'staff', FALSE), c.group_id, g.status,
	c.reminded_at, EXISTS (SELECT 1 FROM notice n WHERE n.person_id = :me AND n.read_at IS NULL AND n.conversation_id = c.id)
FROM conversation c LEFT JOIN person a ON a.id = c.author_id LEFT JOIN participant t ON t.conversation_id = c.id
	LEFT JOIN person p ON p.id = t.person_id LEFT JOIN conversation g ON g.id = c.group_id
WHERE c.id = :id AND {is_direct(c)} AND {conversation_visible(c)};

-- row message_said: id message_id | body text | author_id person_id? | created_at time | edited_at time?
-- message_thread(id conversation_id, me person_id, staff bool, before message_id?, most int) -> message_said :many
-- What the two said, newest first.
SELECT m.id, m.body, m.author_id, m.created_at, m.edited_at FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE m.conversation_id = :id AND m.kind = 'comment' AND {conversation_visible(c)} AND {message_visible(m)}
	--? before AND m.id < :before
ORDER BY m.id DESC LIMIT :most;

-- row message_file_row: message_id message_id? | id file_id | name text | bytes int
-- message_files(id conversation_id, me person_id, staff bool, most int) -> message_file_row :many
-- The files that came with it.
SELECT a.message_id, f.id, f.name, f.bytes FROM attachment a JOIN file f ON f.id = a.file_id JOIN conversation c ON c.id = a.conversation_id
WHERE a.conversation_id = :id AND {conversation_visible(c)} ORDER BY a.rank, a.id LIMIT :most;

-- row message_answer_row: id conversation_id | person_id person_id | name text | photo file_id? | words text? | at time? | unread bool
-- message_answers(id conversation_id, me person_id, staff bool, most int) -> message_answer_row :many
-- Who was asked, and what each said last: those who answered first, the newest at the top, then those who are silent.
SELECT d.id, p.id, {shown_name(p)}, {shown_photo(p)}, m.body, m.created_at,
	EXISTS (SELECT 1 FROM notice n WHERE n.person_id = :me AND n.read_at IS NULL AND n.conversation_id = d.id)
FROM conversation d JOIN conversation c ON c.id = d.group_id JOIN participant t ON t.conversation_id = d.id JOIN person p ON p.id = t.person_id
	LEFT JOIN message m ON m.id = (SELECT MAX(x.id) FROM message x WHERE x.conversation_id = d.id AND x.author_id <> d.author_id
		AND x.kind = 'comment' AND x.hidden_at IS NULL)
WHERE d.group_id = :id AND {conversation_visible(c)} ORDER BY COALESCE(m.id, 0) DESC, 3, p.id LIMIT :most;

-- -------------------------------------------------------------- reminding

-- message_silent(id conversation_id) -> int :one
-- How many have not answered.
SELECT COUNT(*) FROM conversation d WHERE d.group_id = :id AND NOT {has_answered(d)};

-- message_remind(id conversation_id, now time, earlier time) :exec
-- Those who are silent are told again; no row changes when that was not long ago.
UPDATE conversation SET reminded_at = :now WHERE id = :id AND (reminded_at IS NULL OR reminded_at <= :earlier);

-- ------------------------------------------------- asking, a slice at a time

-- row message_question: subject text | body text | channel text | author_id person_id?
-- message_question(id conversation_id) -> message_question :one
-- What everyone is asked, and by whom.
SELECT c.subject, c.body, c.channel, c.author_id FROM conversation c WHERE c.id = :id;

-- message_waiting_add(id conversation_id, person person_id) :exec
-- Somebody who is to be asked.
INSERT INTO group_waiting (conversation_id, person_id) VALUES (:id, :person);

-- row message_waiting_row: id person_id | disabled bool
-- message_waiting(id conversation_id, most int) -> message_waiting_row :many
-- Who is asked next.
SELECT p.id, p.disabled_at IS NOT NULL FROM group_waiting w JOIN person p ON p.id = w.person_id
WHERE w.conversation_id = :id ORDER BY w.person_id LIMIT :most;

-- message_waiting_take(id conversation_id, person person_id) :exec
-- No row changes when somebody else has taken it.
DELETE FROM group_waiting WHERE conversation_id = :id AND person_id = :person;

-- message_waiting_count(id conversation_id) -> int :one
-- How many have still to be asked.
SELECT COUNT(*) FROM group_waiting WHERE conversation_id = :id;

-- message_waiting_forget(id conversation_id) :exec
-- Whoever has not been asked by now never is.
DELETE FROM group_waiting WHERE conversation_id = :id;
