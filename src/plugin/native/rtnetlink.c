#define _GNU_SOURCE
#include "rtnetlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER = 65536 };

static int open_netlink(void)
{
  return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* Both ends of a conversation begin with a negative errno or 0; the end of a dump may lack it. */
static int error_in(const struct nlmsghdr *message)
{
  int error = 0;
  if (message->nlmsg_len >= NLMSG_LENGTH(sizeof error)) memcpy(&error, NLMSG_DATA(message), sizeof error);
  return -error;
}

int take_answers(const char *buffer, size_t size, visit *visitor, void *state, bool *done)
{
  const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
  for (int left = (int)size; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
    int error = 0;
    /* The list changed under the dump: what we have may miss something. */
    if (message->nlmsg_flags & NLM_F_DUMP_INTR) error = EINTR;
    else if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
      *done = true;
      return error_in(message);
    } else if (visitor) error = visitor(message, state);
    if (error) return error;
  }
  return 0;
}

/* Sends a request and takes its answers to the end: 0 or errno. */
static int converse(int fd, struct request *request, visit *visitor, void *state)
{
  static _Alignas(struct nlmsghdr) char buffer[ANSWER];
  request->header.nlmsg_flags |= NLM_F_REQUEST;
  if (send(fd, request, request->header.nlmsg_len, 0) < 0) return errno;
  for (bool done = false; !done;) {
    ssize_t got = recv(fd, buffer, sizeof buffer, MSG_TRUNC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if ((size_t)got > sizeof buffer) return EMSGSIZE;
    int error = take_answers(buffer, (size_t)got, visitor, state, &done);
    if (error) return error;
  }
  return 0;
}

int ask_kernel(struct request *request, visit *visitor, void *state)
{
  int fd = open_netlink();
  if (fd < 0) return errno;
  int error = converse(fd, request, visitor, state);
  close(fd);
  return error;
}

struct request request_for(int type, uint32_t body)
{
  struct request request = {.header = {.nlmsg_len = NLMSG_LENGTH(body), .nlmsg_type = (uint16_t)type}};
  return request;
}

void add_attribute(struct request *request, unsigned short type, const void *data, size_t size)
{
  char *end = (char *)request + NLMSG_ALIGN(request->header.nlmsg_len);
  struct rtattr head = {.rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = type};
  memcpy(end, &head, sizeof head);
  memcpy(end + RTA_LENGTH(0), data, size);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + (uint32_t)RTA_ALIGN(head.rta_len);
}

uint32_t number_in(const struct rtattr *attribute)
{
  uint32_t number = 0;
  if (RTA_PAYLOAD(attribute) >= sizeof number) memcpy(&number, RTA_DATA(attribute), sizeof number);
  return number;
}
