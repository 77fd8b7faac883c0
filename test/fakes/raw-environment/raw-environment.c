/*
 * Runs a program with exactly the environment given, also one in which a name occurs twice or an entry is no variable at
 * all, which no shell and no runtime library passes on: raw-environment ENTRY... -- PROGRAM [ARGUMENT...]
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int end = 1;
  while (end < argc && strcmp(argv[end], "--")) end++;
  if (end + 1 >= argc) {
    fputs("usage: raw-environment ENTRY... -- PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  argv[end] = NULL;
  execve(argv[end + 1], argv + end + 1, argv + 1);
  perror(argv[end + 1]);
  return 126;
}
