// C++ compiles and runs as without: constant evaluation, coroutines, lambdas, exceptions, virtual bases, templates, unions.
// RUN: %allocs-c++ -std=c++20 -pthread -Wall -Werror -O0 %s -o %t && %t > %t.ours
// RUN: %clang++ -std=c++20 -pthread -O0 %s -o %t.plain && %t.plain > %t.theirs && diff %t.ours %t.theirs
// RUN: %allocs-c++ -std=c++20 -pthread -Wall -Werror -O2 -g %s -o %t && %t | diff - %t.theirs
// RUN: %allocs-c++ -std=c++20 -pthread -Os -fno-assume-sane-operator-new -flto -fuse-ld=lld %s -o %t && %t | diff - %t.theirs
// RUN: %allocs-c++ -std=c++20 -x c++-header %s -DHEADER -o %t.pch && %allocs-c++ -std=c++20 -include-pch %t.pch -DUSER %s -o %t && %t | diff - %t.theirs
// REQUIRES: lld

#ifndef USER
#include <any>
#include <coroutine>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <memory_resource>
#include <regex>
#include <set>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

template <class T> struct generator {
  struct promise_type {
    T v;
    generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T x) { v = x; return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> h;
  ~generator() { h.destroy(); }
};
inline generator<int> count(int n) { for (int i = 0; i < n; i++) { int *p = new int(i); co_yield *p; delete p; } }
constexpr int sum(int n) { int *p = new int[n]; int s = 0; for (int i = 0; i < n; i++) s += p[i] = i; delete[] p; return s; }
static_assert(sum(10) == 45);
consteval int immediate(int n) { int *p = new int(n); int r = *p; delete p; return r; }
struct dflt { int *p = new int(4); constexpr dflt() {} constexpr dflt(int *q) : p(q) {} constexpr ~dflt() { delete p; } };
constexpr int arg(int *p = new int(2)) { int r = *p; delete p; return r; }
static_assert(arg() == 2);
template <int N> struct constant { static constexpr int k = sum(N); int *p = new int(k); constexpr constant() {} constexpr ~constant() { delete p; } };
constexpr int use_constant() { constant<5> k; return *k.p; }
static_assert(use_constant() == 10);
template <class... Ts> auto all(Ts... ts) { return std::make_tuple(std::unique_ptr<Ts>(new Ts(ts))...); }
template <class... Ts> int sizes(Ts...) { int n = 0; ((std::free(malloc(sizeof(Ts) + 16)), n += sizeof(Ts)), ...); int *s = new int[1]; delete[] s; return n; }
struct A { virtual ~A() = default; virtual A *clone() const { return new A(*this); }
  static void *operator new(size_t n) { return std::malloc(n); } static void operator delete(void *p) { std::free(p); } };
struct B : virtual A { int b; B *clone() const override { return new B(*this); } };
struct C : virtual A { int c; };
struct D : B, C { int d; D *clone() const override { return new D(*this); } };
template <class T> concept big = sizeof(T) > 4 && requires(T t) { new T(t); };
template <big T> T *cached() { static T *cache = new T(); return cache; }
inline void fail(int n) try { if (n) throw std::runtime_error("x"); } catch (const std::exception &) { delete new int(n); throw; }
struct holds { std::function<int *(int)> f = [](int n) { return new int(n); }; };
inline int *shared = new int(3);
template <class T> T *of = new T();
union either { std::string s; int i; either() : i(0) {} ~either() {} };
#endif

#if !defined HEADER || defined USER
static_assert(dflt().p != nullptr && *dflt().p == 4);
int main(int argc, char **) {
  int total = arg();
  { auto g = count(5); while (g.h.resume(), !g.h.done()) total += g.h.promise().v; }
  auto t = all(1, 2.0, std::string("abc"));
  total += *std::get<0>(t) + sizes(1, 'c', 2.0) + sum(argc) + immediate(3) + *dflt().p;
  D d;
  std::unique_ptr<A> a(d.clone());
  try { fail(1); } catch (std::exception &) { total++; }
  std::any any = std::string("any text that is long enough for the heap");
  std::variant<int, std::vector<long>> either_of = std::vector<long>(10);
  std::unordered_map<std::string, std::deque<int>> map;
  map["a"].push_back(1);
  std::pmr::monotonic_buffer_resource resource;
  std::pmr::vector<int> in(&resource);
  in.resize(100);
  std::smatch m;
  std::string s = "abbbc";
  std::thread([&] { total += *std::make_unique<int>(5); }).join();
  total += std::any_cast<std::string>(any).size() + std::get<1>(either_of).size() + map.size() + in.size();
  total += (std::regex_match(s, m, std::regex("a(b*)c")) ? m[1].length() : 0) + *holds().f(4) + *shared + *of<int> + *cached<long>();
  auto generic = [&]<class T>(T v) { auto *p = new T[3]{v, v, v}; T r = p[1]; delete[] p; return r; };
  std::list<either> unions(3);
  struct local { int *p = new int(9); ~local() { delete p; } };
  std::vector<local> locals(3);
  std::cout << total + generic(4) + generic(2L) + *locals[0].p + (alloca(argc) != nullptr) << "\n";
}
#endif
