#include "shape-library.h"
#include <stdlib.h>
struct tag { char of_library[LIBRARY_TAG_SIZE]; };
#define PUBLIC __attribute__((visibility("default")))
PUBLIC struct tag library_object;
PUBLIC void *library_make(void) { return malloc(sizeof(struct tag)); }
PUBLIC void *library_static(void) { return &library_object; }
