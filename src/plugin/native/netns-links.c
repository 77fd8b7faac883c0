/* Links of a namespace: their names, and removing one. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>

#include "netns-ask.h"

static int add_name(struct bytes *names, const struct rtattr *attribute)
{
  const char *name = RTA_DATA(attribute);
  size_t size = strnlen(name, RTA_PAYLOAD(attribute));
  return bytes_append(names, name, size) && bytes_append(names, "\n", 1) ? 0 : ENOMEM;
}

static int add_alternatives(struct bytes *names, const struct rtattr *list)
{
  int left = (int)RTA_PAYLOAD(list);
  for (const struct rtattr *at = RTA_DATA(list); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    int error = at->rta_type == IFLA_ALT_IFNAME ? add_name(names, at) : 0;
    if (error) return error;
  }
  return 0;
}

static int visit_link(const struct nlmsghdr *message, void *state)
{
  if (message->nlmsg_type != RTM_NEWLINK) return 0;
  const struct ifinfomsg *link = NLMSG_DATA(message);
  int left = (int)(message->nlmsg_len - NLMSG_LENGTH(sizeof *link));
  for (const struct rtattr *at = IFLA_RTA(link); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    int error = 0;
    if (at->rta_type == IFLA_IFNAME) error = add_name(state, at);
    if ((at->rta_type & NLA_TYPE_MASK) == IFLA_PROP_LIST) error = add_alternatives(state, at);
    if (error) return error;
  }
  return 0;
}

int netns_links(int netns, double deadline, struct bytes *answer)
{
  int error = EINTR;
  for (int attempt = 0; attempt < 5 && error == EINTR; attempt++) {
    struct request request = request_for(RTM_GETLINK, sizeof request.body.link);
    request.header.nlmsg_flags = NLM_F_DUMP;
    answer->size = 0;
    error = netns_ask(netns, &request, deadline, visit_link, answer);
  }
  return error;
}

int netns_remove_link(int netns, const char *name, double deadline)
{
  size_t size = strlen(name) + 1;
  if (size == 1 || size > IF_NAMESIZE) return EINVAL;
  struct request request = request_for(RTM_DELLINK, sizeof request.body.link);
  request.header.nlmsg_flags = NLM_F_ACK;
  add_attribute(&request, IFLA_IFNAME, name, size);
  int error = netns_ask(netns, &request, deadline, NULL, NULL);
  return error == ENODEV ? 0 : error;
}
