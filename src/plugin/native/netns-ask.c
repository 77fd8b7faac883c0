/*
 * A light child enters the namespace, asks and leaves the answers in our memory; we wait for its end, not for the
 * kernel's answer, because that may take long: a dump waits inside send(2), deaf to signals, while anybody holds the
 * kernel's lock on links.
 */
#define _GNU_SOURCE
#include "netns-ask.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "light-child.h"

/* Address space; only what is written takes memory. A link is about 1.5 KB, so this is the answer of ten thousand. */
enum { ANSWERS = 16 * 1024 * 1024, DATAGRAM = 65536 };

/* What the child has of us. */
struct question {
  int netns;
  pid_t parent;
  struct request request;
  /* EIO until it knows better: it may be killed. */
  int error;
  size_t size;
  struct light_stack stack;
  _Alignas(NLMSG_ALIGNTO) char answers[ANSWERS];
};

static int receive_all(struct question *question, int fd)
{
  for (bool done = false; !done;) {
    char *at = question->answers + question->size;
    if (sizeof question->answers - question->size < DATAGRAM) return EMSGSIZE;
    long got = raw_syscall(SYS_recvfrom, fd, (long)at, DATAGRAM, MSG_TRUNC, 0);
    if (got == -EINTR) continue;
    if (got < 0) return (int)-got;
    if (got > DATAGRAM) return EMSGSIZE;
    question->size += NLMSG_ALIGN((size_t)got);
    int error = take_answers(at, (size_t)got, NULL, NULL, &done);
    if (error) return error;
  }
  return 0;
}

static int ask_inside(struct question *question)
{
  int error = (int)-raw_syscall(SYS_setns, question->netns, CLONE_NEWNET, 0, 0, 0);
  if (error) return error;
  long fd = raw_syscall(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE, 0, 0);
  if (fd < 0) return (int)-fd;
  const struct request *request = &question->request;
  long sent = raw_syscall(SYS_sendto, fd, (long)request, request->header.nlmsg_len, 0, 0);
  return sent < 0 ? (int)-sent : receive_all(question, (int)fd);
}

/* What the child does; its rules are those of light-child.h. */
static int enter_and_ask(void *argument)
{
  struct question *question = argument;
  if (light_dies_with(question->parent)) question->error = ask_inside(question);
  return 0;
}

/* Waits for the child. `*lost`: it is stuck in the kernel, and the question has to stay for it. */
static int await_answer(pid_t pid, const struct question *question, double deadline, bool *lost)
{
  int status;
  if (reap_until(pid, deadline, &status)) return question->error;
  kill(pid, SIGKILL);
  *lost = !reap_until(pid, monotonic_ms() + 2000, &status);
  return ETIMEDOUT;
}

int netns_ask(int netns, const struct request *request, double deadline, visit *visitor, void *state)
{
  static struct question *question;
  if (remaining_ms(deadline) == 0) return ETIMEDOUT;
  if (!question && !(question = light_memory(sizeof *question))) return ENOMEM;
  question->netns = netns;
  question->parent = getpid();
  question->request = *request;
  question->request.header.nlmsg_flags |= NLM_F_REQUEST;
  question->error = EIO;
  question->size = 0;
  pid_t pid = light_fork(enter_and_ask, &question->stack, question);
  if (pid < 0) return errno;
  sys_fault("netns:forked");
  bool lost = false;
  int error = await_answer(pid, question, deadline, &lost);
  bool done;
  if (!error) error = take_answers(question->answers, question->size, visitor, state, &done);
  if (lost) question = NULL;
  return error;
}
