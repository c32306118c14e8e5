// npm's ws: echoes on /, and on /all sends each message to everybody. It prints its port.
'use strict';
const { Server, OPEN } = require('/usr/share/nodejs/ws');

const server = new Server({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 });
server.on('listening', () => console.log(server.address().port));
server.on('connection', (socket, request) => {
  socket.toAll = request.url === '/all';
  socket.on('error', () => socket.terminate());
  socket.on('message', (data, binary) => {
    if (!socket.toAll) return socket.send(data, { binary });
    for (const each of server.clients) {
      if (each.toAll && each.readyState === OPEN) each.send(data, { binary });
    }
  });
});
