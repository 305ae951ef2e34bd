/* See calls.c. */
static inline __attribute__((always_inline)) int in_header(int n) { return n + HERE; }
