#include "net/uv/errors.h"

#include <cerrno>

#include <uv.h>

namespace net::uv {

Errc from_errno(int number) {
  switch (number) {
    case 0: return Errc::ok;
    case ECANCELED: return Errc::cancelled;
    case ETIMEDOUT: return Errc::timed_out;
    case ECONNREFUSED:
    case ENOENT: return Errc::connection_refused;  // a Unix socket whose path is not there
    case ECONNRESET:
    case ECONNABORTED: return Errc::connection_reset;
    case EPIPE: return Errc::broken_pipe;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EHOSTDOWN: return Errc::unreachable;
    case EADDRINUSE: return Errc::address_in_use;
    case EADDRNOTAVAIL: return Errc::address_not_available;
    case ENOTCONN:
    case EDESTADDRREQ: return Errc::not_connected;
    case EOPNOTSUPP:
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
    case ENOPROTOOPT:
    case EBADF:  // not opened for that: a pipe has a reading and a writing end
    case ENOSYS: return Errc::not_supported;
    case EINVAL:
    case ENAMETOOLONG:
    case ENODEV: return Errc::invalid_argument;
    case EACCES:
    case EPERM: return Errc::permission_denied;
    case EMSGSIZE: return Errc::message_too_long;
    case EMFILE:
    case ENFILE: return Errc::too_many_open;
    case ENOMEM:
    case ENOBUFS: return Errc::no_memory;
    case ENETDOWN: return Errc::network_down;
    default: return Errc::io_error;
  }
}

Errc from_status(int status) {
  switch (status) {
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
    case UV_EAI_ADDRFAMILY: return Errc::host_not_found;
    case UV_EAI_MEMORY: return Errc::no_memory;
    case UV_EAI_CANCELED: return Errc::cancelled;
    case UV_EAI_AGAIN:
    case UV_EAI_FAIL:
    case UV_EAI_BADFLAGS:
    case UV_EAI_FAMILY:
    case UV_EAI_SERVICE:
    case UV_EAI_SOCKTYPE:
    case UV_EAI_OVERFLOW:
    case UV_EAI_BADHINTS:
    case UV_EAI_PROTOCOL: return Errc::resolver_failed;
    default: return status < 0 ? from_errno(-status) : Errc::ok;
  }
}

}  // namespace net::uv
