// Whether this build can tell people what its tasks do.
#pragma once

// A device whose flash is short may be built with 0. It then keeps no places of awaits, and no words for what
// an operation did and with whom: an Error has its code and the stack's, `context()` is empty, its message is
// the code's number, `dump_tasks` prints nothing, the library logs nothing of its work but the ports that it
// opens, and a mistake in the program ends it without a word. All else is as ever.
#ifndef NET_DIAGNOSTICS
#define NET_DIAGNOSTICS 1
#endif

namespace net {

inline constexpr bool kDiagnostics = NET_DIAGNOSTICS != 0;

}  // namespace net
