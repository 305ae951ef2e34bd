// What only a static, a thread-local, the C library, a frame, a stack word or a register points to is found among the roots of that kind, in all threads, whether they run or stand still.
// RUN: %clang -c -fPIC -DPLAIN %s -o %t.o
// RUN: %allocs-cc -O0 -Wall -Wextra -Werror -I%src/test/unit %s %t.o -pthread -o %t && %t
// RUN: %allocs-cc -O2 -fPIE -pie -s -Wall -Wextra -Werror -I%src/test/unit %s %t.o -pthread -o %t.pie && %t.pie
// RUN: %allocs-cc -O2 -static -s -Wall -Wextra -Werror -I%src/test/unit %s %t.o -pthread -o %t.static && %t.static
// RUN: %allocs-cc -O1 -static-pie -Wall -Wextra -Werror -I%src/test/unit %s %t.o -pthread -o %t.static-pie && %t.static-pie

#ifdef PLAIN
/* Without records, and where symbols are stripped, without a name. */
static void *volatile kept;
static _Thread_local void *volatile kept_by_thread;
void keep_plainly(void *p, void *of_thread) { kept = p, kept_by_thread = of_thread; }
#else

#define _GNU_SOURCE
#include "check.h"
#include <allocs.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

struct node { struct node *next; long n; };
void keep_plainly(void *p, void *of_thread);
static struct node *in_static, *in_array[3];
static struct { char c; union { struct node *node; long n; } u; } in_union;
static _Thread_local struct node *in_thread_local;
static pthread_key_t early_key, late_key;
static struct node **volatile kept_by_thread;
static sem_t ready, stopped, go;
static volatile int quit;
static int threads[3]; /* as the kernel has them: that stands, whether it does, that runs */

/* Addresses are kept hidden, so that no word here is one. */
enum { STATIC, ARRAY, UNION, MAIN_LOCAL, OTHERS_LOCAL, OTHERS_TLS, OTHERS_SPECIFIC, OTHERS_LATE, OTHERS_REGISTER, RUNNING_LOCAL, RUNNING_TLS, LIBRARY, PLAIN_STATIC, PLAIN_TLS, STARTED, N };
static unsigned long hidden[N];
static __attribute__((noinline)) struct node *make(int which) {
  struct node *volatile node = malloc(sizeof *node), *p = node;
  hidden[which] = ~(unsigned long)p;
  node = NULL;
  return p;
}

static struct node **volatile kept;

struct search {
  unsigned long hidden;
  unsigned words, typed; /* kinds of the roots that have it: as some word; as a pointer by type */
  int runs, n;
  int only, but; /* of this thread; not of this one */
};

static int see_pointer(const struct alloc_pointer *pointer, void *arg) {
  struct search *search = arg;
  unsigned long value;
  if (!pointer->type)
    return ALLOC_WALK_ON;
  memcpy(&value, pointer->at, sizeof value);
  search->n += ~value == search->hidden;
  return ALLOC_WALK_ON;
}

static int see(const struct alloc_root *root, void *arg) {
  struct search *search = arg;
  const unsigned long *words = root->pos.base;
  search->n = 0;
  if ((search->but && root->thread == search->but) || (search->only && root->thread != search->only))
    return ALLOC_WALK_ON;
  CHECK(root->pos.base && root->pos.size && (root->kind < ALLOC_ROOT_FRAME || root->thread) && (root->kind > ALLOC_ROOT_STATIC || !root->thread));
  if (root->pos.type) {
    alloc_walk_pointers(&root->pos, see_pointer, search);
    search->typed |= search->n ? root->kind : 0;
  } else {
    for (unsigned long i = 0; i < root->pos.size / sizeof *words; i++)
      search->n += ~words[i] == search->hidden;
  }
  if (search->n) {
    search->words |= root->kind;
    if (root->kind == ALLOC_ROOT_STACK)
      search->runs = root->flags & ALLOC_ROOT_RUNS;
  }
  return ALLOC_WALK_ON;
}

static __attribute__((noinline)) struct search search_in(int thread, int which, unsigned kinds) {
  struct search search = {.hidden = hidden[which], .only = thread};
  errno = 33;
  CHECK(alloc_walk_roots(kinds, see, &search) == ALLOC_WALK_ON && errno == 33);
  return search;
}

static struct search search_for(int which, unsigned kinds) { return search_in(0, which, kinds); }

static void stop(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  enum alloc_status status = alloc_thread_stop(context);
  sem_post(&stopped);
  while (sem_wait(&go))
    ;
  if (status == ALLOC_OK)
    alloc_thread_go();
}

/* In one register alone; nothing is called meanwhile. */
static __attribute__((noinline)) void keep_in_register(void) {
#ifdef __x86_64__
  __asm__ volatile("movq %0, %%r12\n notq %%r12\n movl $1, %2\n 1: pause\n cmpl $0, %1\n je 1b\n xorl %%r12d, %%r12d"
                   : : "m"(hidden[OTHERS_REGISTER]), "m"(quit), "m"(*(int *)&threads[1]) : "r12", "memory");
#endif
}
static volatile int *in_register = &threads[1];

static __attribute__((noinline)) void forget(void) {
  volatile char stale[4096];
  memset((char *)stale, 0, sizeof stale);
}

static void *stand(void *arg) {
  struct node *local = make(OTHERS_LOCAL);
  kept_by_thread = &local;
  in_thread_local = make(OTHERS_TLS);
  keep_plainly(make(PLAIN_STATIC), make(PLAIN_TLS));
  pthread_setspecific(early_key, make(OTHERS_SPECIFIC));
  pthread_setspecific(late_key, make(OTHERS_LATE));
  free(make(OTHERS_REGISTER)); /* an address is enough */
  forget();
  threads[0] = gettid();
  sem_post(&ready);
  keep_in_register();
  CHECK(*kept_by_thread);
  return arg;
}

static void *run(void *arg) {
  struct node *volatile local = make(RUNNING_LOCAL);
  threads[2] = gettid();
  in_thread_local = make(RUNNING_TLS);
  sem_post(&ready);
  while (!quit)
    usleep(1000);
  CHECK(local != NULL);
  return arg;
}

static void check_all(void) {
  struct search found;
  const unsigned most = ALLOC_ROOT_STATIC | ALLOC_ROOT_THREAD_LOCAL | ALLOC_ROOT_FRAME;
  found = search_for(STATIC, most);
  CHECK(found.words == ALLOC_ROOT_STATIC && found.typed == ALLOC_ROOT_STATIC);
  found = search_for(ARRAY, most);
  CHECK(found.words == ALLOC_ROOT_STATIC && found.typed == ALLOC_ROOT_STATIC);
  found = search_for(UNION, most);
  CHECK(found.words == ALLOC_ROOT_STATIC && found.typed == ALLOC_ROOT_STATIC);
  CHECK(!search_for(STATIC, ALLOC_ROOT_THREAD_LOCAL).words && !search_for(OTHERS_TLS, ALLOC_ROOT_STATIC).words);
  found = search_in(threads[0], OTHERS_LOCAL, ALLOC_ROOT_ALL);
  CHECK(found.words & ALLOC_ROOT_FRAME && found.typed & ALLOC_ROOT_FRAME && found.words & ALLOC_ROOT_STACK && !found.runs);
  CHECK(!(found.words & ALLOC_ROOT_STATIC));
  found = search_for(OTHERS_TLS, most);
  CHECK(found.words == ALLOC_ROOT_THREAD_LOCAL && found.typed == ALLOC_ROOT_THREAD_LOCAL);
  found = search_for(OTHERS_SPECIFIC, most);
  CHECK(found.words == ALLOC_ROOT_THREAD_LOCAL && !found.typed);
  found = search_for(RUNNING_TLS, most);
  CHECK(found.words == ALLOC_ROOT_THREAD_LOCAL && found.typed == ALLOC_ROOT_THREAD_LOCAL);
  found = search_in(threads[2], RUNNING_LOCAL, ALLOC_ROOT_ALL);
  CHECK(found.words == ALLOC_ROOT_STACK && found.runs);
#ifdef __x86_64__
  CHECK(search_for(OTHERS_REGISTER, ALLOC_ROOT_REGISTERS).words == ALLOC_ROOT_REGISTERS);
#endif
  found = search_for(PLAIN_STATIC, most);
  CHECK(found.words == ALLOC_ROOT_STATIC && !found.typed);
  found = search_for(PLAIN_TLS, most);
  CHECK(found.words == ALLOC_ROOT_THREAD_LOCAL && !found.typed);
  CHECK(search_for(LIBRARY, most).words & ALLOC_ROOT_STATIC);
}

static __attribute__((noinline)) void with_locals(void) {
  struct node *local = make(MAIN_LOCAL);
  kept = &local;
  struct search found = search_in(gettid(), MAIN_LOCAL, ALLOC_ROOT_ALL);
  CHECK(found.words & ALLOC_ROOT_STACK && found.words & ALLOC_ROOT_FRAME && found.typed == ALLOC_ROOT_FRAME && !found.runs);
  *kept = NULL;
}

static int stop_at_third(const struct alloc_root *root, void *arg) { return (void)root, ++*(int *)arg == 3 ? ALLOC_WALK_STOP : ALLOC_WALK_ON; }

/* Not in a frame that is described: a local, or a register that is kept for the caller. */
static __attribute__((noinline)) void without_address(void) {
  struct node *p = make(MAIN_LOCAL);
  __asm__ volatile("" : "+r"(p));
  struct search found = search_for(MAIN_LOCAL, ALLOC_ROOT_STACK | ALLOC_ROOT_REGISTERS);
  CHECK(found.words);
  __asm__ volatile("" : : "r"(p));
}

/* On a signal stack the thread's own is a root as well; on a coroutine's, that and the own one. */
static int handled;
static void on_signal_stack(int number) {
  (void)number;
  struct search found = search_for(MAIN_LOCAL, ALLOC_ROOT_STACK);
  CHECK(found.words == ALLOC_ROOT_STACK && search_for(MAIN_LOCAL, ALLOC_ROOT_FRAME).typed == ALLOC_ROOT_FRAME);
  handled++;
}
static ucontext_t main_context, coroutine;
static void in_coroutine(void) {
  struct node *own = make(ARRAY);
  kept = &own;
  CHECK(search_for(MAIN_LOCAL, ALLOC_ROOT_STACK).words && search_for(ARRAY, ALLOC_ROOT_STACK).words && search_for(ARRAY, ALLOC_ROOT_FRAME).typed);
  /* The heap that the stack lies in is not shown with it. */
  CHECK(!search_in(gettid(), OTHERS_LATE, ALLOC_ROOT_STACK).words);
  handled += *kept == own;
}
static __attribute__((noinline)) void on_other_stacks(void) {
  struct node *local = make(MAIN_LOCAL);
  char *stack = malloc(1 << 16), *behind = malloc(16);
  static char signal_stack[1 << 16];
  kept = &local;
  memset(behind, 0, 16);
  sigaltstack(&(stack_t){.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, NULL);
  sigaction(SIGUSR2, &(struct sigaction){.sa_handler = on_signal_stack, .sa_flags = SA_ONSTACK}, NULL);
  raise(SIGUSR2);
  sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
  *(unsigned long *)behind = ~hidden[OTHERS_LATE];
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = 1 << 16;
  coroutine.uc_link = &main_context;
  makecontext(&coroutine, in_coroutine, 0);
  swapcontext(&main_context, &coroutine);
  CHECK(handled == 2);
  free(stack), free(behind);
}

/* Of a thread that is stopped before it has begun, perhaps. */
static void *begin(void *arg) {
  struct node *volatile local = arg;
  sem_wait(&ready);
  free(local);
  return NULL;
}
static __attribute__((noinline)) pthread_t start(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, begin, make(STARTED));
  pthread_kill(thread, SIGUSR1);
  return thread;
}
static void while_threads_begin(void) {
  for (int i = 0; i < 200; i++) {
    pthread_t thread = start();
    sem_wait(&stopped);
    struct search search = {.hidden = hidden[STARTED], .but = gettid()};
    CHECK(alloc_walk_roots(ALLOC_ROOT_THREAD_LOCAL | ALLOC_ROOT_STACK | ALLOC_ROOT_REGISTERS, see, &search) == ALLOC_WALK_ON && search.words);
    sem_post(&go), sem_post(&ready);
    pthread_join(thread, NULL);
  }
}

int main(void) {
  pthread_t one, other;
  pthread_key_t skipped;
  pthread_key_create(&early_key, NULL);
  for (int i = 0; i < 40; i++)
    pthread_key_create(&skipped, NULL);
  pthread_key_create(&late_key, NULL);
  sem_init(&ready, 0, 0), sem_init(&stopped, 0, 0), sem_init(&go, 0, 0);
  sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = stop, .sa_flags = SA_SIGINFO | SA_RESTART}, NULL);
  in_static = make(STATIC), in_array[2] = make(ARRAY), in_union.u.node = make(UNION);
  /* The C library has this address, in a variable of its own or in what that leads to. */
  char *buffer = (char *)make(LIBRARY);
  setvbuf(stdout, buffer, _IOFBF, sizeof(struct node));
  pthread_create(&one, NULL, stand, NULL), sem_wait(&ready);
  pthread_create(&other, NULL, run, NULL), sem_wait(&ready);
  while (!*in_register)
    usleep(100);
  pthread_kill(one, SIGUSR1), sem_wait(&stopped);
  check_all(), with_locals(), without_address(), on_other_stacks();
  int n = 0;
  CHECK(alloc_walk_roots(ALLOC_ROOT_ALL, stop_at_third, &n) == ALLOC_WALK_STOP && n == 3);
  CHECK(alloc_walk_roots(0, stop_at_third, &n) == ALLOC_WALK_ON && n == 3);
  quit = 1;
  sem_post(&go);
  pthread_join(one, NULL), pthread_join(other, NULL);
  setvbuf(stdout, NULL, _IONBF, 0);
  while_threads_begin();
  return check_failed;
}
#endif
