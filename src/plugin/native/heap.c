/*
 * Memory of the script engine. The process lives for milliseconds and a quarter of its instructions went into glibc's
 * malloc, which is made for threads, for decades and for memory given back. This one gives nothing back: small blocks
 * come from chunks and return to the free list of their size.
 */
#define _GNU_SOURCE
#include "heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Before each block stands its size. Blocks are aligned to 16 bytes as malloc's are, so sizes are 24, 40, 56 and so on;
 * what is larger than the largest of them comes from malloc.
 */
enum { STEP = 16, CLASSES = 64, HEAD = sizeof(size_t), LARGEST = HEAD + CLASSES * STEP };
_Static_assert(HEAD == 8, "the sizes assume it");

/* The kernel gives a chunk's pages at once: that costs a fraction of a fault for each. */
enum { CHUNK = 128 * 1024 };

struct free_block {
  struct free_block *next;
};
static struct free_block *free_blocks[CLASSES];
static char *fresh;
static size_t fresh_size;

static size_t size_of(const void *block)
{
  return *(const size_t *)((const char *)block - HEAD);
}

static void set_size(void *block, size_t size)
{
  *(size_t *)((char *)block - HEAD) = size;
}

/* The class of a block of `size` bytes, above 0: class c has HEAD + (c + 1) * STEP. */
static size_t class_of(size_t size)
{
  return size <= HEAD + STEP ? 0 : (size - HEAD - 1) / STEP;
}

/* What was left of the last chunk is lost; it is less than the largest block. */
static bool add_chunk(void)
{
  void *chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (chunk == MAP_FAILED) return false;
  fresh = chunk;
  fresh_size = CHUNK;
  return true;
}

static void *take_small(size_t class)
{
  struct free_block *block = free_blocks[class];
  if (block) {
    free_blocks[class] = block->next;
    return block;
  }
  size_t size = HEAD + (class + 1) * STEP;
  if (fresh_size < size + 2 * HEAD && !add_chunk()) return NULL;
  /* The first head of a chunk stands at 8, so that the block after it is aligned; so does each that follows. */
  char *at = fresh + 2 * HEAD;
  set_size(at, size);
  fresh += size + HEAD;
  fresh_size -= size + HEAD;
  return at;
}

/* The same, from malloc: a multiple of 16 bytes before the block keeps it aligned. */
static void *take_large(void *old, size_t size)
{
  char *at = realloc(old ? (char *)old - 2 * HEAD : NULL, size + 2 * HEAD);
  if (!at) return NULL;
  at += 2 * HEAD;
  set_size(at, size);
  return at;
}

static void *take(size_t size)
{
  return size <= LARGEST ? take_small(class_of(size)) : take_large(NULL, size);
}

static void give_back(void *block)
{
  size_t size = size_of(block);
  if (size > LARGEST) {
    free((char *)block - 2 * HEAD);
    return;
  }
  struct free_block *freed = block;
  freed->next = free_blocks[class_of(size)];
  free_blocks[class_of(size)] = freed;
}

static void *heap_malloc(JSMallocState *state, size_t size)
{
  if (state->malloc_size + size > state->malloc_limit) return NULL;
  void *block = take(size);
  if (!block) return NULL;
  state->malloc_count++;
  state->malloc_size += size_of(block) + HEAD;
  return block;
}

static void heap_free(JSMallocState *state, void *block)
{
  if (!block) return;
  state->malloc_count--;
  state->malloc_size -= size_of(block) + HEAD;
  give_back(block);
}

static void *move(void *block, size_t size)
{
  size_t old = size_of(block);
  if (old > LARGEST && size > LARGEST) return take_large(block, size);
  void *moved = take(size);
  if (!moved) return NULL;
  memcpy(moved, block, old < size ? old : size);
  give_back(block);
  return moved;
}

static void *heap_realloc(JSMallocState *state, void *block, size_t size)
{
  if (!block) return size == 0 ? NULL : heap_malloc(state, size);
  if (size == 0) {
    heap_free(state, block);
    return NULL;
  }
  size_t old = size_of(block);
  if (old <= LARGEST && size <= old && class_of(size) == class_of(old)) return block;
  if (state->malloc_size + size - old > state->malloc_limit) return NULL;
  void *moved = move(block, size);
  if (moved) state->malloc_size += size_of(moved) - old;
  return moved;
}

static size_t heap_usable_size(const void *block)
{
  return block ? size_of(block) : 0;
}

const JSMallocFunctions heap_functions = {heap_malloc, heap_free, heap_realloc, heap_usable_size};
