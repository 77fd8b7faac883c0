/* Asking the kernel over rtnetlink, in whichever network namespace this process is. */
#ifndef WEFT_RTNETLINK_H
#define WEFT_RTNETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "sys.h"

/* A request with room for the attributes of one route. */
struct request {
  struct nlmsghdr header;
  union {
    struct rtgenmsg general;
    struct ifinfomsg link;
    struct rtmsg route;
  } body;
  char attributes[128];
};

/* Sees every message of a dump; 0 or errno. */
typedef int visit(const struct nlmsghdr *message, void *state);

/* An empty request of this type; `body` is the size of the member of the union that it uses. */
struct request request_for(int type, uint32_t body);
void add_attribute(struct request *request, unsigned short type, const void *data, size_t size);
uint32_t number_in(const struct rtattr *attribute);
/*
 * Sends one request and takes its answers to the end: 0 or errno. On a socket of its own, so that answers left over from
 * an interrupted dump are never taken for another's. EINTR: the list changed under the dump, ask again.
 */
int ask_kernel(struct request *request, visit *visitor, void *state);

/* One or more datagrams of answers: 0 or errno. `*done` at the end of the dump, or at the acknowledgement. */
int take_answers(const char *buffer, size_t size, visit *visitor, void *state, bool *done);

#endif
