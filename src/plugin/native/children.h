/* The children that are not reaped yet, shared by sys-fork.c and sys-finish.c. */
#ifndef WEFT_CHILDREN_H
#define WEFT_CHILDREN_H

#include <sys/types.h>

#include "light-child.h"
#include "sys.h"

/* The pipes between us and a child: it waits at GATE, execve's errno comes through STATUS. */
enum { GATE, STATUS, IN, OUT, ERR, PIPES };

/* After SIGKILL only a process stuck inside the kernel does not end; we do not hang with it. */
#define KILL_WAIT_MS 2000

/* What a child uses of our memory until it has run its program. */
struct launch {
  char *program;
  /* Ends in NULL; it and its entries are ours to free. */
  char **environment;
  pid_t parent;
  /* Its ends of the pipes, and its copy of our end of the gate. */
  int theirs[PIPES];
  int gate_end;
  /* It uses none of this any more. */
  bool over;
};

struct child {
  /* 0: this place is free. */
  pid_t pid;
  /* Our ends of the pipes; -1 where closed. */
  int fds[PIPES];
  struct launch launch;
  struct light_stack stack;
};

/* A free place; NULL if all are taken. Its number is the handle that scripts get. */
struct child *child_place(void);
int child_handle(const struct child *child);
/* The child of a handle; NULL with an exception pending. */
struct child *child_from(JSContext *ctx, JSValueConst handle);
/* Kills and reaps a child, then as child_forget. */
void child_abandon(struct child *child);
/*
 * Closes and frees what belongs to a child, and its place. If it has not `ended`, for it is stuck in the kernel, what it
 * may still use of our memory stays, and so does the place.
 */
void child_forget(struct child *child, bool ended);
void environment_free(char **entries);
/* Closes what is open and marks it so. */
void close_end(int *fd);

#endif
