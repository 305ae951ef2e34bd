# processor.sh ROOT: the lines of the product that know a processor, by its words
cd "$1" && grep -rnwiE --include='*.[ch]' --include='*.cpp' --include='*.def' \
  -e '%?[re](ax|bx|cx|dx|bp|sp|si|di)|%?r(8|9|1[0-5])|%%?fs|rbp%|x86|amd64|i386|arm64|[a-z_0-9]*(x86_64|aarch64)[a-z_0-9]*' \
  -e '[a-z_]*ia32_[a-z]+|_*mm_[a-z0-9_]+|emmintrin|arm_neon|EM_[A-Z0-9_]+|REG_R[A-Z0-9]+|gregs|uc_mcontext' \
  -e '__builtin_thread_pointer|\.byte|__asm__[^"]*"[^"]+"|0x7f+[0-9a-f]*000|[0-9a-z_()]*1u?l*\)? *<< *4[78]|ALLOCS_(RULE_)?R(BP|BX|SP)' \
  runtime plugin typegen
