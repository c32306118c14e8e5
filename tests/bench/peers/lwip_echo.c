// TCP echo in plain callbacks of lwIP: what a device's programs are measured against.
#include <lwip/memp.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/bench/peers/lwip_port.h"

enum { kPort = 5000, kBacklog = 128, kPollInterval = 1 };

struct connection {
  struct pbuf* unsent;  // received, and not yet given to tcp_write
  u16_t offset;         // what of the first one has been
  bool ended;           // the peer sends no more
};

LWIP_MEMPOOL_DECLARE(connections, MEMP_NUM_TCP_PCB, sizeof(struct connection), "connections")

static void forget(struct connection* connection) {
  if (connection->unsent != NULL) pbuf_free(connection->unsent);
  LWIP_MEMPOOL_FREE(connections, connection);
}

static err_t on_receive(void* argument, struct tcp_pcb* pcb, struct pbuf* data, err_t error);
static err_t on_sent(void* argument, struct tcp_pcb* pcb, u16_t count);
static err_t on_poll(void* argument, struct tcp_pcb* pcb);
static void on_error(void* argument, err_t error);

static void call_back(struct tcp_pcb* pcb, struct connection* connection) {
  tcp_arg(pcb, connection);
  tcp_recv(pcb, on_receive);
  tcp_sent(pcb, on_sent);
  tcp_err(pcb, on_error);
  tcp_poll(pcb, on_poll, kPollInterval);
}

static void call_back_no_more(struct tcp_pcb* pcb) {
  tcp_arg(pcb, NULL);
  tcp_recv(pcb, NULL);
  tcp_sent(pcb, NULL);
  tcp_err(pcb, NULL);
  tcp_poll(pcb, NULL, 0);
}

// Sends what there is room for, and the window opens by as much; when the peer has ended and all is sent, ends
// too. Without room or memory `sent`, or the next poll, tries again.
static err_t advance(struct connection* connection, struct tcp_pcb* pcb) {
  while (connection->unsent != NULL) {
    struct pbuf* first = connection->unsent;
    u16_t left = (u16_t)(first->len - connection->offset);
    u16_t count = LWIP_MIN(left, tcp_sndbuf(pcb));
    if (count == 0) return ERR_OK;
    u8_t flags = TCP_WRITE_FLAG_COPY | (first->next != NULL ? TCP_WRITE_FLAG_MORE : 0);
    err_t error = tcp_write(pcb, (const char*)first->payload + connection->offset, count, flags);
    if (error == ERR_MEM) return ERR_OK;
    if (error != ERR_OK) {
      call_back_no_more(pcb);
      forget(connection);
      tcp_abort(pcb);
      return ERR_ABRT;
    }
    tcp_recved(pcb, count);
    connection->offset = (u16_t)(connection->offset + count);
    if (connection->offset < first->len) return ERR_OK;
    connection->offset = 0;
    connection->unsent = first->next;
    if (first->next != NULL) pbuf_ref(first->next);
    pbuf_free(first);
  }
  if (!connection->ended) return ERR_OK;
  call_back_no_more(pcb);
  if (tcp_close(pcb) == ERR_OK) {
    forget(connection);
  } else {
    call_back(pcb, connection);  // without memory for the last segment: the next poll tries again
  }
  return ERR_OK;
}

static err_t on_receive(void* argument, struct tcp_pcb* pcb, struct pbuf* data, err_t error) {
  struct connection* connection = argument;
  (void)error;
  if (data == NULL) {
    connection->ended = true;
  } else if (connection->unsent == NULL) {
    connection->unsent = data;
  } else {
    pbuf_cat(connection->unsent, data);
  }
  return advance(connection, pcb);
}

static err_t on_sent(void* argument, struct tcp_pcb* pcb, u16_t count) {
  (void)count;
  return advance(argument, pcb);
}

static err_t on_poll(void* argument, struct tcp_pcb* pcb) { return advance(argument, pcb); }

// lwIP has freed the control block.
static void on_error(void* argument, err_t error) {
  (void)error;
  forget(argument);
}

static err_t on_accept(void* argument, struct tcp_pcb* pcb, err_t error) {
  (void)argument;
  if (error != ERR_OK) return error;
  struct connection* connection = LWIP_MEMPOOL_ALLOC(connections);
  if (connection == NULL) return ERR_MEM;  // lwIP resets it
  *connection = (struct connection){NULL, 0, false};
  call_back(pcb, connection);
  tcp_nagle_disable(pcb);
  return ERR_OK;
}

static bool listen_on(u16_t port) {
  struct tcp_pcb* pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);
  if (pcb == NULL) return false;
  if (tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK) return false;
  pcb = tcp_listen_with_backlog(pcb, kBacklog);
  if (pcb == NULL) return false;
  tcp_accept(pcb, on_accept);
  return true;
}

static void turn(void) {
  port_rest(sys_timeouts_sleeptime());
  port_receive();
  sys_check_timeouts();
}

int main(void) {
  port_begin();
  LWIP_MEMPOOL_INIT(connections);
  while (!port_has_address()) turn();
  if (!listen_on(kPort)) {
    port_print("error: listen on port 5000\r\n");
    return 1;
  }
  port_print("info: TCP port 5000 is open\r\n");
  for (;;) turn();
}
