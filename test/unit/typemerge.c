// Of types of one key the first stays, whole, and what refers to any of them refers to it, through all units; in the end they are one vector.
// RUN: %cc -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover -I%src/runtime -I%src/typegen %s %src/typegen/ground/pool.c %src/typegen/ground/diag.c -o %t && %t

#include "dwarf/dwarf_merge.c"
#include "check.h"

int main(void) {
  struct dwarf_merge merge = {.n = 0};
  /* Two units: an int, a structure that has one and a pointer to it; then those in another order, and one more. */
  struct model_type first[3] = {{.hash = 10, .size = 4}, {.hash = 20, .size = 16, .name = "s"}, {.hash = 30, .size = 8}}, *ret[4] = {NULL};
  struct model_entry of_first[] = {{.type = &first[0], .name = "a"}, {.type = &first[2], .name = "next"}, {.name = "none"}};
  first[1].entries = of_first, first[1].n_entries = 3, first[2].target = &first[1];
  allocs_dwarf_merge(&merge, first, 3, ret);
  CHECK(merge.n == 3 && ret[0]->hash == 10 && ret[1]->hash == 20 && ret[2]->hash == 30 && ret[2]->target == ret[1] && ret[1]->entries[0].type == ret[0] && ret[1]->entries[1].type == ret[2] && !ret[1]->entries[2].type && ret[1]->n_entries == 3);
  CHECK(ret[0]->at == 0 && ret[1]->at == 1 && ret[2]->at == 2 && !ret[0]->target && of_first[0].type == &first[0] && first[2].target == &first[1] && !strcmp(ret[1]->entries[1].name, "next"));
  struct model_type second[4] = {{.hash = 30, .size = 99}, {.hash = 40, .size = 32}, {.hash = 20, .size = 99}, {.hash = 10, .size = 99}}, *again[4];
  struct model_entry of_second[] = {{.type = &second[3], .name = "i"}, {.type = &second[1], .name = "itself"}};
  second[0].target = &second[2], second[1].target = &second[0], second[1].entries = of_second, second[1].n_entries = 2;
  allocs_dwarf_merge(&merge, second, 4, again);
  CHECK(merge.n == 4 && again[0] == ret[2] && again[2] == ret[1] && again[3] == ret[0] && again[1]->at == 3 && again[1]->target == ret[2] && again[1]->entries[0].type == ret[0] && again[1]->entries[1].type == again[1]);
  CHECK(ret[2]->target == ret[1] && ret[1]->entries[1].type == ret[2] && ret[0]->size == 4);
  allocs_dwarf_merge(&merge, NULL, 0, again), CHECK(merge.n == 4);
  struct model_type *all = allocs_dwarf_merge_finish(&merge);
  CHECK(all[0].hash == 10 && all[1].hash == 20 && all[2].hash == 30 && all[3].hash == 40 && all[2].target == &all[1] && all[3].target == &all[2] && all[1].entries[0].type == &all[0] && all[1].entries[1].type == &all[2] && !all[1].entries[2].type && all[3].entries[1].type == &all[3]);
  CHECK(all[1].entries != ret[1]->entries && all[3].n_entries == 2 && !all[0].target && allocs_dwarf_merged(again[1], all) == &all[3] && !allocs_dwarf_merged(NULL, all));
  for (size_t i = 0; i < 4; i++)
    free(all[i].entries);
  free(all);
  allocs_dwarf_merge_fini(&merge);
  return check_failed;
}
