/*
 * A child that shares our memory and has a stack of its own. fork(2) would copy the page tables, a third of a
 * millisecond, and make each of our later writes a page fault. Unlike after vfork(2) we go on at once.
 *
 * Its rules: it makes raw system calls only, allocates nothing, and touches nothing but what it was given. What it was
 * given stays as it is until the child has run another program or was reaped. Descriptors, signal handlers, namespaces
 * and working directory are copies, as after fork.
 */
#ifndef WEFT_LIGHT_CHILD_H
#define WEFT_LIGHT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "raw-syscall.h"

/* No signal handler ever runs on it, so a few frames are all it holds. */
struct light_stack {
  _Alignas(16) char bytes[8192];
};

/* Runs `work(argument)` in a child, which ends when that returns: its id, or -1 and errno. */
pid_t light_fork(int work(void *), struct light_stack *stack, void *argument);
/* Memory, all zero, in which such a child leaves something for us; never given back. NULL and errno. */
void *light_memory(size_t size);
/*
 * First thing in the child: it dies with `parent`. False: the parent is gone already or there is no such dying, and the
 * child must end.
 */
bool light_dies_with(pid_t parent);

#endif
