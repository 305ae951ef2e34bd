// Before a library may go all that is needed of any is saved, and while nobody reads; after it what is known of those that went is forgotten, and of no other.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=undefined -fno-sanitize-recover -I%src/runtime %s -o %t && %t

#include "doors/unload.c"
#include "check.h"

static char log[600]; /* what is done, in order */
#define LOG(...) sprintf(log + strlen(log), __VA_ARGS__)
static struct allocs_image images[3] = {{.os = {.begin = 0x1000, .end = 0x2000}}, {.os = {.begin = 0x3000, .end = 0x4000}}, {.os = {.begin = 0x5000, .end = 0x6000}}};
struct allocs_image *allocs_image_executable;
static bool gone[3];
#define OF(image) (int)((image) - images)

void allocs_readers_unload(void) { LOG("wait "); }
void allocs_readers_unloaded(void (*forget)(void)) { LOG("unloaded "), forget(), LOG("go on "); }
void allocs_tls_closing(void) { LOG("count "); }
void allocs_tls_closed(void) { LOG("compare "); }
void allocs_caller_origins_note(void) { LOG("note "); }
void allocs_site_fill_range(uintptr_t begin, uintptr_t end) { LOG("fill %lx-%lx ", begin, end); }
void allocs_os_closing(int change) { LOG("closing %d ", change); }
bool allocs_os_is_loaded(uintptr_t begin, const void *handle) { return begin && handle; }
void allocs_os_forget_hidden(bool (*is_loaded)(uintptr_t begin, const void *handle)) { CHECK(is_loaded == allocs_os_is_loaded), LOG("hidden "); }
struct allocs_image *allocs_image_next(const struct allocs_image *before) { return !before ? &images[0] : before == &images[2] ? NULL : &images[OF(before) + 1]; }
bool allocs_image_is_gone(const struct allocs_image *image) { return gone[OF(image)]; }
void allocs_arenas_end(uintptr_t begin, uintptr_t end) { LOG("arenas %lx-%lx ", begin, end); }
void allocs_arenas_end_of(uintptr_t begin, uintptr_t end) { LOG("allocators %lx-%lx ", begin, end); }
void allocs_caller_origins_forget(const struct allocs_image *image) { LOG("callers %d ", OF(image)); }
void allocs_site_orphan_range(uintptr_t begin, uintptr_t end) { LOG("sites %lx-%lx ", begin, end); }
void allocs_statics_drop(struct allocs_image *image) { LOG("statics %d ", OF(image)); }
void allocs_symbols_drop(struct allocs_image *image) { LOG("symbols %d ", OF(image)); }
void allocs_image_parts_drop(struct allocs_image *image) { LOG("parts %d ", OF(image)); }
void allocs_call_places_drop(struct allocs_image *image) { LOG("calls %d ", OF(image)); }
void allocs_frame_drop(struct allocs_image *image) { LOG("frames %d ", OF(image)); }
void allocs_image_forget(struct allocs_image *image) { LOG("image %d ", OF(image)); }
void allocs_unwind_forget(void) { LOG("rules "); }
static void did(const char *wanted) { CHECK_STRING(log, wanted), log[0] = 0; }

int main(void) {
  allocs_unload_begin(), did("wait count note fill 0-0 fill 0-ffffffffffffffff closing 1 ");
  allocs_image_executable = &images[0];
  allocs_unload_begin(), did("wait count note fill 0-1000 fill 2000-ffffffffffffffff closing 1 ");
  allocs_unload_end(), did("closing -1 unloaded compare hidden rules go on ");
  gone[1] = true, allocs_unload_end();
#define LEFT(range, i) "arenas " range " allocators " range " callers " i " sites " range " statics " i " calls " i " symbols " i " parts " i " frames " i " image " i " "
  did("closing -1 unloaded compare hidden " LEFT("3000-4000", "1") "rules go on ");
  gone[0] = gone[2] = true, gone[1] = false, allocs_unload_end();
  did("closing -1 unloaded compare hidden " LEFT("1000-2000", "0") LEFT("5000-6000", "2") "rules go on ");
  return check_failed;
}
