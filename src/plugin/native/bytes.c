/* Buffers, and texts between the engine and the kernel: strict UTF-8 in both directions. */
#include "sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool bytes_reserve(struct bytes *bytes, size_t more)
{
  if (more <= bytes->room - bytes->size) return true;
  size_t room = bytes->room < 8192 ? 8192 : bytes->room * 2;
  if (room < bytes->size + more) room = bytes->size + more;
  char *at = realloc(bytes->at, room);
  if (!at) return false;
  bytes->at = at;
  bytes->room = room;
  return true;
}

bool bytes_append(struct bytes *bytes, const void *data, size_t size)
{
  if (!bytes_reserve(bytes, size)) return false;
  if (size > 0) memcpy(bytes->at + bytes->size, data, size);
  bytes->size += size;
  return true;
}

void bytes_free(struct bytes *bytes)
{
  free(bytes->at);
  *bytes = (struct bytes){0};
}

static size_t ascii_prefix(const char *at, size_t size)
{
  size_t i = 0;
  for (uint64_t word; i + sizeof word <= size; i += sizeof word) {
    memcpy(&word, at + i, sizeof word);
    if (word & UINT64_C(0x8080808080808080)) break;
  }
  while (i < size && !(at[i] & 0x80)) i++;
  return i;
}

/*
 * Length of the well-formed sequence at `at`, or minus the length of the ill-formed bytes that become one U+FFFD
 * (Unicode 3.9, "maximal subpart", which is also what Node's decoders do). `size` is above 0.
 */
static int utf8_step(const uint8_t *at, size_t size)
{
  uint8_t lead = at[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return -1;
  int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (int i = 1; i < length; i++, low = 0x80, high = 0xBF) {
    if ((size_t)i >= size || at[i] < low || at[i] > high) return -i;
  }
  return length;
}

static size_t utf8_prefix(const char *at, size_t size)
{
  size_t i = 0;
  while (i < size) {
    i += ascii_prefix(at + i, size - i);
    if (i == size) break;
    int step = utf8_step((const uint8_t *)at + i, size - i);
    if (step < 0) break;
    i += (size_t)step;
  }
  return i;
}

static const char replacement[] = "\xEF\xBF\xBD";

/* The engine writes a lone surrogate as three bytes, ED A0..BF 80..BF; U+FFFD has three as well. */
static const char *first_surrogate(const char *at, size_t size)
{
  const char *end = at + size;
  while ((at = memchr(at, 0xED, (size_t)(end - at)))) {
    if (end - at >= 3 && (uint8_t)at[1] >= 0xA0) return at;
    at++;
  }
  return NULL;
}

static bool replace_surrogates(JSContext *ctx, struct text *text)
{
  if (!first_surrogate(text->at, text->size)) return true;
  text->copy = malloc(text->size + 1);
  if (!text->copy) {
    JS_ThrowOutOfMemory(ctx);
    return false;
  }
  memcpy(text->copy, text->at, text->size + 1);
  char *end = text->copy + text->size;
  for (char *at = text->copy; (at = (char *)first_surrogate(at, (size_t)(end - at))); at += 3) {
    memcpy(at, replacement, 3);
  }
  text->at = text->copy;
  return true;
}

bool text_from(JSContext *ctx, JSValueConst value, struct text *text)
{
  *text = (struct text){0};
  text->borrowed = JS_ToCStringLen(ctx, &text->size, value);
  if (!text->borrowed) return false;
  text->at = text->borrowed;
  if (replace_surrogates(ctx, text)) return true;
  text_free(ctx, text);
  return false;
}

bool path_from(JSContext *ctx, JSValueConst value, struct text *text)
{
  if (!text_from(ctx, value, text)) return false;
  if (!memchr(text->at, 0, text->size)) return true;
  sys_throw(ctx, EINVAL, text->at);
  text_free(ctx, text);
  return false;
}

void text_free(JSContext *ctx, struct text *text)
{
  if (text->borrowed) JS_FreeCString(ctx, text->borrowed);
  free(text->copy);
  *text = (struct text){0};
}

JSValue string_strict(JSContext *ctx, const char *at, size_t size, const char *subject)
{
  if (utf8_prefix(at, size) != size) return sys_throw(ctx, EILSEQ, subject);
  return JS_NewStringLen(ctx, at, size);
}

JSValue string_lossy(JSContext *ctx, const char *at, size_t size)
{
  struct bytes mended = {0};
  size_t good = utf8_prefix(at, size);
  if (good == size) return JS_NewStringLen(ctx, at, size);
  bool ok = true;
  for (size_t i = 0; ok && i < size; i += good) {
    good = utf8_prefix(at + i, size - i);
    ok = bytes_append(&mended, at + i, good);
    if (!ok || i + good == size) break;
    good += (size_t)-utf8_step((const uint8_t *)at + i + good, size - i - good);
    ok = bytes_append(&mended, replacement, 3);
  }
  JSValue string = ok ? JS_NewStringLen(ctx, mended.at, mended.size) : JS_ThrowOutOfMemory(ctx);
  bytes_free(&mended);
  return string;
}

bool set(JSContext *ctx, JSValueConst object, const char *name, JSValue value)
{
  return !JS_IsException(value) && JS_DefinePropertyValueStr(ctx, object, name, value, JS_PROP_C_W_E) >= 0;
}
