/* What is said here needs no engine and no memory but the stack, because it is their failure that it tells of. */
#define _GNU_SOURCE
#include "last-words.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw-syscall.h"

bool stdout_begun;

/* The process whose end is told. A child of ours inherits the handler, not the duty. */
static pid_t speaker;

/* Code and reason are those of `Internal` (src/errors/reason.ts). */
#define HEAD "{\"cniVersion\":\"1.0.0\",\"code\":999,\"msg\":\"weft ended before its work was done: "
#define TAIL "; report this\",\"details\":\"reason=Internal\"}\n"

enum { LINE = 300, CAUSE = 160 };

/* At most CAUSE characters that need no escape in JSON; returns where they end. */
static char *append_plain(char *at, const char *text)
{
  for (int i = 0; i < CAUSE && text[i]; i++) {
    char c = text[i];
    *at++ = c == '"' ? '\'' : c < ' ' || c > '~' || c == '\\' ? ' ' : c;
  }
  return at;
}

void last_words(const char *cause)
{
  char line[LINE];
  char *end = append_plain(stpcpy(line, "weft: "), cause);
  *end++ = '\n';
  (void)!write(STDERR_FILENO, line, (size_t)(end - line));
  if (speaker == 0 || stdout_begun) return;
  stdout_begun = true;
  end = stpcpy(append_plain(stpcpy(line, HEAD), cause), TAIL);
  (void)!write(STDOUT_FILENO, line, (size_t)(end - line));
}

static const struct crash {
  int signal;
  const char *name;
} crashes[] = {{SIGSEGV, "it broke off with SIGSEGV"}, {SIGBUS, "it broke off with SIGBUS"},
               {SIGILL, "it broke off with SIGILL"},   {SIGFPE, "it broke off with SIGFPE"},
               {SIGABRT, "it broke off with SIGABRT"}};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };

/* Raw calls until it is clear whose crash this is: a light child's errno is ours. */
static void crashed(int signal)
{
  if (raw_syscall(SYS_getpid, 0, 0, 0, 0, 0) != speaker) raw_syscall(SYS_exit_group, 127, 0, 0, 0, 0);
  for (int i = 0; i < CRASHES; i++) {
    if (crashes[i].signal == signal) last_words(crashes[i].name);
  }
  _exit(70);
}

void last_words_init(void)
{
  const char *verb = getenv("CNI_COMMAND");
  if (!verb || !*verb) return;
  speaker = getpid();
  /* The usual one may be what has run over. */
  static char stack[16 * 1024];
  const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_RESETHAND};
  if (sigaltstack(&own, NULL)) action.sa_flags = SA_RESETHAND;
  for (int i = 0; i < CRASHES; i++) sigaction(crashes[i].signal, &action, NULL);
}
