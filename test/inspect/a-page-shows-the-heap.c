// A heap is a page that needs nothing else, in which no name ends the script; a browser shows it, and goes into a type when it is clicked.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/exported.py %inspect %t %t.files
// RUN: %python %S/Inputs/page.py %t.files/html | grep -x "15 blocks, 792 bytes, 2 rows"
// RUN: not grep -E "src=|href=|url\(|@import|https?:" %t.files/html

#include "Inputs/named.h"
