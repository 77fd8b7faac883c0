/* The module `weft_sys`: one object `native` with the entries, and the errors they throw. */
#define _GNU_SOURCE
#include "sys.h"

#include <stdio.h>
#include <string.h>

#ifdef WEFT_FAULTS
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#endif

struct entry {
  const char *name;
  sys_entry *run;
  uint8_t arguments;
  /* Only looks: a crash before or after it differs in nothing from one at its neighbours. */
  bool pure;
};

static const struct entry entries[] = {
    {"environ", sys_environ, 0, true},
    {"pid", sys_pid, 0, true},
    {"wallMs", sys_wall_ms, 0, true},
    {"monotonicMs", sys_monotonic_ms, 0, true},
    {"sleepMs", sys_sleep_ms, 1, true},
    {"crc32", sys_crc32, 1, true},
    {"argv", sys_argv, 0, true},
    {"exit", sys_exit, 1, false},
    {"readText", sys_read_text, 2, false},
    {"readStdin", sys_read_stdin, 2, false},
    {"open", sys_open, 2, false},
    {"write", sys_write, 2, false},
    {"fsync", sys_fsync, 1, false},
    {"close", sys_close, 1, false},
    {"rename", sys_rename, 2, false},
    {"link", sys_link, 2, false},
    {"unlink", sys_unlink, 1, false},
    {"mkdir", sys_mkdir, 2, false},
    {"readdir", sys_readdir, 1, false},
    {"stat", sys_stat, 1, false},
    {"inodeOf", sys_inode_of, 1, false},
    {"tryLock", sys_try_lock, 2, false},
    {"fork", sys_fork, 2, false},
    {"release", sys_release, 1, false},
    {"finish", sys_finish, 3, false},
    {"killGroup", sys_kill_group, 1, false},
    {"groupMembers", sys_group_members, 3, false},
    {"isOwnNetns", sys_is_own_netns, 1, false},
    {"linkNames", sys_link_names, 2, false},
    {"removeLink", sys_remove_link, 3, false},
    {"defaultRoutes", sys_default_routes, 2, false},
    {"changeDefaultRoutes", sys_change_default_routes, 3, false},
    {"connect", sys_connect, 2, false},
    {"send", sys_send, 3, false},
    {"receiveLine", sys_receive_line, 3, false},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* The method being run, for the error it may throw. Entries do not nest. */
static const char *current = "start";

/* The class SysError, handed over by sys-quickjs.ts. Lives until the process ends. */
static JSValue error_class;
static bool has_error_class;

JSValue sys_throw(JSContext *ctx, int error, const char *subject)
{
  const char *name = strerrorname_np(error);
  if (!name) name = "EIO";
  if (!has_error_class) return JS_ThrowInternalError(ctx, "%s %s: %s", current, subject, name);
  JSValue arguments[] = {JS_NewString(ctx, name), JS_NewString(ctx, current),
                         string_lossy(ctx, subject, strlen(subject))};
  JSValue thrown = JS_CallConstructor(ctx, error_class, 3, arguments);
  for (int i = 0; i < 3; i++) JS_FreeValue(ctx, arguments[i]);
  return JS_IsException(thrown) ? thrown : JS_Throw(ctx, thrown);
}

#ifdef WEFT_FAULTS
/*
 * Points are numbered from 1 in the order in which they are passed. WEFT_FAULT_LOG names a file that gets a line
 * "number point" for each; at number WEFT_FAULT_AT the process kills itself, after WEFT_FAULT_LINGER milliseconds in
 * which a child that runs already may get somewhere.
 */
void sys_fault(const char *point)
{
  static int number;
  number++;
  const char *log = getenv("WEFT_FAULT_LOG");
  if (log) {
    char line[128];
    int size = snprintf(line, sizeof line, "%d %s\n", number, point);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)size) != size) abort();
    close(fd);
  }
  const char *at = getenv("WEFT_FAULT_AT");
  if (!at || atoi(at) != number) return;
  const char *linger = getenv("WEFT_FAULT_LINGER");
  if (linger) usleep((useconds_t)atoi(linger) * 1000);
  raise(SIGKILL);
}

static void fault_around(const struct entry *entry, const char *phase)
{
  char point[64];
  snprintf(point, sizeof point, "%s:%s", entry->name, phase);
  if (!entry->pure) sys_fault(point);
}
#else
#define fault_around(entry, phase) ((void)0)
#endif

static JSValue enter(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int magic)
{
  (void)this_value;
  const struct entry *entry = &entries[magic];
  if (argc < entry->arguments) return JS_ThrowTypeError(ctx, "%s: too few arguments", entry->name);
  current = entry->name;
  fault_around(entry, "before");
  JSValue result = entry->run(ctx, argv);
  fault_around(entry, "after");
  return result;
}

/* useErrorClass(SysError): from now on failures are thrown as that. */
static JSValue use_error_class(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
  (void)this_value;
  (void)argc;
  if (!JS_IsConstructor(ctx, argv[0])) return JS_ThrowTypeError(ctx, "useErrorClass: not a class");
  if (has_error_class) JS_FreeValue(ctx, error_class);
  error_class = JS_DupValue(ctx, argv[0]);
  has_error_class = true;
  return JS_UNDEFINED;
}

static int fill_module(JSContext *ctx, JSModuleDef *module)
{
  JSValue native = JS_NewObject(ctx);
  if (JS_IsException(native)) return -1;
  bool ok = set(ctx, native, "useErrorClass", JS_NewCFunction(ctx, use_error_class, "useErrorClass", 1));
  for (int i = 0; ok && i < ENTRIES; i++) {
    const struct entry *entry = &entries[i];
    ok = set(ctx, native, entry->name,
             JS_NewCFunctionMagic(ctx, enter, entry->name, entry->arguments, JS_CFUNC_generic_magic, i));
  }
  if (!ok) {
    JS_FreeValue(ctx, native);
    return -1;
  }
  return JS_SetModuleExport(ctx, module, "native", native);
}

int sys_add_module(JSContext *ctx)
{
  JSModuleDef *module = JS_NewCModule(ctx, "weft_sys", fill_module);
  return module ? JS_AddModuleExport(ctx, module, "native") : -1;
}
