// Which sanitizer this is built under, for what cannot be as in other builds: limits of memory, long tests,
// and memory that is used again, where a sanitizer would no longer see a use after free.
//
// HOLDFAST_ADDRESS_SANITIZER and HOLDFAST_THREAD_SANITIZER are 0 or 1.
#pragma once

// g++ tells by macros, clang by features.
#if defined(__SANITIZE_ADDRESS__)
#define HOLDFAST_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOLDFAST_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef HOLDFAST_ADDRESS_SANITIZER
#define HOLDFAST_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__)
#define HOLDFAST_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HOLDFAST_THREAD_SANITIZER 1
#endif
#endif
#ifndef HOLDFAST_THREAD_SANITIZER
#define HOLDFAST_THREAD_SANITIZER 0
#endif

namespace holdfast {

inline constexpr bool is_sanitized = HOLDFAST_ADDRESS_SANITIZER != 0 || HOLDFAST_THREAD_SANITIZER != 0;

}  // namespace holdfast
