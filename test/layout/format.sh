# format.sh CLANG-FORMAT OPTIONS ROOT: run it over the sources of the product
formatter=$1 options=$2
cd "$3" && find runtime typegen plugin include \( -name '*.c' -o -name '*.cpp' -o -name '*.h' \) \
  -exec $formatter --style=file $options {} +
