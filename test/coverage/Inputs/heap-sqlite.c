/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   Copyright The allocs authors. */

/* A database in memory, in the midst of a query when the program ends. */

#include <sqlite3.h>

int main(void) {
  sqlite3 *database;
  sqlite3_stmt *query;
  if (sqlite3_open(":memory:", &database) ||
      sqlite3_exec(database,
                   "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL); CREATE INDEX i ON t(b);"
                   "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000)"
                   "INSERT INTO t SELECT x, 'text' || x, x * 1.5 FROM n;"
                   "CREATE VIEW v AS SELECT b, count(*) n FROM t GROUP BY b;",
                   0, 0, 0) ||
      sqlite3_prepare_v2(database, "SELECT * FROM v JOIN t USING (b) ORDER BY c", -1, &query, 0))
    return 1;
  return sqlite3_step(query) != SQLITE_ROW;
}
