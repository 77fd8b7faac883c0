/*
 * A CNI plugin that does what it is told. Installed by copy under any plugin name; see scripted-delegate.ts for the
 * commands. C, because its start-up time is part of what tests measure.
 *
 * Script: lines "VERB: command argument" ("*" for every verb), from <dir of this file>/.scripted/<name>.script if that
 * is there, otherwise from the string "script" of the configuration on standard input.
 * Log: one JSON line at start and one at the end, appended to <dir>/.scripted/log.
 * Resources: ADD makes <dir>/.scripted/resources/<name>,<container>,<ifname>, DEL removes it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static char base[PATH_MAX];  /* <dir of this file>/.scripted */
static char name[NAME_MAX + 1];
static const char *verb, *container, *ifname, *netns;
static char *conf;
static size_t conf_length;
static bool taken_care;  /* the resource was handled by an explicit command */

static void die(const char *what) {
  fprintf(stderr, "scripted-delegate: %s: %s\n", what, strerror(errno));
  _exit(97);
}

static char *slurp(int fd, size_t *length) {
  size_t room = 65536, used = 0;
  char *text = malloc(room + 1);
  for (;;) {
    if (!text) die("malloc");
    if (used == room) text = realloc(text, (room *= 2) + 1);
    ssize_t got = read(fd, text + used, room - used);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    used += (size_t)got;
  }
  text[used] = 0;
  if (length) *length = used;
  return text;
}

static void write_all(int fd, const char *text, size_t length) {
  while (length > 0) {
    ssize_t done = write(fd, text, length);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    text += done;
    length -= (size_t)done;
  }
}

static long long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void quote(FILE *out, const char *text) {
  fputc('"', out);
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
    else if (*c < 0x20 || *c >= 0x7f) fprintf(out, "\\u%04x", *c);
    else fputc(*c, out);
  }
  fputc('"', out);
}

static void append_log(const char *line, size_t length) {
  char path[PATH_MAX + 8];
  snprintf(path, sizeof path, "%s/log", base);
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) die(path);
  write_all(fd, line, length);  /* one write: lines of parallel delegates never mix */
  close(fd);
}

/* True if a variable before this one has its name. */
static bool is_repeated(char **entry, size_t name_length) {
  for (char **e = environ; e < entry; e++) {
    if (!strncmp(*e, *entry, name_length + 1)) return true;
  }
  return false;
}

static void log_start(int argc) {
  char *line = NULL;
  size_t length = 0;
  struct stat ns = {0};
  char cwd[PATH_MAX] = "";
  if (!getcwd(cwd, sizeof cwd)) cwd[0] = 0;
  stat("/proc/self/ns/net", &ns);
  FILE *out = open_memstream(&line, &length);
  fprintf(out, "{\"event\":\"start\",\"name\":\"%s\",\"pid\":%d,\"pgid\":%d,\"argc\":%d,\"us\":%lld,\"netnsInode\":%lu,\"cwd\":",
          name, getpid(), getpgrp(), argc, now_us(), (unsigned long)ns.st_ino);
  quote(out, cwd);
  fputs(",\"env\":{", out);
  for (char **e = environ; *e; e++) {
    char *eq = strchr(*e, '=');
    if (!eq) continue;
    char *key = strndup(*e, (size_t)(eq - *e));
    if (e != environ) fputc(',', out);
    quote(out, key);
    fputc(':', out);
    quote(out, eq + 1);
    free(key);
  }
  fputs("},\"repeated\":[", out);
  const char *comma = "";
  for (char **e = environ; *e; e++) {
    char *eq = strchr(*e, '=');
    if (!eq || !is_repeated(e, (size_t)(eq - *e))) continue;
    fprintf(out, "%s\"%.*s\"", comma, (int)(eq - *e), *e);
    comma = ",";
  }
  fputs("],\"stdin\":\"", out);
  for (size_t i = 0; i < conf_length; i++) fprintf(out, "%02x", (unsigned char)conf[i]);
  fputs("\"}\n", out);
  fclose(out);
  append_log(line, length);
}

static void leave(int status) {
  char line[160];
  int length = snprintf(line, sizeof line, "{\"event\":\"end\",\"pid\":%d,\"us\":%lld,\"status\":%d}\n", getpid(), now_us(), status);
  append_log(line, (size_t)length);
  _exit(status);
}

/* The raw text of a top-level string value or object, found textually: good enough for configurations of tests. */
static const char *find_key(const char *text, const char *key) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"%s\"", key);
  const char *at = text;
  while ((at = strstr(at, wanted))) {
    at += strlen(wanted);
    while (*at == ' ' || *at == '\n' || *at == '\t') at++;
    if (*at == ':') {
      at++;
      while (*at == ' ' || *at == '\n' || *at == '\t') at++;
      return at;
    }
  }
  return NULL;
}

static char *string_of(const char *key) {
  const char *at = find_key(conf, key);
  if (!at || *at != '"') return NULL;
  char *out = malloc(strlen(at)), *to = out;
  for (at++; *at && *at != '"'; at++) {
    if (*at != '\\') { *to++ = *at; continue; }
    at++;
    if (*at == 'n') *to++ = '\n';
    else if (*at == 't') *to++ = '\t';
    else *to++ = *at;
  }
  *to = 0;
  return out;
}

/* The object behind a key with its braces; NULL without one. */
static char *object_of(const char *key) {
  const char *at = find_key(conf, key);
  if (!at || *at != '{') return NULL;
  int depth = 0;
  bool in_string = false;
  for (const char *c = at; *c; c++) {
    if (in_string) {
      if (*c == '\\' && c[1]) c++;
      else if (*c == '"') in_string = false;
    } else if (*c == '"') in_string = true;
    else if (*c == '{') depth++;
    else if (*c == '}' && --depth == 0) return strndup(at, (size_t)(c - at) + 1);
  }
  return NULL;
}

/* File names end at 255 bytes, container IDs do not. */
static const char *short_container(void) {
  static char out[160];
  if (strlen(container) < 120) return container;
  unsigned long long hash = 5381;
  for (const char *c = container; *c; c++) hash = hash * 33 + (unsigned char)*c;
  snprintf(out, sizeof out, "%.100s~%llx", container, hash);
  return out;
}

static void resource_path(char *path, size_t size) {
  snprintf(path, size, "%s/resources/%s,%s,%s", base, name, short_container(), ifname);
}

static void take(void) {
  char path[PATH_MAX * 2];
  resource_path(path, sizeof path);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  /* A second ADD of the same attachment without DEL is the caller's mistake, and shows. */
  if (fd < 0 && errno != EEXIST) die(path);
  if (fd < 0) {
    printf("{\"cniVersion\":\"1.0.0\",\"code\":198,\"msg\":\"resource exists already\"}");
    fflush(stdout);
    leave(1);
  }
  close(fd);
}

static void give_back(void) {
  char path[PATH_MAX * 2];
  resource_path(path, sizeof path);
  unlink(path);
}

/* Removes every resource of this plugin that the list of a GC does not name. Compact JSON only, as weft writes it. */
static void collect(void) {
  char path[PATH_MAX * 2], id[NAME_MAX + 1], link[NAME_MAX + 1], listed[2 * NAME_MAX + 64];
  snprintf(path, sizeof path, "%s/resources", base);
  DIR *dir = opendir(path);
  if (!dir) die(path);
  for (const struct dirent *entry; (entry = readdir(dir));) {
    size_t length = strlen(name);
    if (strncmp(entry->d_name, name, length) || entry->d_name[length] != ',') continue;
    if (sscanf(entry->d_name + length + 1, "%255[^,],%255s", id, link) != 2) continue;
    snprintf(listed, sizeof listed, "{\"containerID\":\"%s\",\"ifname\":\"%s\"}", id, link);
    if (!strstr(conf, listed)) unlinkat(dirfd(dir), entry->d_name, 0);
  }
  closedir(dir);
}

/* A well-formed result of the configuration's version; a chained plugin hands on what it got. */
static void print_result(void) {
  char *previous = object_of("prevResult");
  if (previous) {
    fputs(previous, stdout);
    return;
  }
  char *version = string_of("cniVersion");
  if (!version || !*version) version = "0.1.0";
  unsigned hash = 5381;
  for (const char *c = container; *c; c++) hash = hash * 33 + (unsigned char)*c;
  for (const char *c = ifname; *c; c++) hash = hash * 33 + (unsigned char)*c;
  char address[32];
  snprintf(address, sizeof address, "10.%u.%u.%u/24", hash >> 16 & 255, hash >> 8 & 255, 1 + hash % 254);
  if (!strcmp(version, "0.1.0") || !strcmp(version, "0.2.0")) {
    printf("{\"cniVersion\":\"%s\",\"ip4\":{\"ip\":\"%s\"},\"dns\":{}}", version, address);
    return;
  }
  const char *family = version[0] == '0' ? "\"version\":\"4\"," : "";
  printf("{\"cniVersion\":\"%s\",\"interfaces\":[{\"name\":\"%s\",\"mac\":\"02:00:00:%02x:%02x:%02x\",\"sandbox\":\"%s\"}],"
         "\"ips\":[{%s\"interface\":0,\"address\":\"%s\"}],\"dns\":{}}",
         version, ifname, hash >> 16 & 255, hash >> 8 & 255, hash & 255, netns, family, address);
}

static void fill(int fd, size_t amount, bool binary) {
  char block[4096];
  for (size_t i = 0; i < sizeof block; i++) block[i] = binary ? (char)(i * 167 + 131) : 'x';
  while (amount > 0) {
    size_t part = amount < sizeof block ? amount : sizeof block;
    write_all(fd, block, part);
    amount -= part;
  }
}

static void nap(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&t, &t) && errno == EINTR) continue;
}

/* A grandchild in the same process group; `hold` keeps our pipes open in it. */
static void fork_off(long ms, bool hold) {
  if (fork() != 0) return;
  prctl(PR_SET_NAME, "scripted-kid");
  if (!hold) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
  }
  nap(ms);
  _exit(0);
}

/* How often this line was reached by this plugin, verb and interface, counting this time. */
static int count_up(void) {
  char path[PATH_MAX * 2];
  snprintf(path, sizeof path, "%s/count,%s,%s,%s,%s", base, name, verb, short_container(), ifname);
  int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  write_all(fd, "x", 1);
  struct stat st;
  fstat(fd, &st);
  close(fd);
  return (int)st.st_size;
}

static void print_error(const char *code, const char *msg) {
  printf("{\"cniVersion\":\"1.0.0\",\"code\":%s,\"msg\":", code);
  quote(stdout, msg);
  printf(",\"details\":\"scripted\"}");
}

static void obey(char *line) {
  char *argument = strchr(line, ' ');
  if (argument) *argument++ = 0;
  else argument = "";
  long number = atol(argument);
  if (!strcmp(line, "sleep")) nap(number);
  else if (!strcmp(line, "hang")) for (;;) pause();
  else if (!strcmp(line, "ignore-term")) { signal(SIGTERM, SIG_IGN); signal(SIGINT, SIG_IGN); signal(SIGHUP, SIG_IGN); }
  else if (!strcmp(line, "print")) fputs(argument, stdout);
  else if (!strcmp(line, "garbage")) { fflush(stdout); fill(1, (size_t)number, true); }
  else if (!strcmp(line, "flood-stdout")) { fflush(stdout); fill(1, (size_t)number, false); }
  else if (!strcmp(line, "flood-stderr")) fill(2, (size_t)number, false);
  else if (!strcmp(line, "stderr")) { write_all(2, argument, strlen(argument)); write_all(2, "\n", 1); }
  else if (!strcmp(line, "fork-hold")) { fflush(stdout); fork_off(number, true); }
  else if (!strcmp(line, "fork-quiet")) { fflush(stdout); fork_off(number, false); }
  else if (!strcmp(line, "signal")) { fflush(stdout); signal((int)number, SIG_DFL); kill(getpid(), (int)number); }
  else if (!strcmp(line, "take")) { take(); taken_care = true; }
  else if (!strcmp(line, "keep")) taken_care = true;
  else if (!strcmp(line, "free")) { give_back(); taken_care = true; }
  else if (!strcmp(line, "collect")) collect();
  else if (!strcmp(line, "result")) print_result();
  else if (!strcmp(line, "touch")) { int fd = open(argument, O_WRONLY | O_CREAT | O_CLOEXEC, 0644); close(fd); }
  else if (!strcmp(line, "await")) while (access(argument, F_OK)) nap(2);
  else if (!strcmp(line, "exit")) { fflush(stdout); leave((int)number); }
  else if (!strcmp(line, "error") || !strcmp(line, "fail-times")) {
    if (!strcmp(line, "fail-times")) {
      argument = strchr(argument, ' ');
      if (!argument || count_up() > number) return;
      argument++;
    }
    char *msg = strchr(argument, ' ');
    if (msg) *msg++ = 0;
    print_error(argument, msg ? msg : "");
    fflush(stdout);
    leave(1);
  } else {
    fprintf(stderr, "scripted-delegate: unknown command %s\n", line);
    _exit(98);
  }
}

/* True if a line was for this verb and printed, so that the default result is not wanted. */
static bool play(char *script) {
  bool printed = false;
  for (char *save = NULL, *line = strtok_r(script, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
    char *colon = strstr(line, ": ");
    if (!colon) continue;
    *colon = 0;
    if (strcmp(line, verb) && strcmp(line, "*")) continue;
    char *command = colon + 2;
    static const char *const printing[] = {"print", "garbage", "flood-stdout", "result", "silent"};
    for (size_t i = 0; i < sizeof printing / sizeof *printing; i++) {
      if (!strncmp(command, printing[i], strlen(printing[i]))) printed = true;
    }
    if (strcmp(command, "silent")) obey(command);
  }
  return printed;
}

static const char *variable(const char *key) {
  const char *value = getenv(key);
  return value ? value : "";
}

int main(int argc, char **argv) {
  (void)argv;
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0) die("/proc/self/exe");
  self[length] = 0;
  char copy[PATH_MAX];
  strcpy(copy, self);
  snprintf(name, sizeof name, "%s", basename(copy));
  snprintf(base, sizeof base, "%s/.scripted", dirname(self));
  verb = variable("CNI_COMMAND");
  container = variable("CNI_CONTAINERID");
  ifname = variable("CNI_IFNAME");
  netns = variable("CNI_NETNS");

  char script_path[PATH_MAX * 2];
  snprintf(script_path, sizeof script_path, "%s/%s.script", base, name);
  int fd = open(script_path, O_RDONLY | O_CLOEXEC);
  char *script = fd < 0 ? NULL : slurp(fd, NULL);
  if (script && strstr(script, "deaf\n")) conf = strdup("");  /* ends without having read its input */
  else conf = slurp(0, &conf_length);
  if (!script) script = string_of("script");

  log_start(argc);
  bool printed = script ? play(script) : false;
  if (!taken_care && !strcmp(verb, "ADD")) take();
  if (!taken_care && !strcmp(verb, "DEL")) give_back();
  if (!printed && !strcmp(verb, "ADD")) print_result();
  fflush(stdout);
  leave(0);
}
