/* Files. Every call that changes something is one system call, so that a crash can be placed around it. */
#define _GNU_SOURCE
#include "last-words.h"
#include "sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int write_all(int fd, const char *at, size_t size)
{
  while (size > 0) {
    ssize_t wrote = write(fd, at, size);
    if (wrote >= 0) {
      at += wrote;
      size -= (size_t)wrote;
    } else if (errno == EAGAIN) {
      /* Standard output may be somebody's non-blocking pipe (CNI-494). */
      int error = await_fd(fd, POLLOUT, NO_DEADLINE);
      if (error) return error;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int read_all(int fd, size_t limit, double deadline, struct bytes *bytes)
{
  for (;;) {
    if (deadline < NO_DEADLINE) {
      int late = await_fd(fd, POLLIN, deadline);
      if (late) return late;
    }
    /* One byte more than allowed tells a full file from one that is too big. */
    size_t want = limit + 1 - bytes->size;
    /* What is read is short, mostly; for what is not the buffer doubles. */
    if (!bytes_reserve(bytes, want < 4096 ? want : 4096)) return ENOMEM;
    size_t room = bytes->room - bytes->size;
    ssize_t got = read(fd, bytes->at + bytes->size, room < want ? room : want);
    if (got == 0) return 0;
    if (got > 0) {
      bytes->size += (size_t)got;
      if (bytes->size > limit) return EFBIG;
    } else if (errno == EAGAIN) {
      int error = await_fd(fd, POLLIN, NO_DEADLINE);
      if (error) return error;
    } else if (errno != EINTR) {
      return errno;
    }
  }
}

static JSValue text_of(JSContext *ctx, int fd, JSValueConst limit, double deadline, const char *subject)
{
  int64_t most;
  if (JS_ToInt64(ctx, &most, limit)) return JS_EXCEPTION;
  if (most < 0) return sys_throw(ctx, EINVAL, subject);
  struct bytes bytes = {0};
  int error = read_all(fd, (size_t)most, deadline, &bytes);
  JSValue text = error ? sys_throw(ctx, error, subject) : string_strict(ctx, bytes.at, bytes.size, subject);
  bytes_free(&bytes);
  return text;
}

JSValue sys_read_text(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  if (!path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  /* Non-blocking, so that a pipe put in a file's place cannot hold us. */
  int fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  JSValue text = fd < 0 ? sys_throw(ctx, errno, path.at) : text_of(ctx, fd, argv[1], NO_DEADLINE, path.at);
  if (fd >= 0) close(fd);
  text_free(ctx, &path);
  return text;
}

JSValue sys_read_stdin(JSContext *ctx, JSValueConst *argv)
{
  double deadline;
  if (JS_ToFloat64(ctx, &deadline, argv[1])) return JS_EXCEPTION;
  return text_of(ctx, STDIN_FILENO, argv[0], deadline, "standard input");
}

static int flags_of(const char *mode)
{
  if (strcmp(mode, "replace") == 0) return O_WRONLY | O_CREAT | O_TRUNC;
  if (strcmp(mode, "append") == 0) return O_WRONLY | O_CREAT | O_APPEND;
  if (strcmp(mode, "lock") == 0) return O_RDWR | O_CREAT;
  if (strcmp(mode, "directory") == 0) return O_RDONLY | O_DIRECTORY;
  return -1;
}

JSValue sys_open(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  struct text mode;
  if (!path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  if (!text_from(ctx, argv[1], &mode)) {
    text_free(ctx, &path);
    return JS_EXCEPTION;
  }
  int flags = flags_of(mode.at);
  errno = EINVAL;
  int fd = flags < 0 ? -1 : open(path.at, flags | O_CLOEXEC | O_NOCTTY, 0600);
  JSValue result = fd < 0 ? sys_throw(ctx, errno, path.at) : JS_NewInt32(ctx, fd);
  text_free(ctx, &mode);
  text_free(ctx, &path);
  return result;
}

/* For the calls that take only a descriptor: their subject is its number. */
static JSValue ended(JSContext *ctx, int error, int fd)
{
  if (!error) return JS_UNDEFINED;
  char subject[24];
  snprintf(subject, sizeof subject, "fd %d", fd);
  return sys_throw(ctx, error, subject);
}

JSValue sys_write(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  struct text text;
  if (JS_ToInt32(ctx, &fd, argv[0]) || !text_from(ctx, argv[1], &text)) return JS_EXCEPTION;
  if (fd == STDOUT_FILENO) stdout_begun = true;
  int error = write_all(fd, text.at, text.size);
  text_free(ctx, &text);
  return ended(ctx, error, fd);
}

JSValue sys_fsync(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
  return ended(ctx, fsync(fd) ? errno : 0, fd);
}

JSValue sys_close(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
  socket_forget(fd);
  /* Linux closes it also when it says EINTR. */
  return ended(ctx, close(fd) && errno != EINTR ? errno : 0, fd);
}

/* A call on one or two paths. */
static JSValue on_paths(JSContext *ctx, JSValueConst *argv, int count, int call(const char *, const char *))
{
  struct text paths[2] = {{0}};
  if (!path_from(ctx, argv[0], &paths[0])) return JS_EXCEPTION;
  if (count == 2 && !path_from(ctx, argv[1], &paths[1])) {
    text_free(ctx, &paths[0]);
    return JS_EXCEPTION;
  }
  /* The subject is what was to come into being. */
  const char *subject = paths[count - 1].at;
  JSValue result = call(paths[0].at, paths[1].at) ? sys_throw(ctx, errno, subject) : JS_UNDEFINED;
  text_free(ctx, &paths[0]);
  text_free(ctx, &paths[1]);
  return result;
}

static int unlink_first(const char *path, const char *unused)
{
  (void)unused;
  return unlink(path);
}

JSValue sys_rename(JSContext *ctx, JSValueConst *argv)
{
  return on_paths(ctx, argv, 2, rename);
}

JSValue sys_link(JSContext *ctx, JSValueConst *argv)
{
  return on_paths(ctx, argv, 2, link);
}

JSValue sys_unlink(JSContext *ctx, JSValueConst *argv)
{
  return on_paths(ctx, argv, 1, unlink_first);
}

JSValue sys_mkdir(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  int32_t mode;
  if (JS_ToInt32(ctx, &mode, argv[1]) || !path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  JSValue result = mkdir(path.at, (mode_t)mode) ? sys_throw(ctx, errno, path.at) : JS_UNDEFINED;
  text_free(ctx, &path);
  return result;
}

static int list(JSContext *ctx, DIR *directory, JSValueConst names)
{
  for (uint32_t i = 0;;) {
    errno = 0;
    const struct dirent *entry = readdir(directory);
    if (!entry) return errno;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    JSValue name = string_lossy(ctx, entry->d_name, strlen(entry->d_name));
    if (JS_DefinePropertyValueUint32(ctx, names, i++, name, JS_PROP_C_W_E) < 0) return ENOMEM;
  }
}

JSValue sys_readdir(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  if (!path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  JSValue names = JS_NewArray(ctx);
  DIR *directory = opendir(path.at);
  int error = directory ? list(ctx, directory, names) : errno;
  if (directory) closedir(directory);
  if (error) {
    JS_FreeValue(ctx, names);
    names = sys_throw(ctx, error, path.at);
  }
  text_free(ctx, &path);
  return names;
}

static JSValue file_stat(JSContext *ctx, const struct stat *found)
{
  const char *kind = S_ISREG(found->st_mode) ? "file" : S_ISDIR(found->st_mode) ? "directory" : "other";
  double modified = (double)found->st_mtim.tv_sec * 1e3 + (double)(found->st_mtim.tv_nsec / 1000000);
  JSValue stat = JS_NewObject(ctx);
  bool ok = set(ctx, stat, "ino", JS_NewInt64(ctx, (int64_t)found->st_ino)) &&
            set(ctx, stat, "kind", JS_NewString(ctx, kind)) &&
            set(ctx, stat, "size", JS_NewInt64(ctx, found->st_size)) &&
            set(ctx, stat, "mtimeMs", JS_NewFloat64(ctx, modified));
  if (ok) return stat;
  JS_FreeValue(ctx, stat);
  return JS_EXCEPTION;
}

JSValue sys_stat(JSContext *ctx, JSValueConst *argv)
{
  struct text path;
  struct stat found;
  if (!path_from(ctx, argv[0], &path)) return JS_EXCEPTION;
  JSValue result = JS_UNDEFINED;
  if (stat(path.at, &found) == 0) result = file_stat(ctx, &found);
  else if (errno != ENOENT && errno != ENOTDIR) result = sys_throw(ctx, errno, path.at);
  text_free(ctx, &path);
  return result;
}

JSValue sys_inode_of(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  struct stat found;
  if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
  if (fstat(fd, &found)) return ended(ctx, errno, fd);
  return JS_NewInt64(ctx, (int64_t)found.st_ino);
}

JSValue sys_try_lock(JSContext *ctx, JSValueConst *argv)
{
  int32_t fd;
  struct text kind;
  if (JS_ToInt32(ctx, &fd, argv[0]) || !text_from(ctx, argv[1], &kind)) return JS_EXCEPTION;
  int how = strcmp(kind.at, "shared") == 0 ? LOCK_SH : LOCK_EX;
  text_free(ctx, &kind);
  if (flock(fd, how | LOCK_NB) == 0) return JS_TRUE;
  return errno == EWOULDBLOCK ? JS_FALSE : ended(ctx, errno, fd);
}
