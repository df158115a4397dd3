-- Threads that become one, or of which a part goes its own way; what moved is kept, so that it can be undone.

-- row joint_row: id joint_id | kind text | from_id conversation_id | to_id conversation_id | opening_id message_id? | undone bool
-- row joint_line: id joint_id | kind text | from_id conversation_id | from_subject text | to_id conversation_id | to_subject text | by text? | at time
-- row joint_voice: person_id person_id | at time

-- joint_insert(kind text, from_id conversation_id, to_id conversation_id, opening message_id?, actor person_id, at time) -> joint_id :one
-- It happens.
INSERT INTO joint (kind, from_id, to_id, opening_id, actor_id, at, undone_at)
VALUES (:kind, :from_id, :to_id, :opening, :actor, :at, NULL) RETURNING id;

-- joint_get(id joint_id) -> joint_row :one
-- One of them.
SELECT id, kind, from_id, to_id, opening_id, undone_at IS NOT NULL FROM joint WHERE id = :id;

-- joint_undone(id joint_id, at time) :exec1
-- It is undone.
UPDATE joint SET undone_at = :at WHERE id = :id AND undone_at IS NULL;

-- joint_of(id conversation_id, me person_id, staff bool, before joint_id?, most int) -> joint_line :many
-- What a thread was joined with or parted from and is not undone, for the team, newest first.
SELECT j.id, j.kind, f.id, f.subject, t.id, t.subject, p.name, j.at
FROM joint j JOIN conversation f ON f.id = j.from_id JOIN conversation t ON t.id = j.to_id LEFT JOIN person p ON p.id = j.actor_id
WHERE (j.from_id = :id OR j.to_id = :id) AND j.undone_at IS NULL AND {conversation_visible(f)} AND {conversation_visible(t)}
--? before AND j.id < :before
ORDER BY j.id DESC LIMIT :most;

-- joint_leads(id conversation_id, me person_id?, staff bool) -> conversation_id :maybe
-- The thread that is read in the place of one that was joined with it, or came back to it, if this person may see it.
SELECT c.id FROM joint j JOIN conversation gone ON gone.id = :id
	JOIN conversation c ON c.id = CASE j.kind WHEN 'merge' THEN j.to_id ELSE j.from_id END
WHERE gone.hidden_at IS NOT NULL AND ((j.kind = 'merge' AND j.from_id = :id AND j.undone_at IS NULL)
	OR (j.kind = 'split' AND j.to_id = :id AND j.undone_at IS NOT NULL)) AND {conversation_visible(c)}
ORDER BY j.id DESC LIMIT 1;

-- frag reads(s, c): (s.id = c.author_id OR EXISTS (SELECT 1 FROM participant seat WHERE seat.conversation_id = c.id AND seat.person_id = s.id))

-- joint_strangers(one conversation_id, other conversation_id) -> int :one
-- How many besides the staff read one of two private threads and not the other.
SELECT COUNT(*) FROM person s JOIN conversation a ON a.id = :one JOIN conversation b ON b.id = :other
WHERE s.id IN (SELECT person_id FROM participant WHERE conversation_id = :one OR conversation_id = :other
		UNION SELECT author_id FROM conversation WHERE id = :one OR id = :other)
	AND s.kind <> 'staff' AND {reads(s, a)} <> {reads(s, b)};

-- joint_note_messages(joint joint_id, from_id conversation_id) :exec
-- All that was said but mere changes of state goes along.
INSERT INTO joint_moved (joint_id, kind, object_id) SELECT :joint, 'message', m.id FROM message m WHERE m.conversation_id = :from_id AND m.kind <> 'status';

-- joint_note_some(joint joint_id, from_id conversation_id, ids ints) :exec
-- What was chosen goes along.
INSERT INTO joint_moved (joint_id, kind, object_id)
SELECT :joint, 'message', m.id FROM message m WHERE m.conversation_id = :from_id AND m.kind <> 'status' AND m.id IN {list :ids};

-- joint_note_files(joint joint_id, from_id conversation_id, whole bool) :exec
-- The files of what goes along; of a whole thread also those of its first words.
INSERT INTO joint_moved (joint_id, kind, object_id) SELECT :joint, 'attachment', a.id FROM attachment a
WHERE a.conversation_id = :from_id AND ((:whole AND a.message_id IS NULL)
	OR a.message_id IN (SELECT object_id FROM joint_moved WHERE joint_id = :joint AND kind = 'message'));

-- joint_note_voices(joint joint_id, from_id conversation_id, to_id conversation_id) :exec
-- Who says so there and not here yet.
INSERT INTO joint_moved (joint_id, kind, object_id) SELECT :joint, 'vote', v.person_id FROM vote v WHERE v.conversation_id = :from_id
	AND NOT EXISTS (SELECT 1 FROM vote have WHERE have.conversation_id = :to_id AND have.person_id = v.person_id);

-- joint_note_followers(joint joint_id, from_id int, to_id int) :exec
-- Who follows there and not here yet.
INSERT INTO joint_moved (joint_id, kind, object_id) SELECT :joint, 'follow', f.person_id FROM follow f
WHERE f.object_kind = 'conversation' AND f.object_id = :from_id
	AND NOT EXISTS (SELECT 1 FROM follow have WHERE have.object_kind = 'conversation' AND have.object_id = :to_id AND have.person_id = f.person_id);

-- frag moved(kept): (SELECT object_id FROM joint_moved WHERE joint_id = :joint AND kind = kept)

-- joint_move_promises(from_id conversation_id) :exec
-- What was promised stands where its words stand now.
UPDATE expectation SET conversation_id = (SELECT m.conversation_id FROM message m WHERE m.id = expectation.message_id)
WHERE conversation_id = :from_id AND message_id IS NOT NULL;

-- joint_move_tasks(from_id conversation_id) :exec
-- What is to be done stands where its words stand now.
UPDATE task SET conversation_id = (SELECT m.conversation_id FROM message m WHERE m.id = task.message_id) WHERE conversation_id = :from_id AND message_id IS NOT NULL;

-- joint_move_messages(joint joint_id, from_id conversation_id, to_id conversation_id) :exec
-- What was said, as far as it is still there.
UPDATE message SET conversation_id = :to_id WHERE conversation_id = :from_id AND id IN {moved('message')};

-- joint_move_files(joint joint_id, from_id conversation_id, to_id conversation_id, opening message_id?) :exec
-- Its files; those of a thread's first words hang at these.
UPDATE attachment SET conversation_id = :to_id, message_id = CASE WHEN message_id = :opening THEN NULL ELSE COALESCE(message_id, :opening) END
WHERE conversation_id = :from_id AND id IN {moved('attachment')};

-- joint_move_revisions(joint joint_id, to_id conversation_id) :exec
-- Its older words.
UPDATE revision SET conversation_id = :to_id WHERE message_id IN (SELECT m.id FROM message m WHERE m.conversation_id = :to_id)
	AND message_id IN {moved('message')};

-- joint_voices(joint joint_id, of conversation_id, most int) -> joint_voice :many
-- Whose voices moved, and when they were given.
SELECT v.person_id, v.created_at FROM vote v WHERE v.conversation_id = :of AND v.person_id IN {moved('vote')} ORDER BY v.person_id LIMIT :most;

-- joint_follow(joint joint_id, to_id int, at time) :exec
-- They follow here from now on.
INSERT INTO follow (person_id, object_kind, object_id, created_at) SELECT object_id, 'conversation', :to_id, :at FROM joint_moved
WHERE joint_id = :joint AND kind = 'follow' ON CONFLICT (object_kind, object_id, person_id) DO NOTHING;

-- joint_unfollow(joint joint_id, to_id int) :exec
-- And no more.
DELETE FROM follow WHERE object_kind = 'conversation' AND object_id = :to_id AND person_id IN {moved('follow')};

-- joint_take_all(from_id conversation_id, to_id conversation_id) :exec
-- All that was said in one is said in the other.
UPDATE message SET conversation_id = :to_id WHERE conversation_id = :from_id AND kind <> 'status';

-- joint_take_files(from_id conversation_id, to_id conversation_id) :exec
-- With all its files.
UPDATE attachment SET conversation_id = :to_id WHERE conversation_id = :from_id AND message_id IS NOT NULL;

-- joint_take_revisions(from_id conversation_id, to_id conversation_id) :exec
-- And its older words.
UPDATE revision SET conversation_id = :to_id WHERE conversation_id = :from_id AND message_id IS NOT NULL;

-- row joint_first: author_id person_id? | created_at time | n int
-- joint_chosen(id conversation_id, ids ints) -> joint_first :maybe
-- Whose the first of some messages of a thread is, a customer's before one of ours, when it was said, and how many they are.
SELECT m.author_id, MIN(m.created_at) OVER (), COUNT(*) OVER () FROM message m
WHERE m.conversation_id = :id AND m.kind <> 'status' AND m.id IN {list :ids} ORDER BY CASE WHEN {is_ours(m.author_id)} THEN 1 ELSE 0 END, m.id LIMIT 1;

-- joint_seat_readers(from_id conversation_id, to_id conversation_id) :exec
-- Whoever reads a private thread reads what goes its own way.
INSERT INTO participant (conversation_id, person_id)
SELECT :to_id, x.who FROM (SELECT author_id AS who FROM conversation WHERE id = :from_id UNION SELECT person_id FROM participant WHERE conversation_id = :from_id) x
WHERE x.who IS NOT NULL ON CONFLICT (conversation_id, person_id) DO NOTHING;

-- joint_same_record(from_id conversation_id, to_id conversation_id) :exec1
-- It is about the same thing.
UPDATE conversation SET record_id = (SELECT f.record_id FROM conversation f WHERE f.id = :from_id),
	record_root_id = (SELECT f.record_root_id FROM conversation f WHERE f.id = :from_id) WHERE id = :to_id;

-- joint_same_snapshot(from_id conversation_id, to_id conversation_id) :exec
-- As it looked when it was asked about.
INSERT INTO snapshot (conversation_id, record_id, type, title, state, at, amount, fields, version, hash, taken_at)
SELECT :to_id, s.record_id, s.type, s.title, s.state, s.at, s.amount, s.fields, s.version, s.hash, s.taken_at FROM snapshot s WHERE s.conversation_id = :from_id;

-- frag last_answer(c): m.conversation_id = c.id AND m.kind = 'answer' AND m.hidden_at IS NULL

-- joint_recount(id conversation_id) :exec1
-- What depends on what is said in a thread.
UPDATE conversation SET comments = (SELECT COUNT(*) FROM message m WHERE m.conversation_id = conversation.id AND {is_said(m)}),
	answer_id = (SELECT m.id FROM message m WHERE {last_answer(conversation)} ORDER BY m.created_at DESC, m.id DESC LIMIT 1),
	answered_at = (SELECT MAX(m.created_at) FROM message m WHERE {last_answer(conversation)}),
	active_at = COALESCE((SELECT MAX(m.created_at) FROM message m WHERE m.conversation_id = conversation.id AND m.kind <> 'note'), created_at),
	waiting_at = {waits_since(conversation)}, version = version + 1 WHERE id = :id;
