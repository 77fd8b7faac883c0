/*
 * The native half of Sys (src/executor/sys.ts): one function an entry, named like the method it serves. Everything here
 * is single-threaded and lives as long as one CNI call.
 */
#ifndef WEFT_SYS_H
#define WEFT_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

/* — sys.c: the table of entries, errors — */

/* Makes the module `weft_sys`; 0 or -1 with an exception pending. */
int sys_add_module(JSContext *ctx);

/* Throws SysError(name of `error`, method being run, subject). */
JSValue sys_throw(JSContext *ctx, int error, const char *subject);

/*
 * A point at which test/faults may kill this process. Compiled in only with --faults. Never inside a loop whose turns
 * depend on time: a point must have the same number in every run.
 */
#ifdef WEFT_FAULTS
void sys_fault(const char *point);
#else
#define sys_fault(point) ((void)0)
#endif

/* — bytes.c: texts between the engine and the kernel — */

/* A growing buffer; all zero is the empty one. */
struct bytes {
  char *at;
  size_t size;
  size_t room;
};

/* Makes room for `more` bytes after `size`; false if there is no memory. */
bool bytes_reserve(struct bytes *bytes, size_t more);
bool bytes_append(struct bytes *bytes, const void *data, size_t size);
void bytes_free(struct bytes *bytes);

/* A script's string as UTF-8, ending in a zero byte that `size` does not count. */
struct text {
  const char *at;
  size_t size;
  const char *borrowed;
  char *copy;
};

/* False with an exception pending. Lone surrogates become U+FFFD, as everywhere in Node. */
bool text_from(JSContext *ctx, JSValueConst value, struct text *text);
/* The same for a path: one with a zero byte in it is EINVAL. */
bool path_from(JSContext *ctx, JSValueConst value, struct text *text);
void text_free(JSContext *ctx, struct text *text);

/* A string of well-formed UTF-8; EILSEQ otherwise. */
JSValue string_strict(JSContext *ctx, const char *at, size_t size, const char *subject);
/* A string in which ill-formed bytes are U+FFFD. */
JSValue string_lossy(JSContext *ctx, const char *at, size_t size);

/* Sets a property of a fresh object; false with an exception pending. Consumes `value`. */
bool set(JSContext *ctx, JSValueConst object, const char *name, JSValue value);

/* — clock.c — */

/* CLOCK_MONOTONIC in milliseconds. */
double monotonic_ms(void);
/* For poll: whole milliseconds until the deadline, rounded up, never negative. */
int remaining_ms(double deadline);
/* Waits until `fd` is ready for `events`: 0, ETIMEDOUT or another errno. */
int await_fd(int fd, short events, double deadline);
#define NO_DEADLINE 9e15

/* — sys-files.c — */

/* Writes everything to `fd`, waiting where it is non-blocking: 0 or errno. */
int write_all(int fd, const char *at, size_t size);
/* Reads to the end into `bytes`: 0 or errno, EFBIG beyond `limit`. */
int read_all(int fd, size_t limit, double deadline, struct bytes *bytes);

/* — children.c — */

/* Once at start: SIGPIPE is ignored, SIGCHLD wakes only those who wait for a child. */
int process_init(void);
/*
 * First thing in a forked child: dies with `parent`, has the usual signals. Ends the child if the parent is gone already.
 */
void child_init(int parent);
/* Waits until `deadline` for the end of `pid`; false if it lives on. */
bool reap_until(int pid, double deadline, int *status);

/* — netns-links.c — */

/* Names and alternative names of all links of the namespace that `netns` is open on, one a line: 0 or errno. */
int netns_links(int netns, double deadline, struct bytes *answer);
/* Removes the link of this name in there: 0 or errno; 0 also where there is none. */
int netns_remove_link(int netns, const char *name, double deadline);

/* — netns-routes.c: inside the namespace; each answers 0 or errno — */

/* Default routes of the main table, one a line: family, interface, gateway or `-`, priority. */
int netns_routes(const char *unused, struct bytes *answer);
/* `changes` has one a line: `add` or `delete`, then a route as above. */
int netns_change_routes(const char *changes, struct bytes *unused);

/* — sys-group.c — */

/* Field 22 of /proc/PID/stat into `text`; false if there is no such process. */
bool start_ticks(int pid, char text[static 24]);

/* — sys-socket.c — */

/* Forgets what was received on a descriptor that is about to be closed. */
void socket_forget(int fd);

/* — sys-basics.c: the process's own arguments, set by main — */
extern int process_argc;
extern char **process_argv;

/* — entries, by file — */
typedef JSValue sys_entry(JSContext *ctx, JSValueConst *argv);

/* sys-basics.c */
sys_entry sys_environ, sys_pid, sys_wall_ms, sys_monotonic_ms, sys_sleep_ms, sys_crc32, sys_argv, sys_exit;
/* sys-files.c */
sys_entry sys_read_text, sys_read_stdin, sys_open, sys_write, sys_fsync, sys_close, sys_rename, sys_link, sys_unlink,
    sys_mkdir, sys_readdir, sys_stat, sys_inode_of, sys_try_lock;
/* sys-fork.c */
sys_entry sys_fork, sys_release;
/* sys-finish.c */
sys_entry sys_finish;
/* sys-group.c */
sys_entry sys_kill_group, sys_group_members;
/* sys-netns.c */
sys_entry sys_is_own_netns, sys_link_names, sys_remove_link, sys_default_routes, sys_change_default_routes;
/* sys-socket.c */
sys_entry sys_connect, sys_send, sys_receive_line;

#endif
