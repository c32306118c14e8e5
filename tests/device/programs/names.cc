// Says which name servers this host has been told of, and what they say of the names that it is given.
#include "examples/say.h"
#include "net/net.h"

net::Task<> look_up(int count, char** names) {
  net::NameServers& servers = *net::Network::current().name_servers();
  for (std::size_t place = 0; place != net::NameServers::kPlaces; ++place) {
    if (servers.at(place).valid()) example::say("server ", servers.at(place));
  }
  for (int i = 0; i != count; ++i) {
    std::string_view name = names[i];
    net::Result<net::Addresses> found = co_await net::result(net::resolve(name));
    if (!found) example::say(name, ": ", net::describe(found.error().code()));
    if (!found) continue;
    for (const net::Address& each : *found) example::say(name, ": ", each);
  }
}

int main(int argc, char** argv) { return net::run(look_up, argc - 1, argv + 1); }
