/* Memory of the script engine. */
#ifndef WEFT_HEAP_H
#define WEFT_HEAP_H

#include "sys.h"

/* For JS_NewRuntime2. Never gives small blocks back to the system; single-threaded. */
extern const JSMallocFunctions heap_functions;

#endif
