# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Copyright The allocs authors.
#
# Completion of `allocs` for bash: commands and options as the program's own --help has them, numbers of processes, files.

_allocs() {
  local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} words
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    words=$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z-]*\)  .*/\1/p')
  elif [ "${word#-}" != "$word" ]; then
    words=$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null | grep '^  -' | grep -oE '(^  |, | )--?[a-z][a-z-]*')
  else
    words=$(cd /proc && echo [0-9]*)
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "${words//,/ }" -- "$word")
}
complete -o filenames -F _allocs allocs
