# What a firmware has of this library, whatever else it is built with. Sets EDDY_ROOT, EDDY_SOURCES, EDDY_INCLUDES and
# EDDY_DEFINITIONS.
get_filename_component(EDDY_ROOT "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

set(EDDY_SOURCES
    embedded/lwip/address.cc
    embedded/lwip/connect.cc
    embedded/lwip/datagram.cc
    embedded/lwip/inbox.cc
    embedded/lwip/listener.cc
    embedded/lwip/name_servers.cc
    embedded/lwip/network.cc
    embedded/lwip/open_sockets.cc
    embedded/lwip/stream.cc
    embedded/lwip/watch.cc
    embedded/ports/start.cc
    net/core/child.cc
    net/core/dump.cc
    net/core/error.cc
    net/core/fatal.cc
    net/core/fiber.cc
    net/core/log.cc
    net/core/loop.cc
    net/core/memory.cc
    net/core/memory_account.cc
    net/core/straggler.cc
    net/core/system_memory.cc
    net/core/text.cc
    net/core/timer_list.cc
    net/core/timer_wheel.cc
    net/dns/look_up.cc
    net/dns/message.cc
    net/io/address.cc
    net/io/buffered.cc
    net/io/connect.cc
    net/io/happy_eyeballs.cc
    net/io/listener.cc
    net/io/memory_stream.cc
    net/io/resolve.cc
    net/io/serve.cc
    net/io/socket.cc
    net/io/udp.cc
    net/program.cc)
list(TRANSFORM EDDY_SOURCES PREPEND "${EDDY_ROOT}/")

# One loop, so nothing is thread-local; few timers.
set(EDDY_DEFINITIONS NET_THREAD_LOCAL= NET_TIMER_LIST)

# tl::expected is a header of this computer (Debian: libexpected-dev). A cross compiler must see its folder and no other.
if(NOT EDDY_EXPECTED)
  foreach(folder /usr/include /usr/local/include)
    if(EXISTS "${folder}/tl/expected.hpp")
      set(EDDY_EXPECTED "${folder}")
      break()
    endif()
  endforeach()
endif()
if(NOT EXISTS "${EDDY_EXPECTED}/tl/expected.hpp")
  message(FATAL_ERROR "tl/expected.hpp is needed: install libexpected-dev, or set EDDY_EXPECTED to the folder above tl")
endif()
if(CMAKE_SCRIPT_MODE_FILE)
  set(EDDY_PORTABLE "${EDDY_EXPECTED}")
else()
  set(EDDY_PORTABLE "${CMAKE_BINARY_DIR}/eddy_portable")
  file(MAKE_DIRECTORY "${EDDY_PORTABLE}")
  file(CREATE_LINK "${EDDY_EXPECTED}/tl" "${EDDY_PORTABLE}/tl" SYMBOLIC)
endif()
set(EDDY_INCLUDES "${EDDY_ROOT}" "${EDDY_PORTABLE}")
