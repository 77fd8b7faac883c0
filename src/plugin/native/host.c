/*
 * The program around the compiled bundle: an engine with only what the bundle needs. There is no compiler, no module
 * loader, no std and no os in here, so a script that got in could neither be run nor reach the system.
 */
#define _GNU_SOURCE
#include "heap.h"
#include "last-words.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Made by qjsc. */
extern const uint8_t weft_bundle[];
extern const uint32_t weft_bundle_size;

enum { MIB = 1024 * 1024, JSON_DEPTH = 512 };

/*
 * A descriptor 0 to 2 that is closed would be given to the next file, and output would land in it. What is opened for
 * standard input cannot be read: there is no configuration, which is not the same as an empty one (CNI-030).
 */
static void open_standard_streams(void)
{
  for (int fd = 0; fd <= 2; fd++) {
    if (fcntl(fd, F_GETFD) < 0) (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDWR);
  }
}

/* Half of what the kernel allows is for scripts, the rest for the C below them. */
static size_t script_stack(void)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > 8 * MIB) return 4 * MIB;
  return limit.rlim_cur / 2;
}

static bool too_deep(const char *at, size_t size)
{
  int depth = 0;
  bool quoted = false;
  for (const char *end = at + size; at < end; at++) {
    if (*at == '"') quoted = !quoted;
    else if (quoted) at += *at == '\\';
    else if (*at == '{' || *at == '[') depth++;
    else if (*at == '}' || *at == ']') depth--;
    if (depth > JSON_DEPTH) return true;
  }
  return false;
}

/* The engine's JSON.parse recurses without looking at the stack: 1 MB of "[" would end the process by a signal. */
static JSValue parse_json(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
  (void)this_value;
  if (argc > 1 && !JS_IsUndefined(argv[1])) return JS_ThrowTypeError(ctx, "JSON.parse: no reviver in this engine");
  size_t size;
  const char *text = JS_ToCStringLen(ctx, &size, argv[0]);
  if (!text) return JS_EXCEPTION;
  JSValue value = too_deep(text, size) ? JS_ThrowSyntaxError(ctx, "nested more than %d deep", JSON_DEPTH)
                                       : JS_ParseJSON(ctx, text, size, "<json>");
  JS_FreeCString(ctx, text);
  return value;
}

static bool guard_json(JSContext *ctx)
{
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue json = JS_GetPropertyStr(ctx, global, "JSON");
  bool ok = set(ctx, json, "parse", JS_NewCFunction(ctx, parse_json, "parse", 2));
  JS_FreeValue(ctx, json);
  JS_FreeValue(ctx, global);
  return ok;
}

/*
 * Left out: Eval (no compiler gets linked), StringNormalize, Proxy, TypedArrays, WeakRef. Promise stays because the
 * evaluation of a module is one.
 */
static JSContext *new_context(JSRuntime *runtime)
{
  JSContext *ctx = JS_NewContextRaw(runtime);
  if (!ctx) return NULL;
  JS_AddIntrinsicBaseObjects(ctx);
  JS_AddIntrinsicDate(ctx);
  JS_AddIntrinsicRegExp(ctx);
  JS_AddIntrinsicJSON(ctx);
  JS_AddIntrinsicMapSet(ctx);
  JS_AddIntrinsicPromise(ctx);
  return guard_json(ctx) && sys_add_module(ctx) == 0 ? ctx : NULL;
}

/* The bundle catches its own errors; what arrives here is a defect or the end of memory. */
static int complain(JSContext *ctx, JSValueConst error)
{
  const char *text = ctx && !JS_IsNull(error) ? JS_ToCString(ctx, error) : NULL;
  last_words(text ? text : ctx ? "the script engine is out of memory" : "the script engine does not start");
  return 70;
}

static int run(JSRuntime *runtime, JSContext *ctx)
{
  JSValue bundle = JS_ReadObject(ctx, weft_bundle, weft_bundle_size, JS_READ_OBJ_BYTECODE);
  if (JS_IsException(bundle) || JS_ResolveModule(ctx, bundle) < 0) return complain(ctx, JS_GetException(ctx));
  JSValue evaluated = JS_EvalFunction(ctx, bundle);
  if (JS_IsException(evaluated)) return complain(ctx, JS_GetException(ctx));
  JSContext *of_job;
  while (JS_ExecutePendingJob(runtime, &of_job) > 0) continue;
  return JS_PromiseState(ctx, evaluated) == JS_PROMISE_FULFILLED ? 0 : complain(ctx, JS_PromiseResult(ctx, evaluated));
}

int main(int argc, char **argv)
{
  process_argc = argc;
  process_argv = argv;
  open_standard_streams();
  last_words_init();
  if (process_init()) return complain(NULL, JS_UNDEFINED);
  JSRuntime *runtime = JS_NewRuntime2(&heap_functions, NULL);
  if (!runtime) return complain(NULL, JS_UNDEFINED);
  JS_SetMaxStackSize(runtime, script_stack());
  JS_SetMemoryLimit(runtime, (size_t)256 * MIB);
  /* Most calls end before a collection would have paid. */
  JS_SetGCThreshold(runtime, (size_t)16 * MIB);
  JSContext *ctx = new_context(runtime);
  if (!ctx) return complain(NULL, JS_UNDEFINED);
  /* At once: the kernel frees memory faster than we. */
  _exit(run(runtime, ctx));
}
