#include "tests/conformance/private_network.h"

#include <cstring>
#include <string>

#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace net::conformance {
namespace {

// A message to the kernel (rtnetlink(7)) that grows by attributes.
class Request {
 public:
  Request() {
    header().nlmsg_type = RTM_NEWLINK;
    header().nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    header().nlmsg_len = NLMSG_LENGTH(sizeof(ifinfomsg));
  }
  nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_); }
  rtattr* add(unsigned short type, const void* data, std::size_t size) {
    auto* attribute = reinterpret_cast<rtattr*>(bytes_ + NLMSG_ALIGN(header().nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = static_cast<unsigned short>(RTA_LENGTH(size));
    if (size != 0) std::memcpy(RTA_DATA(attribute), data, size);
    header().nlmsg_len =
        static_cast<std::uint32_t>(NLMSG_ALIGN(header().nlmsg_len) + RTA_ALIGN(attribute->rta_len));
    return attribute;
  }
  void end(rtattr* nest) {
    nest->rta_len = static_cast<unsigned short>(bytes_ + header().nlmsg_len - reinterpret_cast<char*>(nest));
  }

 private:
  alignas(nlmsghdr) char bytes_[512]{};
};

bool add_virtual_pair(const char* name) {
  int netlink = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) return false;
  Request request;
  request.add(IFLA_IFNAME, name, std::strlen(name) + 1);
  rtattr* info = request.add(IFLA_LINKINFO, nullptr, 0);
  request.add(IFLA_INFO_KIND, "veth", 4);
  request.end(info);
  char answer[1024];
  bool made =
      ::send(netlink, &request.header(), request.header().nlmsg_len, 0) > 0 &&
      ::recv(netlink, answer, sizeof answer, 0) >= static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr))) &&
      static_cast<nlmsgerr*>(NLMSG_DATA(answer))->error == 0;
  ::close(netlink);
  return made;
}

void bring_all_up() {
  int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct if_nameindex* all = ::if_nameindex();
  for (auto* each = all; each != nullptr && each->if_index != 0; ++each) {
    ifreq request{};
    std::strncpy(request.ifr_name, each->if_name, IFNAMSIZ - 1);
    ::ioctl(any, SIOCGIFFLAGS, &request);
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    ::ioctl(any, SIOCSIFFLAGS, &request);
  }
  ::if_freenameindex(all);
  ::close(any);
}

bool write_file(const char* path, const std::string& text) {
  int file = ::open(path, O_WRONLY | O_CLOEXEC);
  bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return written;
}

std::uint32_t find() {
  std::uint32_t found = 0;
  struct if_nameindex* all = ::if_nameindex();
  for (auto* each = all; each != nullptr && each->if_index != 0 && found == 0; ++each) {
    int probe = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int index = static_cast<int>(each->if_index);
    sockaddr_in6 group{};
    group.sin6_family = AF_INET6;
    group.sin6_port = htons(9);
    group.sin6_addr.s6_addr[0] = 0xff;
    group.sin6_addr.s6_addr[1] = 0x01;
    group.sin6_addr.s6_addr[15] = 0x77;
    // Connecting looks the route up and sends nothing.
    bool routed = ::setsockopt(probe, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index) == 0 &&
                  ::connect(probe, reinterpret_cast<sockaddr*>(&group), sizeof group) == 0;
    if (routed) found = each->if_index;
    ::close(probe);
  }
  ::if_freenameindex(all);
  return found;
}

}  // namespace

std::uint32_t multicast_interface_v6() {
  static const std::uint32_t interface = [] {
    std::uint32_t found = find();
    if (found != 0) return found;
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return 0U;
    if (add_virtual_pair("eddy0")) bring_all_up();
    return find();
  }();
  return interface;
}

bool enter_narrow_network(std::size_t bytes) {
  std::string user = "0 " + std::to_string(::geteuid()) + " 1";
  // Root needs no user namespace, and within chroot(2) there are none.
  if (::unshare(CLONE_NEWNET) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
    // Somebody that is known there may do so again, as a test's own process does.
    if (!write_file("/proc/self/uid_map", user)) return false;
  }
  bring_all_up();
  std::string sizes = "4096 " + std::to_string(bytes) + " " + std::to_string(bytes);
  return write_file("/proc/sys/net/ipv4/tcp_rmem", sizes) && write_file("/proc/sys/net/ipv4/tcp_wmem", sizes);
}

}  // namespace net::conformance
