-- What makes two names the same tag: the letters and digits of the name, folded. NULL: written by an older program; the next start fills it in, and makes
-- one of two.
ALTER TABLE tag ADD COLUMN word TEXT;
CREATE UNIQUE INDEX tag_word ON tag (word);
