-- When the firm works, beside the words (hours): what promises and answers are counted in. The forms are those of src/text/hours.h.
ALTER TABLE business ADD COLUMN week TEXT NOT NULL DEFAULT '';       -- seven days, Sunday first: ';09:00-17:00;…'; '' nobody has said
ALTER TABLE business ADD COLUMN holidays TEXT NOT NULL DEFAULT '';   -- a line each: '2026-12-24 09:00-12:00 Christmas Eve', '12-31 Stocktaking'
ALTER TABLE business ADD COLUMN yearly TEXT NOT NULL DEFAULT '';     -- words of src/text/holidays.c with spaces between
