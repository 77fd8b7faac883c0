/*
 * A child is forked, waits at a gate, and runs its program only when `release` opens it: its process group can be
 * written down before anything happens.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "children.h"

/* The child's environment, ending in NULL; NULL with an exception pending. */
static char **environment_from(JSContext *ctx, JSValueConst array)
{
  JSValue length = JS_GetPropertyStr(ctx, array, "length");
  uint32_t count;
  int failed = JS_ToUint32(ctx, &count, length);
  JS_FreeValue(ctx, length);
  if (failed) return NULL;
  char **entries = calloc((size_t)count + 1, sizeof *entries);
  if (!entries) JS_ThrowOutOfMemory(ctx);
  for (uint32_t i = 0; entries && i < count; i++) {
    struct text text;
    JSValue value = JS_GetPropertyUint32(ctx, array, i);
    bool ok = path_from(ctx, value, &text);
    JS_FreeValue(ctx, value);
    if (ok) {
      entries[i] = strdup(text.at);
      text_free(ctx, &text);
      if (!entries[i]) JS_ThrowOutOfMemory(ctx);
    }
    if (!ok || !entries[i]) {
      for (uint32_t j = 0; j < i; j++) free(entries[j]);
      free(entries);
      return NULL;
    }
  }
  return entries;
}

static bool read_side_is_ours(int pipe)
{
  return pipe == STATUS || pipe == OUT || pipe == ERR;
}

/* Opens all pipes: `ours` and `theirs` are the ends. 0 or errno, nothing left open then. */
static int open_pipes(int ours[PIPES], int theirs[PIPES])
{
  for (int i = 0; i < PIPES; i++) ours[i] = theirs[i] = -1;
  for (int i = 0; i < PIPES; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) {
      int error = errno;
      for (int j = 0; j < i; j++) {
        close_end(&ours[j]);
        close_end(&theirs[j]);
      }
      return error;
    }
    ours[i] = ends[read_side_is_ours(i) ? 0 : 1];
    theirs[i] = ends[read_side_is_ours(i) ? 1 : 0];
  }
  for (int i = IN; i <= ERR; i++) fcntl(ours[i], F_SETFL, O_NONBLOCK);
  return 0;
}

/* What the child does; its rules are those of light-child.h. */
static int run_program(void *argument)
{
  const struct launch *launch = argument;
  /* Its copy of our end would keep the gate from ending. The other ends go with exec, and nobody waits for those. */
  raw_syscall(SYS_close, launch->gate_end, 0, 0, 0, 0);
  raw_syscall(SYS_setpgid, 0, 0, 0, 0, 0);
  if (!light_dies_with(launch->parent)) return 127;
  /* An ignored SIGPIPE would survive exec, and so would the mask; delegates get what every program expects. */
  static const char usual[64];
  raw_syscall(SYS_rt_sigaction, SIGPIPE, (long)usual, 0, 8, 0);
  raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)usual, 0, 8, 0);
  for (int i = IN; i <= ERR; i++) {
    if (raw_syscall(SYS_dup3, launch->theirs[i], i - IN, 0, 0, 0) < 0) return 127;
  }
  char go;
  long got;
  do got = raw_syscall(SYS_read, launch->theirs[GATE], (long)&go, 1, 0, 0);
  while (got == -EINTR);
  if (got != 1) return 127;
  char *argv[] = {launch->program, NULL};
  int error = (int)-raw_syscall(SYS_execve, (long)launch->program, (long)argv, (long)launch->environment, 0, 0);
  raw_syscall(SYS_write, launch->theirs[STATUS], (long)&error, sizeof error, 0, 0);
  return 127;
}

/* The clock that the kernel stamps processes with, in the ticks of /proc. */
static long long boot_ticks(void)
{
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  long per_second = sysconf(_SC_CLK_TCK);
  return (long long)now.tv_sec * per_second + now.tv_nsec / (1000000000 / per_second);
}

/* 0 and a child that waits at its gate, or errno; `child->launch` has program and environment. */
static int start(struct child *child, char ticks[static 24])
{
  struct launch *launch = &child->launch;
  int error = open_pipes(child->fds, launch->theirs);
  if (error) return error;
  launch->parent = getpid();
  launch->gate_end = child->fds[GATE];
  long long before = boot_ticks();
  pid_t pid = light_fork(run_program, &child->stack, launch);
  error = pid < 0 ? errno : 0;
  long long after = boot_ticks();
  for (int i = 0; i < PIPES; i++) close(launch->theirs[i]);
  if (error) return error;
  /* Here too: whoever is first, the group exists before anybody kills it. */
  setpgid(pid, pid);
  child->pid = pid;
  sys_fault("fork:forked");
  /* Reading /proc costs as much as the clone, and is needed only if a tick ended meanwhile. */
  if (before == after) snprintf(ticks, 24, "%lld", after);
  else if (!start_ticks(pid, ticks)) return ESRCH;
  return 0;
}

static JSValue child_object(JSContext *ctx, const struct child *child, const char *ticks)
{
  JSValue object = JS_NewObject(ctx);
  bool ok = set(ctx, object, "handle", JS_NewInt32(ctx, child_handle(child))) &&
            set(ctx, object, "pid", JS_NewInt32(ctx, child->pid)) &&
            set(ctx, object, "startTicks", JS_NewString(ctx, ticks));
  if (ok) return object;
  JS_FreeValue(ctx, object);
  return JS_EXCEPTION;
}

static JSValue fork_into(JSContext *ctx, struct child *child)
{
  char ticks[24];
  int error = start(child, ticks);
  if (!error) return child_object(ctx, child, ticks);
  JSValue thrown = sys_throw(ctx, error, child->launch.program);
  if (child->pid > 0) child_abandon(child);
  else child_forget(child, true);
  return thrown;
}

/* fork(program, environment as NAME=VALUE) */
JSValue sys_fork(JSContext *ctx, JSValueConst *argv)
{
  struct text program;
  if (!path_from(ctx, argv[0], &program)) return JS_EXCEPTION;
  char **environment = environment_from(ctx, argv[1]);
  struct child *child = environment ? child_place() : NULL;
  JSValue result = JS_EXCEPTION;
  if (environment && !child) {
    environment_free(environment);
    result = sys_throw(ctx, EAGAIN, program.at);
  }
  if (child) {
    child->launch = (struct launch){.program = strdup(program.at), .environment = environment};
    result = child->launch.program ? fork_into(ctx, child) : JS_ThrowOutOfMemory(ctx);
  }
  text_free(ctx, &program);
  return result;
}

JSValue sys_release(JSContext *ctx, JSValueConst *argv)
{
  struct child *child = child_from(ctx, argv[0]);
  if (!child) return JS_EXCEPTION;
  /* EPIPE: it was killed while it waited. finish() tells how. */
  (void)!write(child->fds[GATE], "", 1);
  close_end(&child->fds[GATE]);
  int error = 0;
  ssize_t got;
  do got = read(child->fds[STATUS], &error, sizeof error);
  while (got < 0 && errno == EINTR);
  close_end(&child->fds[STATUS]);
  sys_fault("release:executed");
  /* The end of the stream: exec closed it, when our memory was no longer the child's. Or it was killed. */
  if (got != sizeof error) {
    child->launch.over = true;
    return JS_UNDEFINED;
  }
  JSValue thrown = sys_throw(ctx, error, child->launch.program);
  child_abandon(child);
  return thrown;
}
