/* The same in each unit, of another type. */
static void *shown(void) {
  struct thing *it = malloc(sizeof *it);
  ask(it);
  return it;
}
