struct in_library { long l; char text[24]; };
_Thread_local struct in_library of_library;
static _Thread_local short hidden[5];
void *library_variable(void) { return &of_library; }
void *library_hidden(void) { return hidden; }
