// Typed setters and getters for libcurl's variadic functions, which Swift does not import.
#ifndef BTF_HUB_CCURLSHIMS_H
#define BTF_HUB_CCURLSHIMS_H

#include <curl/curl.h>

CURLcode hub_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode hub_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
// libcurl copies the text.
CURLcode hub_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode hub_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode hub_curl_set_write(CURL *handle, curl_write_callback callback, void *context);
CURLcode hub_curl_set_progress(CURL *handle, curl_xferinfo_callback callback, void *context);
CURLcode hub_curl_get_long(CURL *handle, CURLINFO info, long *value);

#endif
