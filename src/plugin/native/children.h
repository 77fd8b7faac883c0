/* The children that are not reaped yet, shared by sys-fork.c and sys-finish.c. */
#ifndef WEFT_CHILDREN_H
#define WEFT_CHILDREN_H

#include <sys/types.h>

#include "sys.h"

/* The pipes between us and a child: it waits at GATE, execve's errno comes through STATUS. */
enum { GATE, STATUS, IN, OUT, ERR, PIPES };

/* After SIGKILL only a process stuck inside the kernel does not end; we do not hang with it. */
#define KILL_WAIT_MS 2000

struct child {
  /* 0: this place is free. */
  pid_t pid;
  /* Our ends of the pipes; -1 where closed. */
  int fds[PIPES];
  /* For messages. */
  char *program;
};

/* A free place; NULL if all are taken. Its number is the handle that scripts get. */
struct child *child_place(void);
int child_handle(const struct child *child);
/* The child of a handle; NULL with an exception pending. */
struct child *child_from(JSContext *ctx, JSValueConst handle);
/* Kills and reaps a child, then as child_forget. */
void child_abandon(struct child *child);
/* Closes and frees what belongs to a child that has ended, and its place. */
void child_forget(struct child *child);
/* Closes what is open and marks it so. */
void close_end(int *fd);

#endif
