-- A pack of the firm's own, beside those that are part of the program: kept whole, so that the store can be moved and shared.

CREATE TABLE own_pack (
	one INT PRIMARY KEY CHECK (one = 1),
	name TEXT NOT NULL,
	hash TEXT NOT NULL,                 -- over all its files: another one is read again
	taken_at TIME NOT NULL
);
CREATE TABLE own_pack_file (
	name TEXT PRIMARY KEY,              -- pack.json, demo.json, img/anna.webp, import/clients.json
	bytes BLOB NOT NULL
);
