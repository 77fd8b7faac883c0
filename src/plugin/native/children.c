/*
 * Children and their end. We learn of it from SIGCHLD, which is blocked except while we wait in ppoll: that works on
 * every kernel and misses none.
 */
#define _GNU_SOURCE
#include "children.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 8 };
static struct child children[CHILDREN];

static void wake(int signal)
{
  (void)signal;
}

int process_init(void)
{
  sigset_t block;
  sigemptyset(&block);
  sigaddset(&block, SIGCHLD);
  struct sigaction waking = {.sa_handler = wake};
  struct sigaction ignoring = {.sa_handler = SIG_IGN};
  /* An ignored SIGCHLD, which a parent may hand down, would reap children behind our back. */
  if (sigprocmask(SIG_BLOCK, &block, NULL) || sigaction(SIGCHLD, &waking, NULL)) return errno;
  return sigaction(SIGPIPE, &ignoring, NULL) ? errno : 0;
}

void child_init(int parent)
{
  /* An ignored SIGPIPE would survive exec, and so would the mask; delegates get what every program expects. */
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigaction(SIGPIPE, &usual, NULL);
  sigaction(SIGCHLD, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) _exit(127);
  /* Too late for the signal if the parent went before it was asked for. */
  if (getppid() != parent) _exit(127);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

bool reap_until(int pid, double deadline, int *status)
{
  for (;;) {
    pid_t got = waitpid(pid, status, WNOHANG);
    if (got == pid) return true;
    if (got < 0 && errno != EINTR) {
      *status = 0;
      return true;
    }
    int left = remaining_ms(deadline);
    if (left == 0) return false;
    struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = (long)(left % 1000) * 1000000};
    sigset_t none;
    sigemptyset(&none);
    ppoll(NULL, 0, &timeout, &none);
  }
}

struct child *child_place(void)
{
  for (int i = 0; i < CHILDREN; i++) {
    if (!children[i].pid) return &children[i];
  }
  return NULL;
}

int child_handle(const struct child *child)
{
  return (int)(child - children);
}

struct child *child_from(JSContext *ctx, JSValueConst value)
{
  int32_t handle;
  if (JS_ToInt32(ctx, &handle, value)) return NULL;
  if (handle >= 0 && handle < CHILDREN && children[handle].pid) return &children[handle];
  sys_throw(ctx, EBADF, "child");
  return NULL;
}

void close_end(int *fd)
{
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

void child_abandon(struct child *child)
{
  int status;
  kill(-child->pid, SIGKILL);
  kill(child->pid, SIGKILL);
  child_forget(child, reap_until(child->pid, monotonic_ms() + KILL_WAIT_MS, &status));
}

void child_forget(struct child *child, bool ended)
{
  for (int i = 0; i < PIPES; i++) close_end(&child->fds[i]);
  if (!ended && !child->launch.over) return;
  free(child->launch.program);
  environment_free(child->launch.environment);
  child->launch = (struct launch){0};
  child->pid = 0;
}

void environment_free(char **entries)
{
  for (char **entry = entries; *entry; entry++) free(*entry);
  free(entries);
}
