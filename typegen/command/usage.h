/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */
#ifndef ALLOCS_COMMAND_USAGE_H
#define ALLOCS_COMMAND_USAGE_H

/* What `allocs COMMAND --help` prints. */

static const char census_usage[] =
    "usage: allocs census TARGET [options]\n"
    "Prints what is live in the target's heap.\n"
    "  -d SOURCES          count by these, the first first: type, site, allocator, size; default: type\n"
    "  --filter [SOURCE=]REGEX  only blocks whose type (or SOURCE) matches; may be given several times\n"
    "  --sort bytes|blocks|name  default: bytes\n"
    "  --top N             only the first N of each level\n"
    "  --format text|json  default: text\n"
    "  --rss               of all that is in memory, what it is for; takes of the others --top and --format\n"
    "  --no-stop           read a running process, which changes meanwhile\n"
    "  -v                  tell on stderr for how long the process was stopped\n";

static const char snapshot_usage[] = "usage: allocs snapshot TARGET -o FILE [options]\n"
                                     "Writes into a file what there is of the target: its pages, but for those of "
                                     "zeroes, and registers. All commands take\n"
                                     "it as TARGET, later and elsewhere. A process is stopped meanwhile.\n"
                                     "  --no-contents       only how many blocks of each type, place and size are "
                                     "live: a small file, for census and diff\n"
                                     "  -o FILE             the file\n"
                                     "  --no-stop           read a running process, which changes meanwhile\n"
                                     "  -v                  tell on stderr for how long the process was stopped\n";

static const char diff_usage[] =
    "usage: allocs diff SNAPSHOT TARGET [options]\n"
    "Prints what has become more or less in a heap since a snapshot, most growth first. TARGET is a snapshot, too, a\n"
    "process or a core.\n"
    "  -d, --filter, --sort, --top, --format, --no-stop, -v  as for allocs census; default: -d type,site\n";

static const char watch_usage[] =
    "usage: allocs watch PROCESS [options]\n"
    "Prints what has become more or less in the heap of a process that runs, again and again, since the first time.\n"
    "  --every TIME        how long to wait between: 500ms, 10s, 5m, 1h; default: 10s\n"
    "  --count N           end after so many times; default: when the process ends\n"
    "  --until LIMIT       end when it is reached, with exit status 1: 'bytes > 1G', 'blocks(struct node) >= 1000':\n"
    "                      bytes or blocks, of all or of a type, alone and in arrays; > >= < <=; a number, k, M or G\n"
    "  -d, --filter, --sort, --top, --format, --no-stop  as for allocs census; default: -d type,site --top 20\n";

static const char describe_usage[] =
    "usage: allocs describe TARGET ADDRESS... [options]\n"
    "Prints what each address is, in a line.\n"
    "An address may go on, as in C: 0x55d0c0de0010->next->name[3], table.buckets[17]; it begins with a number or a\n"
    "variable's name, and leads to what a pointer points to, or, with & before it, to where that is.\n"
    "  --mask BITS         bits of pointers in which the program has something else: 7, 0xff00000000000000\n"
    "  --format text|json  default: text\n"
    "  -v                  print the object at it, too, and on stderr for how long the process was stopped\n"
    "  --depth N           print what its pointers lead to, N of them one behind the other; default: 0\n"
    "  --no-stop           read a running process, which changes meanwhile\n";

static const char chain_usage[] = "usage: allocs chain TARGET ADDRESS... [options]\n"
                                  "Prints what encloses each address, innermost first: address, bytes, what it is.\n"
                                  "  --no-stop           read a running process, which changes meanwhile\n"
                                  "  --format text|json  default: text\n"
                                  "  -v                  tell on stderr for how long the process was stopped\n";

static const char find_usage[] =
    "usage: allocs find TARGET TYPE [options]\n"
    "Prints the objects of a type, as C spells it, in heap blocks and variables, alone or in arrays.\n"
    "  --where CONDITION   only those of which it holds; may be given several times: a member, one of == != < <= > "
    ">=,\n"
    "                      and a number, an enumerator, NULL or \"text\": 'next != NULL', 'at[1].x < 3'\n"
    "  --top N             print only the first N\n"
    "  --no-stop           read a running process, which changes meanwhile\n"
    "  --format text|json  default: text\n"
    "  -v                  tell on stderr for how long the process was stopped\n";

static const char threads_usage[] =
    "usage: allocs threads TARGET [options]\n"
    "Prints where each thread stands, the newest function first.\n"
    "  -v                  print the locals that can be pointed to, too, and on stderr for how long the process was\n"
    "                      stopped\n"
    "  --depth N           with -v, what their pointers lead to, N of them one behind the other; default: 0\n"
    "  --format text|json  default: text\n";

static const char leaks_usage[] =
    "usage: allocs leaks TARGET [options]\n"
    "Prints the heap blocks that no pointer leads to, by type and place, with what they hold. A process is stopped\n"
    "meanwhile. Every word that could be a pointer is taken for one.\n"
    "  --mask BITS         bits of pointers in which the program has something else\n"
    "  --top N             only the first N\n"
    "  --format text|json  default: text\n"
    "  -v                  tell on stderr for how long the process was stopped\n";

static const char why_usage[] =
    "usage: allocs why TARGET ADDRESS... [options]\n"
    "Prints on which way pointers lead to a heap block, the shortest, from a variable, stack or mapping. A process is\n"
    "stopped meanwhile.\n"
    "  --mask BITS         bits of pointers in which the program has something else\n"
    "  --format text|json  default: text\n"
    "  -v                  tell on stderr for how long the process was stopped\n";

static const char retained_usage[] =
    "usage: allocs retained TARGET [ADDRESS...] [options]\n"
    "Prints what would go, with all that it holds alone: the objects that hold most, and where in them a large part "
    "of\n"
    "the heap hangs together; or, of the blocks at the addresses, what each holds, and who holds it.\n"
    "  -d type|site        what would go with all blocks of a type, or from a place\n"
    "  --top N             the first N; default: 10\n"
    "  --format text|json  default: text\n"
    "  -v                  tell on stderr for how long the process was stopped\n";

static const char export_usage[] =
    "usage: allocs export TARGET --format FORMAT -o FILE [options]\n"
    "Writes what is live in the target's heap into a file that others read.\n"
    "  --format heapsnapshot  objects and what they point to, for Chrome's DevTools and memlab\n"
    "  --format pprof         blocks and bytes by site, with types as labels, for pprof\n"
    "  --format collapsed     a line for each site and type with its bytes, for flame graphs\n"
    "  --format html          a page: a treemap, and tables by type and site\n"
    "  -o FILE                the file\n"
    "  --no-stop              read a running process, which changes meanwhile\n"
    "  -v                     tell on stderr for how long the process was stopped\n";

#endif
