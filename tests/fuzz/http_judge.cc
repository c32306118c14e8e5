// Writes messages that are nearly those of tests/unit/http/corpus, and what net/http makes of them, for judges
// in other languages: a line of JSON each, with all text in hexadecimal digits.
//
//     http_judge COUNT SEED
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_corpus.h"
#include "tests/support/http_mutation.h"

namespace {

using net::http::Case;
using net::http::Message;
using net::http::Messages;

std::string hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto code = static_cast<unsigned char>(c);
    out.append(1, kDigits[code / 16]).append(1, kDigits[code % 16]);
  }
  return out + '"';
}

std::string number(bool value) { return value ? "true" : "false"; }

// Of the refusal, 0 if there is none of a head.
std::string status(const Messages& messages) {
  bool is_of_head = !messages.refusal.empty() && messages.refusal != "a bad chunk";
  return is_of_head ? messages.lines.back().substr(0, 3) : "0";
}

void write(std::string_view input) {
  Case each;
  std::string_view kind = "requests";
  switch (input[0]) {
    case 0: each.method = "GET"; break;
    case 1: each.method = "HEAD"; break;
    case 2: each.method = "CONNECT"; break;
    case 4: break;
    default: return;
  }
  if (!each.method.empty()) kind = each.method;
  each.kind = each.method.empty() ? Case::Kind::kRequests : Case::Kind::kResponses;
  std::array<std::string_view, 1> whole = {input.substr(1)};
  Messages messages = each.read(whole);
  std::string out = "{\"kind\":\"" + std::string(kind) + "\",\"bytes\":" + hex(whole[0]) + ",\"refusal\":\"" +
                    messages.refusal + "\",\"status\":" + status(messages) + ",\"messages\":[";
  for (std::size_t i = 0; i != messages.parts.size(); ++i) {
    const Message& message = messages.parts[i];
    if (i != 0) out += ',';
    out.append("{\"method\":").append(hex(message.method)).append(",\"target\":").append(hex(message.target));
    out.append(",\"status\":").append(std::to_string(message.status));
    out.append(",\"minor\":").append(std::to_string(message.minor_version));
    out.append(",\"body\":")
        .append(hex(message.body))
        .append(",\"keeps\":")
        .append(number(message.keeps_alive));
    out.append(",\"changes\":").append(number(message.changes_protocol));
    out.append(",\"complete\":").append(number(message.complete)).append(",\"fields\":[");
    for (std::size_t field = 0; field != message.fields.size(); ++field) {
      if (field != 0) out += ',';
      out.append("[").append(hex(message.fields[field].first)).append(",");
      out.append(hex(message.fields[field].second)).append("]");
    }
    out += "]}";
  }
  std::printf("%s]}\n", out.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  std::string errors;
  std::vector<std::string> seeds;
  for (const Case& each : net::http::read_corpus("tests/unit/http/corpus", errors)) {
    seeds.push_back(fuzz_input(each));
  }
  if (argc != 3 || seeds.empty() || !errors.empty()) {
    std::fprintf(stderr, "usage: http_judge COUNT SEED\n%s", errors.c_str());
    return 1;
  }
  for (const std::string& seed : seeds) write(seed);
  net::http::Mutator mutator(seeds, static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
  for (long left = std::strtol(argv[1], nullptr, 10); left > 0;) {
    std::string input = mutator.next();
    if (input.empty()) continue;
    write(input);
    --left;
  }
}
