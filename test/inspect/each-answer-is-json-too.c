// What the commands tell as text they tell as JSON, too, whatever is in the names.
// RUN: %allocs-cc -O0 %s -o %t
// RUN: %python %S/Inputs/as_json.py %inspect %t
// RUN: not %inspect why 1 0 --format xml 2>&1 | grep "wrong or missing value of --format"

#include "Inputs/named.h"
