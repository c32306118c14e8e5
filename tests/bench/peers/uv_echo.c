// TCP echo on libuv's own streams, the fastest way they offer: always reading, one shared buffer, uv_try_write
// first and a queued write just for what it did not take.
#define _GNU_SOURCE
#include <string.h>

#include "tests/bench/peers/uv_common.h"

struct rest {
  uv_write_t request;
  char data[];
};

static uv_loop_t* loop;
static char buffer[kBufferSize];

static void on_closed(uv_handle_t* handle) { free(handle); }

static void drop(uv_stream_t* stream) {
  if (!uv_is_closing((uv_handle_t*)stream)) uv_close((uv_handle_t*)stream, on_closed);
}

static void on_buffer(uv_handle_t* handle, size_t suggested, uv_buf_t* result) {
  (void)handle;
  (void)suggested;
  *result = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t* stream, ssize_t received, const uv_buf_t* data);

static void on_rest_written(uv_write_t* request, int status) {
  uv_stream_t* stream = request->handle;
  free(request->data);
  if (status < 0) {
    drop(stream);
  } else {
    check(uv_read_start(stream, on_buffer, on_read), "uv_read_start");
  }
}

// Reading stops until the peer has taken what it asked for.
static void write_rest(uv_stream_t* stream, const char* data, size_t length) {
  struct rest* rest = malloc(sizeof *rest + length);
  if (rest == NULL) fail("malloc");
  memcpy(rest->data, data, length);
  rest->request.data = rest;
  const uv_buf_t part = uv_buf_init(rest->data, (unsigned)length);
  uv_read_stop(stream);
  check(uv_write(&rest->request, stream, &part, 1, on_rest_written), "uv_write");
}

static void on_read(uv_stream_t* stream, ssize_t received, const uv_buf_t* data) {
  if (received == 0) return;
  if (received < 0) {
    drop(stream);
    return;
  }
  const uv_buf_t answer = uv_buf_init(data->base, (unsigned)received);
  int sent = uv_try_write(stream, &answer, 1);
  if (sent < 0 && sent != UV_EAGAIN) {
    drop(stream);
    return;
  }
  if (sent < 0) sent = 0;
  if (sent < received) write_rest(stream, data->base + sent, (size_t)(received - sent));
}

static void on_connection(uv_stream_t* listener, int status) {
  check(status, "listen");
  uv_tcp_t* peer = malloc(sizeof *peer);
  if (peer == NULL) fail("malloc");
  check(uv_tcp_init(loop, peer), "uv_tcp_init");
  check(uv_accept(listener, (uv_stream_t*)peer), "uv_accept");
  check(uv_read_start((uv_stream_t*)peer, on_buffer, on_read), "uv_read_start");
}

int main(void) {
  loop = uv_default_loop();
  uv_tcp_t listener;
  struct sockaddr_in address;
  check(uv_ip4_addr("127.0.0.1", 0, &address), "uv_ip4_addr");
  check(uv_tcp_init(loop, &listener), "uv_tcp_init");
  check(uv_tcp_bind(&listener, (const struct sockaddr*)&address, 0), "uv_tcp_bind");
  check(uv_tcp_nodelay(&listener, 1), "uv_tcp_nodelay");  // accepted sockets inherit it
  check(uv_listen((uv_stream_t*)&listener, kBacklog, on_connection), "uv_listen");
  announce_handle((uv_handle_t*)&listener);
  return uv_run(loop, UV_RUN_DEFAULT);
}
