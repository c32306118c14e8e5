#include "net/websocket/handshake.h"

#include <algorithm>

#include "net/http/syntax.h"
#include "net/websocket/deflate.h"
#include "net/websocket/sha1.h"

namespace net::websocket {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kDeflate = "permessage-deflate";

// RFC 4648, 4.
void write_base64(std::span<const std::uint8_t> data, std::span<char> out) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < data.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j != 3; ++j) group = group << 8 | (i + j < data.size() ? data[i + j] : 0U);
    for (std::size_t j = 0; j != 4; ++j)
      out[at++] = i + j <= data.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
}

// One member of Sec-WebSocket-Extensions, taken apart: its name, then its parameters.
class Parameters {
 public:
  explicit Parameters(std::string_view member) : rest_(member) { name_ = take(); }
  [[nodiscard]] std::string_view name() const { return name_; }
  // The next parameter; `value` is null if it has none.
  bool next(std::string_view& parameter, std::optional<std::string_view>& value) {
    if (!more_) return false;
    std::string_view part = take();
    std::size_t equals = part.find('=');
    parameter = http::trimmed(part.substr(0, equals));
    value.reset();
    if (equals == std::string_view::npos) return true;
    std::string_view text = http::trimmed(part.substr(equals + 1));
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    value = text;
    return true;
  }

 private:
  std::string_view take() {
    std::size_t end = rest_.find(';');
    more_ = end != std::string_view::npos;
    std::string_view part = http::trimmed(rest_.substr(0, end));
    rest_ = more_ ? rest_.substr(end + 1) : std::string_view();
    return part;
  }
  std::string_view rest_;
  std::string_view name_;
  bool more_ = true;
};

// "8" to "15", without zeros before it (RFC 7692, 7.1.2); 0 if it is none.
std::uint8_t window_bits(std::string_view text) {
  if (text == "8" || text == "9") return static_cast<std::uint8_t>(text[0] - '0');
  if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5')
    return static_cast<std::uint8_t>(10 + text[1] - '0');
  return 0;
}

// What a member says; `seen` has a bit for each parameter.
struct Said {
  Deflate parameters;
  unsigned seen = 0;
  bool good = true;
};
enum Seen : unsigned { kServerNoContext = 1, kClientNoContext = 2, kServerBits = 4, kClientBits = 8 };

Said read_parameters(Parameters& from, bool is_offer) {
  Said said;
  std::string_view parameter;
  std::optional<std::string_view> value;
  while (said.good && from.next(parameter, value)) {
    unsigned bit = 0;
    if (parameter == "server_no_context_takeover") {
      bit = kServerNoContext;
      said.good = !value;
      said.parameters.server_no_context_takeover = true;
    } else if (parameter == "client_no_context_takeover") {
      bit = kClientNoContext;
      said.good = !value;
      said.parameters.client_no_context_takeover = true;
    } else if (parameter == "server_max_window_bits") {
      bit = kServerBits;
      said.parameters.server_window_bits = value ? window_bits(*value) : std::uint8_t{0};
      said.good = said.parameters.server_window_bits != 0;
    } else if (parameter == "client_max_window_bits") {
      bit = kClientBits;
      // An offer may have no value: only that the server may say one (RFC 7692, 7.1.2.2).
      if (value || !is_offer)
        said.parameters.client_window_bits = value ? window_bits(*value) : std::uint8_t{0};
      said.good = said.parameters.client_window_bits != 0;
    } else {
      said.good = false;
    }
    if ((said.seen & bit) != 0) said.good = false;
    said.seen |= bit;
  }
  return said;
}

void write_bits(TextBuffer& out, std::string_view name, std::uint8_t bits) {
  if (bits != 15) out << "; " << name << '=' << std::uint32_t{bits};
}

}  // namespace

bool is_key(std::string_view key) {
  if (key.size() != kKeySize || key.substr(kKeySize - 2) != "==") return false;
  for (char each : key.substr(0, kKeySize - 2)) {
    if (kDigits.find(each) == std::string_view::npos) return false;
  }
  return (kDigits.find(key[kKeySize - 3]) & 15) == 0;  // the bits that belong to no byte
}

std::array<char, kKeySize> make_key(std::span<const std::uint8_t, 16> random) {
  std::array<char, kKeySize> key;
  write_base64(random, key);
  return key;
}

std::array<char, kAcceptSize> accept_key(std::string_view key) {
  Text<kKeySize + 64> both;
  both << key << kGuid;
  std::array<std::uint8_t, 20> digest = sha1(both.text());
  std::array<char, kAcceptSize> accept;
  write_base64(digest, accept);
  return accept;
}

std::string_view choose_protocol(std::string_view offered, std::span<const std::string_view> supported) {
  std::string_view member;
  while (http::next_member(offered, member)) {
    if (std::find(supported.begin(), supported.end(), member) != supported.end()) return member;
  }
  return {};
}

void Deflate::write_offer(TextBuffer& out) const {
  write_answer(out);
  if (client_window_bits == 15) out << "; client_max_window_bits";
}

void Deflate::write_answer(TextBuffer& out) const {
  out << kDeflate;
  if (server_no_context_takeover) out << "; server_no_context_takeover";
  if (client_no_context_takeover) out << "; client_no_context_takeover";
  write_bits(out, "server_max_window_bits", server_window_bits);
  write_bits(out, "client_max_window_bits", client_window_bits);
}

std::optional<Deflate> answer_offer(std::string_view extensions, const Deflate& wanted) {
  if (!has_deflate()) return std::nullopt;
  std::string_view member;
  while (http::next_member(extensions, member)) {
    Parameters parameters(member);
    if (parameters.name() != kDeflate) continue;
    Said said = read_parameters(parameters, true);
    // zlib has no window of 256 bytes for what is sent.
    if (!said.good || said.parameters.server_window_bits < 9) continue;
    Deflate agreed = said.parameters;
    agreed.server_no_context_takeover |= wanted.server_no_context_takeover;
    agreed.client_no_context_takeover |= wanted.client_no_context_takeover;
    agreed.server_window_bits = std::min(agreed.server_window_bits, wanted.server_window_bits);
    // Only who has said that it can be told is told (RFC 7692, 7.1.2.2).
    if ((said.seen & kClientBits) != 0)
      agreed.client_window_bits = std::min(agreed.client_window_bits, wanted.client_window_bits);
    return agreed;
  }
  return std::nullopt;
}

bool read_answer(std::string_view extensions, const Deflate* offered, std::optional<Deflate>& agreed) {
  agreed.reset();
  std::string_view member;
  while (http::next_member(extensions, member)) {
    Parameters parameters(member);
    if (offered == nullptr || agreed || parameters.name() != kDeflate) return false;
    Said said = read_parameters(parameters, false);
    if (!said.good || said.parameters.client_window_bits < 9) return false;
    // It must not forget what was asked of it (RFC 7692, 7.1.1.1, 7.1.2.1).
    if (offered->server_no_context_takeover && !said.parameters.server_no_context_takeover) return false;
    if (said.parameters.server_window_bits > offered->server_window_bits) return false;
    agreed = said.parameters;
    agreed->client_no_context_takeover |= offered->client_no_context_takeover;
    agreed->client_window_bits = std::min(agreed->client_window_bits, offered->client_window_bits);
  }
  return true;
}

}  // namespace net::websocket
