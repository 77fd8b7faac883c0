/*
 * A child is forked, waits at a gate, and runs its program only when `release` opens it: its process group can be
 * written down before anything happens.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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

static void environment_free(char **entries)
{
  for (char **entry = entries; *entry; entry++) free(*entry);
  free(entries);
}

static bool read_side_is_ours(int pipe)
{
  return pipe == STATUS || pipe == OUT || pipe == ERR;
}

/* Opens all pipes: `ours` and `theirs` are the ends. 0 or errno, nothing left open then. */
static int open_pipes(int ours[PIPES], int theirs[PIPES])
{
  for (int i = 0; i < PIPES; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) {
      int error = errno;
      for (int j = 0; j < i; j++) {
        close(ours[j]);
        close(theirs[j]);
      }
      return error;
    }
    ours[i] = ends[read_side_is_ours(i) ? 0 : 1];
    theirs[i] = ends[read_side_is_ours(i) ? 1 : 0];
  }
  for (int i = IN; i <= ERR; i++) fcntl(ours[i], F_SETFL, O_NONBLOCK);
  return 0;
}

/* What the forked child does. Its own copies of our ends must go first: they would keep the gate from ending. */
_Noreturn static void run_program(int parent, const int ours[PIPES], const int theirs[PIPES], char *program,
                                  char **environment)
{
  for (int i = 0; i < PIPES; i++) close(ours[i]);
  setpgid(0, 0);
  child_init(parent);
  if (dup2(theirs[IN], 0) < 0 || dup2(theirs[OUT], 1) < 0 || dup2(theirs[ERR], 2) < 0) _exit(127);
  char go;
  ssize_t got;
  do got = read(theirs[GATE], &go, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1) _exit(127);
  execve(program, (char *[]){program, NULL}, environment);
  int error = errno;
  (void)!write(theirs[STATUS], &error, sizeof error);
  _exit(127);
}

/* 0 and a filled `child`, or errno. */
static int start(struct child *child, char *program, char **environment)
{
  int theirs[PIPES];
  child->program = strdup(program);
  int error = child->program ? open_pipes(child->fds, theirs) : ENOMEM;
  if (error) {
    free(child->program);
    child->program = NULL;
    return error;
  }
  int parent = getpid();
  pid_t pid = fork();
  if (pid == 0) run_program(parent, child->fds, theirs, program, environment);
  error = pid < 0 ? errno : 0;
  for (int i = 0; i < PIPES; i++) close(theirs[i]);
  if (error) {
    child_forget(child);
    return error;
  }
  /* Here too: whoever is first, the group exists before anybody kills it. */
  setpgid(pid, pid);
  child->pid = pid;
  sys_fault("fork:forked");
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

/* fork(program, environment as NAME=VALUE) */
JSValue sys_fork(JSContext *ctx, JSValueConst *argv)
{
  struct text program;
  if (!path_from(ctx, argv[0], &program)) return JS_EXCEPTION;
  char **environment = environment_from(ctx, argv[1]);
  struct child *child = child_place();
  JSValue result = JS_EXCEPTION;
  if (environment) {
    int error = child ? start(child, (char *)program.at, environment) : EAGAIN;
    char ticks[24];
    if (!error && !start_ticks(child->pid, ticks)) {
      error = ESRCH;
      child_abandon(child);
    }
    result = error ? sys_throw(ctx, error, program.at) : child_object(ctx, child, ticks);
    environment_free(environment);
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
  /* The end of the stream: exec closed it. */
  if (got != sizeof error) return JS_UNDEFINED;
  JSValue thrown = sys_throw(ctx, error, child->program);
  child_abandon(child);
  return thrown;
}
