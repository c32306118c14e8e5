// UDP echo on libuv: receiving in batches (recvmmsg), answering with uv_udp_try_send.
#define _GNU_SOURCE
#include "tests/bench/peers/uv_common.h"

enum { kBatch = 20, kLargest = 64 * 1024 };  // libuv cuts the buffer into datagrams of 64 KiB, at most 20

static char buffers[kBatch * kLargest];

static void on_buffer(uv_handle_t* handle, size_t suggested, uv_buf_t* result) {
  (void)handle;
  (void)suggested;
  *result = uv_buf_init(buffers, sizeof buffers);
}

static void on_receive(uv_udp_t* socket, ssize_t received, const uv_buf_t* data, const struct sockaddr* sender,
                       unsigned flags) {
  (void)flags;
  check((int)received, "receive");
  if (sender == NULL) return;  // the end of a batch
  const uv_buf_t answer = uv_buf_init(data->base, (unsigned)received);
  const int sent = uv_udp_try_send(socket, &answer, 1, sender);
  if (sent != UV_EAGAIN) check(sent, "uv_udp_try_send");  // with a full socket buffer it is dropped
}

int main(void) {
  uv_loop_t* loop = uv_default_loop();
  uv_udp_t socket;
  struct sockaddr_in address;
  check(uv_ip4_addr("127.0.0.1", 0, &address), "uv_ip4_addr");
  check(uv_udp_init_ex(loop, &socket, AF_INET | UV_UDP_RECVMMSG), "uv_udp_init_ex");
  check(uv_udp_bind(&socket, (const struct sockaddr*)&address, 0), "uv_udp_bind");
  check(uv_udp_recv_start(&socket, on_buffer, on_receive), "uv_udp_recv_start");
  announce_handle((uv_handle_t*)&socket);
  return uv_run(loop, UV_RUN_DEFAULT);
}
