/* Process groups of delegates, also those that an earlier, killed call left behind: what /proc knows about them. */
#define _GNU_SOURCE
#include "sys.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process_stat {
  char state;
  int group;
  char start_ticks[24];
};

static bool read_proc(int pid, const char *file, size_t limit, struct bytes *bytes)
{
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  int error = read_all(fd, limit, NO_DEADLINE, bytes);
  close(fd);
  return error == 0 && bytes_append(bytes, "", 1);
}

/* The fields come after the command's name, which may hold anything, also spaces and parentheses. */
static bool parse_stat(const char *text, struct process_stat *stat)
{
  const char *fields = strrchr(text, ')');
  return fields && sscanf(fields + 1,
                          " %c %*s %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %23s",
                          &stat->state, &stat->group, stat->start_ticks) == 3;
}

static bool stat_of(int pid, struct process_stat *stat)
{
  struct bytes bytes = {0};
  bool ok = read_proc(pid, "stat", 4096, &bytes) && parse_stat(bytes.at, stat);
  bytes_free(&bytes);
  return ok;
}

bool start_ticks(int pid, char text[static 24])
{
  struct process_stat stat;
  if (!stat_of(pid, &stat)) return false;
  memcpy(text, stat.start_ticks, sizeof stat.start_ticks);
  return true;
}

static bool carries(int pid, const char *variable)
{
  struct bytes bytes = {0};
  bool found = false;
  if (read_proc(pid, "environ", (size_t)4 << 20, &bytes)) {
    for (const char *at = bytes.at, *end = at + bytes.size; at < end && !found; at += strlen(at) + 1) {
      found = strcmp(at, variable) == 0;
    }
  }
  bytes_free(&bytes);
  return found;
}

/* 0 and 1 and negative numbers mean something else to kill(2); our own group is never a delegate's. */
static bool is_group(int group)
{
  return group > 1 && group != getpgrp();
}

JSValue sys_kill_group(JSContext *ctx, JSValueConst *argv)
{
  int32_t group;
  if (JS_ToInt32(ctx, &group, argv[0])) return JS_EXCEPTION;
  int error = !is_group(group) ? EINVAL : kill(-group, SIGKILL) ? errno : 0;
  if (!error || error == ESRCH) return JS_UNDEFINED;
  char subject[32];
  snprintf(subject, sizeof subject, "group %d", group);
  return sys_throw(ctx, error, subject);
}

struct search {
  int group;
  const char *start_ticks;
  const char *variable;
  bool ours;
  uint32_t count;
};

static void look_at(JSContext *ctx, int pid, struct search *search, JSValueConst members)
{
  struct process_stat stat;
  if (!stat_of(pid, &stat) || stat.group != search->group) return;
  /* A zombie still proves whose group it is: its number cannot be given away before it is reaped. */
  if (pid == search->group && strcmp(stat.start_ticks, search->start_ticks) == 0) search->ours = true;
  if (stat.state == 'Z' || stat.state == 'X') return;
  if (!search->ours && carries(pid, search->variable)) search->ours = true;
  JS_DefinePropertyValueUint32(ctx, members, search->count++, JS_NewInt32(ctx, pid), JS_PROP_C_W_E);
}

static JSValue members_of(JSContext *ctx, struct search *search)
{
  JSValue members = JS_NewArray(ctx);
  DIR *proc = opendir("/proc");
  if (!proc) {
    JS_FreeValue(ctx, members);
    return sys_throw(ctx, errno, "/proc");
  }
  for (const struct dirent *entry; (entry = readdir(proc));) {
    if (isdigit((unsigned char)entry->d_name[0])) look_at(ctx, atoi(entry->d_name), search, members);
  }
  closedir(proc);
  if (search->ours) return members;
  JS_FreeValue(ctx, members);
  return JS_NewArray(ctx);
}

/* groupMembers(pgid, startTicks, containerId) */
JSValue sys_group_members(JSContext *ctx, JSValueConst *argv)
{
  int32_t group;
  struct text ticks;
  struct text id;
  if (JS_ToInt32(ctx, &group, argv[0])) return JS_EXCEPTION;
  /* One call tells the usual case, in which all of it has ended long ago. */
  if (!is_group(group) || (kill(-group, 0) && errno == ESRCH)) return JS_NewArray(ctx);
  if (!text_from(ctx, argv[1], &ticks)) return JS_EXCEPTION;
  JSValue result = JS_EXCEPTION;
  char *variable = NULL;
  if (text_from(ctx, argv[2], &id)) {
    if (asprintf(&variable, "CNI_CONTAINERID=%s", id.at) < 0) variable = NULL;
    text_free(ctx, &id);
    struct search search = {.group = group, .start_ticks = ticks.at, .variable = variable};
    result = variable ? members_of(ctx, &search) : JS_ThrowOutOfMemory(ctx);
  }
  free(variable);
  text_free(ctx, &ticks);
  return result;
}
