/// The parts of the C source that are the same in each bundle.
extension EmbeddedSource {
    static let header = """
        /* Made by hubctl bundle --layout embed. Compile btfhub_bundle.c into the program that includes this. */
        #ifndef BTFHUB_BUNDLE_H
        #define BTFHUB_BUNDLE_H

        #include <stddef.h>

        #ifdef __cplusplus
        extern "C" {
        #endif

        /*
         * The BTF of the kernel whose image has a build-id, as /sys/kernel/notes tells it.
         * Returns its first byte, aligned to 8 bytes, and sets *size; returns NULL where the bundle has none.
         */
        const void *btfhub_by_build_id(const void *build_id, size_t length, size_t *size);

        /*
         * The BTF of the kernel of a release (uname -r) and a machine (uname -m).
         * distribution (ID of os-release) and version (VERSION_ID) may be NULL; the answer is then NULL where kernels of
         * several distributions or versions have that release and need different BTF.
         */
        const void *btfhub_by_release(const char *release, const char *machine, const char *distribution,
                                      const char *version, size_t *size);

        #ifdef __cplusplus
        }
        #endif

        #endif

        """

    static let preamble = """
        /* Made by hubctl bundle --layout embed. */
        #include "btfhub_bundle.h"

        #include <string.h>

        struct blob {
            const unsigned char *bytes;
            size_t size;
        };

        struct kernel {
            const char *release, *machine, *distribution, *version;
            unsigned blob;
        };

        struct build_id {
            unsigned char length;
            unsigned char bytes[64];
            unsigned blob;
        };


        """

    static let functions = """

        static const void *found(unsigned blob, size_t *size)
        {
            if (size)
                *size = blobs[blob].size;
            return blobs[blob].bytes;
        }

        const void *btfhub_by_build_id(const void *build_id, size_t length, size_t *size)
        {
            size_t low = 0, high = build_id_count;

            while (low < high) {
                size_t middle = low + (high - low) / 2;
                const struct build_id *entry = &build_ids[middle];
                int order;

                if (entry->length != length)
                    order = entry->length < length ? -1 : 1;
                else
                    order = memcmp(entry->bytes, build_id, length);
                if (order == 0)
                    return found(entry->blob, size);
                if (order < 0)
                    low = middle + 1;
                else
                    high = middle;
            }
            return NULL;
        }

        const void *btfhub_by_release(const char *release, const char *machine, const char *distribution,
                                      const char *version, size_t *size)
        {
            size_t low = 0, high = kernel_count;
            const struct kernel *match = NULL;

            while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (strcmp(kernels[middle].release, release) < 0)
                    low = middle + 1;
                else
                    high = middle;
            }
            for (; low < kernel_count && strcmp(kernels[low].release, release) == 0; low++) {
                const struct kernel *entry = &kernels[low];

                if (strcmp(entry->machine, machine) != 0)
                    continue;
                if (distribution && strcmp(entry->distribution, distribution) != 0)
                    continue;
                if (version && strcmp(entry->version, version) != 0)
                    continue;
                if (match && match->blob != entry->blob)
                    return NULL;
                match = entry;
            }
            return match ? found(match->blob, size) : NULL;
        }

        """
}
