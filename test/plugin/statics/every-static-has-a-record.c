// Variables, static locals, literals, compound literals, functions and thread-locals have records, declarations none.
// RUN: %allocs-cc -c -w %s -o %t.o && %typegen --dump %t.o > %t.text && %filecheck %s < %t.text && not grep elsewhere %t.text
// RUN: %allocs-cc -c -w -O2 -fPIC -fdata-sections -ffunction-sections %s -o %t-2.o && %typegen --dump %t-2.o > %t.text && %filecheck %s < %t.text && not grep elsewhere %t.text
struct s { int a; char b[3]; };
extern int elsewhere;
int tentative;         // CHECK-DAG: static int tentative; /* 4 bytes, {{.*}}c:[[@LINE]] */
int completed[];       // CHECK-DAG: static int completed[7]; /* 28 bytes, {{.*}}c:[[@LINE]] */
int completed[7];
static struct s inner = {1, "x"}; // CHECK-DAG: static struct s inner; /* 8 bytes, {{.*}}c:[[@LINE]] */
const double table[3] = {1};      // CHECK-DAG: static double table[3]; /* 24 bytes, {{.*}}c:[[@LINE]] */
_Thread_local long each;          // CHECK-DAG: _Thread_local long each; /* 8 bytes, {{.*}}c:[[@LINE]] */
struct s *compound = &(struct s){2}; // CHECK-DAG: static (struct s){}; /* 8 bytes
const char *text = "some text";   // CHECK-DAG: literal char[10] = "some text";
void use(const void *);
int f(void) { // CHECK-DAG: static int f(void); /* function, {{.*}}c:[[@LINE]] */
  static int counter; // CHECK-DAG: static int counter; /* 4 bytes, {{.*}}c:[[@LINE]], in f() */
  use(&counter);
  use(&inner);
  use(__func__); // CHECK-DAG: literal char[2] = "f";
  return elsewhere;
}
