// BoardLoop: the loop of a board, over its clock, its rest, its console and what runs TCP/IP there. `run` makes
// one. Whoever has a main of its own, such as a test program, makes one instead; there is one at a time, as of
// the board.
#pragma once

#if defined(NET_W5500)
#include "embedded/runtime/w5500_loop.h"
#elif defined(NET_NINA)
#include "embedded/runtime/nina_loop.h"
#else
#include "embedded/runtime/lwip_loop.h"
#endif
