/* Unix stream sockets that carry lines, each call with a deadline. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What has come in on a socket and is not taken yet. One is in use at a time, two are room enough. */
struct inbox {
  int fd;
  bool open;
  struct bytes bytes;
  size_t taken;
  /* Up to here there is no line feed. */
  size_t searched;
};
enum { INBOXES = 4 };
static struct inbox inboxes[INBOXES];

static struct inbox *inbox_of(int fd)
{
  for (int i = 0; i < INBOXES; i++) {
    if (inboxes[i].open && inboxes[i].fd == fd) return &inboxes[i];
  }
  for (int i = 0; i < INBOXES; i++) {
    if (inboxes[i].open) continue;
    inboxes[i] = (struct inbox){.fd = fd, .open = true};
    return &inboxes[i];
  }
  return NULL;
}

void socket_forget(int fd)
{
  for (int i = 0; i < INBOXES; i++) {
    if (!inboxes[i].open || inboxes[i].fd != fd) continue;
    bytes_free(&inboxes[i].bytes);
    inboxes[i] = (struct inbox){0};
  }
}

/* Only root or our own user may tell us what to do. */
static int check_peer(int fd)
{
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size)) return errno;
  return peer.uid == 0 || peer.uid == geteuid() ? 0 : EPERM;
}

/*
 * A full backlog makes a non-blocking connect on a unix socket fail at once, and poll would not tell when there is
 * room again. So it blocks, bounded by the send timeout.
 */
static int connect_until(int fd, const char *path, double deadline)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int left = remaining_ms(deadline);
  /* A timeout of 0 would mean none. */
  if (left == 0) return ETIMEDOUT;
  struct timeval timeout = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout)) return errno;
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) return errno == EAGAIN ? ETIMEDOUT : errno;
  if (fcntl(fd, F_SETFL, O_NONBLOCK)) return errno;
  return check_peer(fd);
}

JSValue sys_connect(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  double deadline;
  if (JS_ToFloat64(ctx, &deadline, argv[1]) || !path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error = fd < 0 ? errno : connect_until(fd, path.at, deadline);
  if (error && fd >= 0) close(fd);
  JSValue result = error ? sys_throw(ctx, error, path.at) : JS_NewInt32(ctx, fd);
  text_free(ctx, &path);
  return result;
}

static int send_all(int fd, const char *at, size_t size, double deadline)
{
  while (size > 0) {
    ssize_t sent = send(fd, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      at += sent;
      size -= (size_t)sent;
    } else if (errno == EAGAIN) {
      int error = await_fd(fd, POLLOUT, deadline);
      if (error) return error;
    } else if (errno != EINTR) {
      /* The peer is gone, whichever way the kernel says it. */
      return errno == ECONNRESET ? EPIPE : errno;
    }
  }
  return 0;
}

JSValue sys_send(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  double deadline;
  struct text text;
  if (JS_ToInt32(ctx, &fd, argv[0]) || JS_ToFloat64(ctx, &deadline, argv[2]) || !text_from(ctx, argv[1], &text)) {
    return JS_EXCEPTION;
  }
  int error = send_all(fd, text.at, text.size, deadline);
  text_free(ctx, &text);
  return error ? sys_throw(ctx, error, "socket") : JS_UNDEFINED;
}

/* Reads what is there. 0, errno, or -1 at the end of the stream. */
static int fill(struct inbox *inbox, double deadline)
{
  int error = await_fd(inbox->fd, POLLIN, deadline);
  if (error) return error;
  if (!bytes_reserve(&inbox->bytes, 65536)) return ENOMEM;
  ssize_t got = recv(inbox->fd, inbox->bytes.at + inbox->bytes.size, inbox->bytes.room - inbox->bytes.size,
                     MSG_DONTWAIT);
  if (got > 0) inbox->bytes.size += (size_t)got;
  /* A peer that dies with something of ours unread resets the connection: that is its end as well. */
  if (got == 0 || (got < 0 && errno == ECONNRESET)) return -1;
  return got < 0 && errno != EAGAIN && errno != EINTR ? errno : 0;
}

/* Forgets the lines taken so far, so that the buffer does not grow with the conversation. */
static void compact(struct inbox *inbox)
{
  if (inbox->taken == 0) return;
  inbox->bytes.size -= inbox->taken;
  memmove(inbox->bytes.at, inbox->bytes.at + inbox->taken, inbox->bytes.size);
  inbox->searched -= inbox->taken;
  inbox->taken = 0;
}

/* The length of the line that begins at `taken`; 0 while it is not whole. Line feed included, so it is never 0. */
static size_t whole_line(struct inbox *inbox)
{
  const char *from = inbox->bytes.at + inbox->searched;
  const char *feed = inbox->bytes.at ? memchr(from, '\n', inbox->bytes.size - inbox->searched) : NULL;
  if (!feed) {
    inbox->searched = inbox->bytes.size;
    return 0;
  }
  inbox->searched = (size_t)(feed - inbox->bytes.at) + 1;
  return inbox->searched - inbox->taken;
}

/* A line without its line feed that is cut by the end of the stream is none: undefined, as at the end. */
JSValue sys_receive_line(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  int64_t limit;
  double deadline;
  if (JS_ToInt32(ctx, &fd, argv[0]) || JS_ToInt64(ctx, &limit, argv[1]) || JS_ToFloat64(ctx, &deadline, argv[2])) {
    return JS_EXCEPTION;
  }
  struct inbox *inbox = inbox_of(fd);
  if (!inbox || limit < 1) return sys_throw(ctx, inbox ? EINVAL : EMFILE, "socket");
  compact(inbox);
  size_t length;
  while ((length = whole_line(inbox)) == 0) {
    if (inbox->bytes.size >= (size_t)limit) return sys_throw(ctx, EFBIG, "socket");
    int error = fill(inbox, deadline);
    if (error < 0) return JS_UNDEFINED;
    if (error) return sys_throw(ctx, error, "socket");
  }
  if (length > (size_t)limit) return sys_throw(ctx, EFBIG, "socket");
  inbox->taken += length;
  return string_strict(ctx, inbox->bytes.at + inbox->taken - length, length - 1, "socket");
}
