// Everything a program needs on every platform: tasks, sockets, `run`. Desktop only, and not here:
// net/core/blocking.h, net/core/error_code.h.
#pragma once

// IWYU pragma: begin_exports
#include "net/core/channel.h"
#include "net/core/combine.h"
#include "net/core/condition.h"
#include "net/core/deadline.h"
#include "net/core/dump.h"
#include "net/core/error.h"
#include "net/core/event.h"
#include "net/core/log.h"
#include "net/core/scope.h"
#include "net/core/semaphore.h"
#include "net/core/signal.h"
#include "net/core/sleep.h"
#include "net/core/task.h"
#include "net/io/address.h"
#include "net/io/buffered.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/io/memory_stream.h"
#include "net/io/resolve.h"
#include "net/io/serve.h"
#include "net/io/stream.h"
#include "net/io/udp.h"
#include "net/run.h"
// IWYU pragma: end_exports
