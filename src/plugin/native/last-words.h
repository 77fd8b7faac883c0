/*
 * The answer of a CNI call that cannot come to its end: by a defect, by a lack of memory, by a signal that means a crash.
 * A runtime reads standard output only, so that one error document has to be there (CNI-175).
 */
#ifndef WEFT_LAST_WORDS_H
#define WEFT_LAST_WORDS_H

#include <stdbool.h>

/* True once anything was written to standard output: an answer has begun, and a second document would spoil it. */
extern bool stdout_begun;

/* Once at start. Without CNI_COMMAND a person has called, and a crash looks as it always does. */
void last_words_init(void);
/* Tells `cause` on stderr, and, if this is a CNI call that has not answered yet, as its error document. */
void last_words(const char *cause);

#endif
