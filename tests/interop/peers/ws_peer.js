// npm's ws as the other end: `node ws_peer.js client URL` sends and expects back; `… server` does so to who connects.
'use strict';
const WebSocket = require('/usr/share/nodejs/ws');
const crypto = require('crypto');

const [, , role, url, compress] = process.argv;
const deflate = compress === 'plain' ? false : compress === 'forgets'
  ? { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 }
  : compress === 'small' ? { serverMaxWindowBits: 10, clientMaxWindowBits: 10, threshold: 0 } : { threshold: 0 };

function fail(why) {
  console.error(why);
  process.exit(1);
}

// Sends each message when the one before it has come back, pings, then closes.
function talk(socket) {
  const messages = ['', 'Hello', 'für €', Buffer.from([0, 255, 1]), 'x'.repeat(125), 'x'.repeat(126), 'y'.repeat(65535),
    crypto.randomBytes(65536), 'z'.repeat(300000), 'Hello', 'Hello', crypto.randomBytes(700000)];
  let at = 0;
  let pongs = 0;
  const next = () => {
    if (at === messages.length) return socket.close(4001, 'enough');
    const message = messages[at];
    if (at % 3 === 2 && message.length > 1) {
      const half = message.length >> 1;
      const binary = typeof message !== 'string';
      socket.send(message.slice(0, half), { fin: false, binary });
      socket.ping(`ping ${at}`);
      socket.send(message.slice(half), { fin: true, binary });
    } else {
      socket.ping(`ping ${at}`);
      socket.send(message);
    }
  };
  socket.on('pong', (data) => {
    if (!data.toString().startsWith('ping ')) fail(`pong ${data}`);
    pongs += 1;
  });
  socket.on('message', (data, isBinary) => {
    const expected = messages[at];
    if (isBinary !== (typeof expected !== 'string')) fail(`the kind of message ${at}`);
    if (Buffer.compare(data, Buffer.from(expected)) !== 0) fail(`message ${at}: ${data.length} bytes`);
    at += 1;
    next();
  });
  socket.on('close', (code) => {
    if (code !== 4001) fail(`close ${code}`);
    console.log(`${at} messages, ${pongs} pongs, ${socket.protocol}, ${socket.extensions}`);
    process.exit(0);
  });
  socket.on('error', (error) => fail(error.message));
  return next;
}

if (role === 'client') {
  const socket = new WebSocket(url, ['none', 'chat'], { perMessageDeflate: deflate });
  const begin = talk(socket);
  socket.on('open', begin);
} else {
  const server = new WebSocket.Server({ host: '127.0.0.1', port: 0, perMessageDeflate: deflate,
    handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false) });
  server.on('listening', () => console.log(server.address().port));
  server.on('connection', (socket) => talk(socket)());
}
