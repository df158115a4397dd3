#ifndef BASE_KIND_H
#define BASE_KIND_H
/* The vocabulary of types: in .sql rows and parameters, in views, and in route inputs the same words mean the same.
 * tools/README.md says how they are written, and what each is in C. */
enum kind {
	K_INT,     /* int: int64_t, optional: struct opt_int */
	K_REAL,    /* real: double; absent is NAN */
	K_BOOL,    /* bool */
	K_TEXT,    /* text: struct str; absent is STR_NONE */
	K_DATE,    /* date: struct str holding YYYY-MM-DD */
	K_TIME,    /* time: usec_t; absent is 0 */
	K_BLOB,    /* blob: struct str of any bytes; never in JSON */
	K_ID,      /* NAME_id of base/ids.def: struct NAME_id; absent is v == 0 */
	K_INTS,    /* ints: struct int_list, as a parameter only */
	K_HTML,    /* html: struct html; views only */
	K_URL,     /* url: struct url; views only */
	K_STRUCT,  /* the name of a row or view; optional: a pointer that may be NULL */
	K_FILE,    /* file: struct upload; route inputs only */
	K_JSON,    /* json: struct str of one JSON value; rows, views, and inputs from a JSON body */
};

#endif
