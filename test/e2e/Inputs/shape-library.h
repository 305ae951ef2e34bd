/* `struct tag` is another here than in the program. */
enum { LIBRARY_TAG_SIZE = 12 };
#ifndef LIBRARY_HAS_RECORDS
#define LIBRARY_HAS_RECORDS 1
#endif
void *library_make(void);
void *library_static(void);
