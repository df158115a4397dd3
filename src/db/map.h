#ifndef DB_MAP_H
#define DB_MAP_H
/* One mapping of a database file for all connections of this process (map.c says why). Any thread. */
#include <sqlite3.h>

struct map;
struct mapped_methods;

/* Every connection to a file opens its map before it opens the file, and closes it after it has closed the file, used or
 * not. NULL when there is no such file. */
struct map *map_open(const char *path);
void map_close(struct map *m);   /* accepts NULL */

/* Makes a connection read through the map; before its first statement. NULL when it cannot: it reads as usual then. What
 * is returned is freed after the connection is closed. */
struct mapped_methods *map_use(struct map *m, const char *path, sqlite3 *c);

#endif
