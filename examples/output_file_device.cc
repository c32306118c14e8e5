#include "examples/output_file.h"

namespace example {

OutputFile::~OutputFile() = default;

net::Result<> OutputFile::open(std::string_view) {
  return net::failure(net::Errc::not_supported, "open the output file");
}
net::Result<> OutputFile::write(net::Bytes) { return net::failure(net::Errc::not_supported); }
net::Result<> OutputFile::finish() { return net::failure(net::Errc::not_supported); }

}  // namespace example
