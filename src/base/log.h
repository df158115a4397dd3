#ifndef BASE_LOG_H
#define BASE_LOG_H
/* The program's own log: one JSON object a line on stderr when it is not a terminal, plain words when it is. Never
 * passwords, tokens or message bodies. Any thread. Only the edges log (main, web, event); other modules return errors. */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_init(enum log_level least);
void log_say(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_say(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_say(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_say(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_say(LOG_ERROR, __VA_ARGS__)

#endif
