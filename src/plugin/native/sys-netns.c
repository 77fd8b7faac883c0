/*
 * Questions to another network namespace. A child enters it: this process never stands in a foreign namespace, not even
 * for an instant in which it could be killed or fork a delegate. Links are asked for in each ADD, by a light child;
 * routes, seldom and with more to do, by a forked one that answers through a pipe.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int netns_work(const char *input, struct bytes *answer);

JSValue sys_is_own_netns(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  struct stat theirs;
  struct stat ours;
  if (!path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  JSValue result = JS_FALSE;
  if (stat("/proc/self/ns/net", &ours)) result = sys_throw(ctx, errno, "/proc/self/ns/net");
  else if (stat(path.at, &theirs) == 0) {
    result = JS_NewBool(ctx, theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino);
  } else if (errno != ENOENT && errno != ENOTDIR) result = sys_throw(ctx, errno, path.at);
  text_free(ctx, &path);
  return result;
}

/* The answer is the error as an int, then the bytes. */
_Noreturn static void work_inside(int netns, int out, netns_work *work, const char *input)
{
  struct bytes answer = {0};
  int error = setns(netns, CLONE_NEWNET) ? errno : work(input, &answer);
  if (write_all(out, (const char *)&error, sizeof error) == 0) write_all(out, answer.at, answer.size);
  _exit(0);
}

/* Reads the child's answer to its end: 0 or errno, ETIMEDOUT. */
static int receive(int fd, double deadline, struct bytes *answer)
{
  for (;;) {
    int error = await_fd(fd, POLLIN, deadline);
    if (error) return error;
    if (!bytes_reserve(answer, 16384)) return ENOMEM;
    ssize_t got = read(fd, answer->at + answer->size, answer->room - answer->size);
    if (got == 0) return 0;
    if (got > 0) answer->size += (size_t)got;
    else if (errno != EINTR) return errno;
  }
}

static int ask(int netns, netns_work *work, const char *input, double deadline, struct bytes *answer)
{
  int ends[2];
  if (remaining_ms(deadline) == 0) return ETIMEDOUT;
  if (pipe2(ends, O_CLOEXEC)) return errno;
  int parent = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    child_init(parent);
    close(ends[0]);
    work_inside(netns, ends[1], work, input);
  }
  int error = pid < 0 ? errno : 0;
  close(ends[1]);
  if (!error) {
    sys_fault("netns:forked");
    error = receive(ends[0], deadline, answer);
    int status;
    if (error) kill(pid, SIGKILL);
    reap_until(pid, monotonic_ms() + 2000, &status);
  }
  close(ends[0]);
  return error;
}

/* Runs `work` in there: the answer after its leading int, which is taken off. 0 or errno. */
static int in_netns(int netns, netns_work *work, const char *input, double deadline, struct bytes *answer)
{
  int error = ask(netns, work, input, deadline, answer);
  if (error) return error;
  /* Killed from outside before it could answer. */
  if (answer->size < sizeof error) return EIO;
  memcpy(&error, answer->at, sizeof error);
  answer->size -= sizeof error;
  memmove(answer->at, answer->at + sizeof error, answer->size);
  return error;
}

/* `work` NULL: the names of the links. */
static JSValue answer_of(JSContext *ctx, JSValueConst netns, JSValueConst deadline, netns_work *work, const char *input)
{
  struct text path;
  struct bytes answer = {0};
  double until;
  if (JS_ToFloat64(ctx, &until, deadline) || !path_from(ctx, netns, &path)) return JS_EXCEPTION;
  int fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = errno;
  if (fd >= 0) {
    error = work ? in_netns(fd, work, input, until, &answer) : netns_links(fd, until, &answer);
    close(fd);
  }
  JSValue result = error ? sys_throw(ctx, error, path.at) : string_lossy(ctx, answer.at, answer.size);
  bytes_free(&answer);
  text_free(ctx, &path);
  return result;
}

JSValue sys_link_names(JSContext *ctx, JSValueConst *argv)
{
  return answer_of(ctx, argv[0], argv[1], NULL, NULL);
}

/* removeLink(netns, name, deadline) */
JSValue sys_remove_link(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  struct text name;
  double until;
  if (JS_ToFloat64(ctx, &until, argv[2]) || !path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  if (!path_from(ctx, argv[1], &name)) {
    text_free(ctx, &path);
    return JS_EXCEPTION;
  }
  int fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = fd < 0 ? errno : netns_remove_link(fd, name.at, until);
  if (fd >= 0) close(fd);
  JSValue result = error ? sys_throw(ctx, error, path.at) : JS_UNDEFINED;
  text_free(ctx, &name);
  text_free(ctx, &path);
  return result;
}

JSValue sys_default_routes(JSContext *ctx, JSValueConst *argv)
{
  return answer_of(ctx, argv[0], argv[1], netns_routes, NULL);
}

/* changeDefaultRoutes(netns, changes as lines, deadline) */
JSValue sys_change_default_routes(JSContext *ctx, JSValueConst *argv)
{
  struct text changes;
  if (!path_from(ctx, argv[1], &changes)) return JS_EXCEPTION;
  JSValue result = answer_of(ctx, argv[0], argv[2], netns_change_routes, changes.at);
  text_free(ctx, &changes);
  return result;
}
