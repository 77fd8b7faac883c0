/* Default routes of a namespace's main table. Runs in the forked child of sys-netns.c. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "rtnetlink.h"

enum { ROUTES = 64 };
/* What the kernel gives an IPv6 route that asks for no metric (IP6_RT_PRIO_USER). */
static const uint32_t ipv6_metric = 1024;

struct route {
  int family;
  unsigned link;
  /* Family of the gateway: an IPv4 route may have an IPv6 one (RFC 5549). 0: none. */
  int via_family;
  unsigned char via[sizeof(struct in6_addr)];
  uint32_t priority;
};

struct routes {
  struct route at[ROUTES];
  int count;
};

static bool same(const struct route *a, const struct route *b)
{
  return a->family == b->family && a->link == b->link && a->via_family == b->via_family &&
         a->priority == b->priority && memcmp(a->via, b->via, sizeof a->via) == 0;
}

static bool holds(const struct routes *routes, const struct route *wanted)
{
  for (int i = 0; i < routes->count; i++) {
    if (same(&routes->at[i], wanted)) return true;
  }
  return false;
}

static size_t address_size(int family)
{
  return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

static void read_gateway(struct route *route, int family, const void *data, size_t size)
{
  if (size < address_size(family)) return;
  route->via_family = family;
  memcpy(route->via, data, address_size(family));
}

/* What a route and a next hop of a multipath route have in common. */
static void read_hop(struct route *route, const struct rtattr *attribute)
{
  if (attribute->rta_type == RTA_GATEWAY) {
    read_gateway(route, route->family, RTA_DATA(attribute), RTA_PAYLOAD(attribute));
  }
  if (attribute->rta_type == RTA_VIA && RTA_PAYLOAD(attribute) > sizeof(struct rtvia)) {
    const struct rtvia *via = RTA_DATA(attribute);
    read_gateway(route, via->rtvia_family, via->rtvia_addr, RTA_PAYLOAD(attribute) - sizeof *via);
  }
}

static int keep(struct routes *routes, const struct route *route)
{
  if (routes->count == ROUTES) return E2BIG;
  routes->at[routes->count++] = *route;
  return 0;
}

static int keep_hops(struct routes *routes, const struct route *base, const struct rtattr *list)
{
  int left = (int)RTA_PAYLOAD(list);
  for (const struct rtnexthop *hop = RTA_DATA(list); left >= (int)sizeof *hop && RTNH_OK(hop, left);
       left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
    struct route route = *base;
    route.link = (unsigned)hop->rtnh_ifindex;
    int size = hop->rtnh_len - (int)RTNH_LENGTH(0);
    for (const struct rtattr *at = RTNH_DATA(hop); RTA_OK(at, size); at = RTA_NEXT(at, size)) read_hop(&route, at);
    int error = keep(routes, &route);
    if (error) return error;
  }
  return 0;
}

static int visit_route(const struct nlmsghdr *message, void *state)
{
  if (message->nlmsg_type != RTM_NEWROUTE) return 0;
  const struct rtmsg *body = NLMSG_DATA(message);
  /* Asked for all families, the kernel also lists multicast routing and MPLS. */
  if (body->rtm_family != AF_INET && body->rtm_family != AF_INET6) return 0;
  if (body->rtm_dst_len || body->rtm_type != RTN_UNICAST || (body->rtm_flags & RTM_F_CLONED)) return 0;
  struct route route = {.family = body->rtm_family};
  uint32_t table = body->rtm_table;
  const struct rtattr *hops = NULL;
  int left = (int)(message->nlmsg_len - NLMSG_LENGTH(sizeof *body));
  for (const struct rtattr *at = RTM_RTA(body); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type == RTA_TABLE) table = number_in(at);
    if (at->rta_type == RTA_OIF) route.link = number_in(at);
    if (at->rta_type == RTA_PRIORITY) route.priority = number_in(at);
    if (at->rta_type == RTA_MULTIPATH) hops = at;
    read_hop(&route, at);
  }
  if (table != RT_TABLE_MAIN) return 0;
  return hops ? keep_hops(state, &route, hops) : keep(state, &route);
}

static int list_routes(struct routes *routes)
{
  int error = EINTR;
  for (int attempt = 0; attempt < 5 && error == EINTR; attempt++) {
    struct request request = request_for(RTM_GETROUTE, sizeof request.body.route);
    request.header.nlmsg_flags = NLM_F_DUMP;
    routes->count = 0;
    error = ask_kernel(&request, visit_route, routes);
  }
  return error;
}

static int write_route(const struct route *route, struct bytes *answer)
{
  char name[IF_NAMESIZE];
  char gateway[INET6_ADDRSTRLEN] = "-";
  char line[128];
  /* The link went away between the two questions, and its routes with it. */
  if (!if_indextoname(route->link, name)) return errno == ENXIO ? 0 : errno;
  if (route->via_family && !inet_ntop(route->via_family, route->via, gateway, sizeof gateway)) return errno;
  int size = snprintf(line, sizeof line, "%d %s %s %u\n", route->family == AF_INET ? 4 : 6, name, gateway,
                      route->priority);
  return bytes_append(answer, line, (size_t)size) ? 0 : ENOMEM;
}

int netns_routes(const char *unused, struct bytes *answer)
{
  (void)unused;
  static struct routes routes;
  int error = list_routes(&routes);
  for (int i = 0; !error && i < routes.count; i++) error = write_route(&routes.at[i], answer);
  return error;
}

static int parse_gateway(struct route *route, const char *text)
{
  if (strcmp(text, "-") == 0) return 0;
  route->via_family = strchr(text, ':') ? AF_INET6 : AF_INET;
  if (route->family == AF_INET6 && route->via_family != AF_INET6) return EINVAL;
  return inet_pton(route->via_family, text, route->via) == 1 ? 0 : EINVAL;
}

/* "add 4 eth0 10.0.0.1 0": 0 or errno. `*used` is the length of the line. */
static int parse_change(const char *line, bool *add, struct route *route, int *used)
{
  char op[8];
  char name[IF_NAMESIZE];
  char gateway[INET6_ADDRSTRLEN];
  int family;
  *route = (struct route){0};
  *used = 0;
  if (sscanf(line, "%7s %d %15s %45s %u%n", op, &family, name, gateway, &route->priority, used) != 5) return EINVAL;
  if (line[*used] != '\n') return EINVAL;
  *used += 1;
  *add = strcmp(op, "add") == 0;
  route->family = family == 4 ? AF_INET : AF_INET6;
  if (route->family == AF_INET6 && route->priority == 0) route->priority = ipv6_metric;
  int error = parse_gateway(route, gateway);
  if (error) return error;
  route->link = if_nametoindex(name);
  return route->link ? 0 : ENODEV;
}

static void add_gateway(struct request *request, const struct route *route)
{
  if (!route->via_family) return;
  if (route->via_family == route->family) {
    add_attribute(request, RTA_GATEWAY, route->via, address_size(route->family));
    return;
  }
  struct {
    uint16_t family;
    unsigned char address[sizeof(struct in6_addr)];
  } via = {.family = (uint16_t)route->via_family};
  memcpy(via.address, route->via, sizeof via.address);
  add_attribute(request, RTA_VIA, &via, sizeof via);
}

static struct request change_request(const struct route *route, bool add)
{
  struct request request = request_for(add ? RTM_NEWROUTE : RTM_DELROUTE, sizeof request.body.route);
  struct rtmsg *body = &request.body.route;
  request.header.nlmsg_flags = NLM_F_ACK;
  body->rtm_family = (unsigned char)route->family;
  body->rtm_table = RT_TABLE_MAIN;
  body->rtm_scope = RT_SCOPE_NOWHERE;
  if (add) {
    request.header.nlmsg_flags |= NLM_F_CREATE;
    /* IPv6 takes a second route of the same metric only as a further next hop. */
    if (route->family == AF_INET6) request.header.nlmsg_flags |= NLM_F_APPEND;
    body->rtm_protocol = RTPROT_BOOT;
    body->rtm_type = RTN_UNICAST;
    body->rtm_scope = route->family == AF_INET && !route->via_family ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  }
  add_attribute(&request, RTA_OIF, &route->link, sizeof(uint32_t));
  add_gateway(&request, route);
  if (route->priority) add_attribute(&request, RTA_PRIORITY, &route->priority, sizeof route->priority);
  return request;
}

/*
 * The kernel's own EEXIST and ESRCH cannot be trusted here: a delete matches less strictly than it looks (without a
 * gateway, any route of the interface), an add may collide with another route of the same metric. So we look first.
 */
static int change_route(bool add, const struct route *route)
{
  static struct routes routes;
  int error = list_routes(&routes);
  if (error) return error;
  if (holds(&routes, route) == add) return 0;
  struct request request = change_request(route, add);
  return ask_kernel(&request, NULL, NULL);
}

int netns_change_routes(const char *changes, struct bytes *unused)
{
  (void)unused;
  for (int used; *changes; changes += used) {
    bool add = false;
    struct route route;
    int error = parse_change(changes, &add, &route, &used);
    /* With its interface a route is gone as well. */
    if (error == ENODEV && !add) continue;
    if (!error) error = change_route(add, &route);
    if (error) return error;
  }
  return 0;
}
