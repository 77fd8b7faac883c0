#define _GNU_SOURCE
#include "light-child.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* valgrind refuses a clone of this kind; for measuring with it, a usual fork does the same more slowly. */
#ifdef WEFT_PLAIN_FORK
enum { OURS_AND_THEIRS = MAP_SHARED };

pid_t light_fork(int work(void *), struct light_stack *stack, void *argument)
{
  (void)stack;
  pid_t pid = fork();
  if (pid == 0) _exit(work(argument));
  return pid;
}
#else
enum { OURS_AND_THEIRS = MAP_PRIVATE };

pid_t light_fork(int work(void *), struct light_stack *stack, void *argument)
{
  return clone(work, stack + 1, CLONE_VM | SIGCHLD, argument);
}
#endif

void *light_memory(size_t size)
{
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, OURS_AND_THEIRS | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

bool light_dies_with(pid_t parent)
{
  if (raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)) return false;
  /* Too late for the signal if the parent went before it was asked for. */
  return raw_syscall(SYS_getppid, 0, 0, 0, 0, 0) == parent;
}
