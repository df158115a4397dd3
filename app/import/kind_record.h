#ifndef IMPORT_KIND_RECORD_H
#define IMPORT_KIND_RECORD_H
/* Within import only: the fields that all types of records have; behind them stand those of the type and then its roles. */
enum { RECORD_EXTERNAL_ID, RECORD_PARENT, RECORD_PARENT_LINK, RECORD_STATE, RECORD_AT, RECORD_TARGETS };

#endif
