// What Linux offers and Swift's Glibc or Musl module leaves out. Declarations only; other systems
// need none.
#pragma once

#ifdef __linux__
#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// glibc hides these behind _GNU_SOURCE, which an importer cannot define for a module built before.
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
#endif
