/* A library that the program is linked with. */
int in_library = 1;
