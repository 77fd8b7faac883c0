/* The process itself: environment, clocks, checksum, end. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int process_argc;
char **process_argv;

/* Bytes that are not UTF-8 become U+FFFD; the first of two variables of one name wins, as in getenv. */
JSValue sys_environ(JSContext *ctx, JSValueConst *argv)
{
  (void)argv;
  JSValue object = JS_NewObject(ctx);
  for (char **entry = environ; entry && *entry; entry++) {
    const char *equals = strchr(*entry, '=');
    if (!equals) continue;
    JSAtom name = JS_NewAtomLen(ctx, *entry, (size_t)(equals - *entry));
    /* Its own ones only: a variable may be called like a method that every object inherits. */
    int known = JS_GetOwnProperty(ctx, NULL, object, name);
    JSValue value = string_lossy(ctx, equals + 1, strlen(equals + 1));
    if (known > 0) JS_FreeValue(ctx, value);
    else JS_DefinePropertyValue(ctx, object, name, value, JS_PROP_C_W_E);
    JS_FreeAtom(ctx, name);
  }
  return object;
}

JSValue sys_pid(JSContext *ctx, JSValueConst *argv)
{
  (void)argv;
  return JS_NewInt32(ctx, getpid());
}

JSValue sys_wall_ms(JSContext *ctx, JSValueConst *argv)
{
  (void)argv;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return JS_NewInt64(ctx, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

JSValue sys_monotonic_ms(JSContext *ctx, JSValueConst *argv)
{
  (void)argv;
  return JS_NewFloat64(ctx, monotonic_ms());
}

JSValue sys_sleep_ms(JSContext *ctx, JSValueConst *argv)
{
  double ms;
  if (JS_ToFloat64(ctx, &ms, argv[0])) return JS_EXCEPTION;
  if (!(ms > 0)) return JS_UNDEFINED;
  struct timespec left = {.tv_sec = (time_t)(ms / 1e3)};
  left.tv_nsec = (long)((ms - (double)left.tv_sec * 1e3) * 1e6);
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) continue;
  return JS_UNDEFINED;
}

static uint32_t crc_of(const char *at, size_t size)
{
  static uint32_t table[256];
  if (table[1] == 0) {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t row = i;
      for (int bit = 0; bit < 8; bit++) row = (row >> 1) ^ (row & 1 ? UINT32_C(0xEDB88320) : 0);
      table[i] = row;
    }
  }
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < size; i++) crc = (crc >> 8) ^ table[(crc ^ (uint8_t)at[i]) & 0xFF];
  return ~crc;
}

JSValue sys_crc32(JSContext *ctx, JSValueConst *argv)
{
  struct text text;
  if (!text_from(ctx, argv[0], &text)) return JS_EXCEPTION;
  uint32_t crc = crc_of(text.at, text.size);
  text_free(ctx, &text);
  return JS_NewUint32(ctx, crc);
}

JSValue sys_argv(JSContext *ctx, JSValueConst *argv)
{
  (void)argv;
  JSValue array = JS_NewArray(ctx);
  for (int i = 0; i < process_argc; i++) {
    JSValue text = string_lossy(ctx, process_argv[i], strlen(process_argv[i]));
    JS_DefinePropertyValueUint32(ctx, array, (uint32_t)i, text, JS_PROP_C_W_E);
  }
  return array;
}

/* At once: nothing of ours is buffered, and tearing the engine down would only take time. */
JSValue sys_exit(JSContext *ctx, JSValueConst *argv)
{
  int32_t code;
  if (JS_ToInt32(ctx, &code, argv[0])) return JS_EXCEPTION;
  _exit(code);
}
