#include "embedded/runtime/nina_settings.h"

#include <string_view>

#include "embedded/runtime/offload_address.h"

namespace net {
namespace {

#include "embedded/wifi_setting.inc"

}  // namespace

nina::Settings make_settings() {
  nina::Settings settings;
  settings.name = kWifi;
  settings.passphrase = kPassphrase;
  given::read(settings.address, settings.subnet, settings.gateway);
  return settings;
}

}  // namespace net
