/* Follows a running child to its end: feeds it, collects what it prints, kills its group when time or room is up. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "children.h"

enum { CHUNK = 65536 };

enum end { EXITED, TIMEOUT, OVERFLOW };

struct run {
  struct child *child;
  struct text in;
  size_t fed;
  struct bytes out;
  struct bytes err;
  size_t out_limit;
  size_t err_limit;
  double deadline;
  double grace_ms;
  bool exited;
  int status;
  bool err_cut;
  /* There is no memory for its output: as if it were too much. */
  bool no_room;
};

static void feed(struct run *run)
{
  int *fd = &run->child->fds[IN];
  if (run->fed < run->in.size) {
    ssize_t wrote = write(*fd, run->in.at + run->fed, run->in.size - run->fed);
    if (wrote > 0) run->fed += (size_t)wrote;
    /* Whoever does not want to read its input need not (CNI-255). */
    else if (errno != EAGAIN && errno != EINTR) run->fed = run->in.size;
  }
  if (run->fed < run->in.size) return;
  close_end(fd);
  sys_fault("finish:fed");
}

/*
 * Reads once. 1: got something, 0: nothing there now or the end (then it is closed), or -1: no memory. By way of one
 * buffer for all reads: answers are short, and the pages of a buffer for each would have to be made anew.
 */
static int pump(int *fd, struct bytes *bytes)
{
  static char chunk[CHUNK];
  ssize_t got = read(*fd, chunk, sizeof chunk);
  if (got > 0) return bytes_append(bytes, chunk, (size_t)got) ? 1 : -1;
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) close_end(fd);
  return 0;
}

/* Keeps the last `err_limit` bytes, moving them only when twice as much has come. */
static void keep_tail(struct run *run, size_t threshold)
{
  struct bytes *err = &run->err;
  if (err->size <= threshold || err->size <= run->err_limit) return;
  memmove(err->at, err->at + err->size - run->err_limit, run->err_limit);
  err->size = run->err_limit;
  run->err_cut = true;
}

static int pump_out(struct run *run)
{
  int got = pump(&run->child->fds[OUT], &run->out);
  if (got < 0) run->no_room = true;
  return got;
}

static int pump_err(struct run *run)
{
  int got = pump(&run->child->fds[ERR], &run->err);
  keep_tail(run, run->err_limit + CHUNK);
  return got;
}

static void await_events(struct run *run, double until)
{
  enum { WATCHED = 3 };
  static const int pipes[WATCHED] = {IN, OUT, ERR};
  struct pollfd fds[WATCHED];
  for (int i = 0; i < WATCHED; i++) {
    /* poll skips what is negative. */
    fds[i] = (struct pollfd){.fd = run->child->fds[pipes[i]], .events = pipes[i] == IN ? POLLOUT : POLLIN};
  }
  int left = remaining_ms(until);
  struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = (long)(left % 1000) * 1000000};
  sigset_t none;
  sigemptyset(&none);
  if (ppoll(fds, WATCHED, &timeout, &none) <= 0) return;
  if (fds[0].revents) feed(run);
  if (fds[1].revents) pump_out(run);
  if (fds[2].revents) pump_err(run);
}

/* Until the child has ended and both streams have, or until time or room is up. */
static enum end follow(struct run *run)
{
  int *fds = run->child->fds;
  double until = run->deadline;
  for (;;) {
    if (run->out.size > run->out_limit || run->no_room) return OVERFLOW;
    if (!run->exited && reap_until(run->child->pid, 0, &run->status)) {
      run->exited = true;
      close_end(&fds[IN]);
      /* A daemonised grandchild may keep the pipes open for ever (CNI-264). */
      until = fmin(run->deadline, monotonic_ms() + run->grace_ms);
    }
    if (run->exited && fds[OUT] < 0 && fds[ERR] < 0) return EXITED;
    if (remaining_ms(until) == 0) return run->exited ? EXITED : TIMEOUT;
    await_events(run, until);
  }
}

/* What still lies in the pipes; bounded, for a grandchild that floods them. */
static void drain(struct run *run)
{
  for (int i = 0; i < 16 && run->child->fds[OUT] >= 0 && pump_out(run) > 0; i++) continue;
  for (int i = 0; i < 16 && run->child->fds[ERR] >= 0 && pump_err(run) > 0; i++) continue;
}

static void kill_and_reap(struct run *run)
{
  kill(-run->child->pid, SIGKILL);
  if (!run->exited) run->exited = reap_until(run->child->pid, monotonic_ms() + KILL_WAIT_MS, &run->status);
}

static JSValue end_object(JSContext *ctx, struct run *run, enum end end)
{
  bool signalled = end == EXITED && WIFSIGNALED(run->status);
  const char *how = end == TIMEOUT ? "timeout" : end == OVERFLOW ? "overflow" : signalled ? "signal" : "exit";
  int value = end != EXITED ? SIGKILL : signalled ? WTERMSIG(run->status) : WEXITSTATUS(run->status);
  size_t out = run->out.size < run->out_limit ? run->out.size : run->out_limit;
  keep_tail(run, run->err_limit);
  size_t skip = 0;
  /* A tail may begin inside a character. */
  while (run->err_cut && skip < 3 && skip < run->err.size && ((uint8_t)run->err.at[skip] & 0xC0) == 0x80) skip++;
  JSValue object = JS_NewObject(ctx);
  bool ok = set(ctx, object, "how", JS_NewString(ctx, how)) && set(ctx, object, "value", JS_NewInt32(ctx, value)) &&
            set(ctx, object, "stdout", string_lossy(ctx, run->out.at, out)) &&
            set(ctx, object, "stderr", string_lossy(ctx, run->err.at + skip, run->err.size - skip));
  if (ok) return object;
  JS_FreeValue(ctx, object);
  return JS_EXCEPTION;
}

static bool number_of(JSContext *ctx, JSValueConst object, const char *name, double *number)
{
  JSValue value = JS_GetPropertyStr(ctx, object, name);
  int failed = JS_IsException(value) || JS_ToFloat64(ctx, number, value);
  JS_FreeValue(ctx, value);
  return !failed;
}

/* finish(handle, stdin, limits) */
JSValue sys_finish(JSContext *ctx, JSValueConst *argv)
{
  struct run run = {.child = child_from(ctx, argv[0])};
  double out_limit;
  double err_limit;
  if (!run.child) return JS_EXCEPTION;
  if (!number_of(ctx, argv[2], "deadline", &run.deadline) || !number_of(ctx, argv[2], "graceMs", &run.grace_ms) ||
      !number_of(ctx, argv[2], "stdoutBytes", &out_limit) || !number_of(ctx, argv[2], "stderrBytes", &err_limit) ||
      !text_from(ctx, argv[1], &run.in)) {
    child_abandon(run.child);
    return JS_EXCEPTION;
  }
  run.out_limit = (size_t)out_limit;
  run.err_limit = (size_t)err_limit;
  enum end end = follow(&run);
  if (end != EXITED) kill_and_reap(&run);
  sys_fault("finish:reaped");
  drain(&run);
  if (end == EXITED && (run.out.size > run.out_limit || run.no_room)) end = OVERFLOW;
  child_forget(run.child, run.exited);
  JSValue result = end_object(ctx, &run, end);
  text_free(ctx, &run.in);
  bytes_free(&run.out);
  bytes_free(&run.err);
  return result;
}
