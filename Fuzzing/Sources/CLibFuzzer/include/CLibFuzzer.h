#include <stddef.h>
#include <stdint.h>

typedef int (*fuzz_input_handler)(const uint8_t *data, size_t size);

/* libFuzzer's driver: runs `handler` on one input after the other (llvm's FuzzerInterface.h). */
int LLVMFuzzerRunDriver(int *argc, char ***argv, fuzz_input_handler handler);
