#!/usr/bin/env node
// WebSocket echo, and a room where everybody hears what one says, on npm's ws, from Debian's package.
"use strict";
const http = require("node:http");
const { WebSocketServer } = require("/usr/share/nodejs/ws");

const backlog = 4096;
const echo = new WebSocketServer({ noServer: true });
const room = new WebSocketServer({ noServer: true });
const paths = { "/echo": echo, "/broadcast": room };

echo.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
room.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => {
    for (const client of room.clients) client.send(data, { binary: isBinary });
  });
});

const server = http.createServer();
server.on("upgrade", (request, socket, head) => {
  const target = paths[request.url];
  if (target === undefined) return socket.destroy();
  target.handleUpgrade(request, socket, head, (accepted) => target.emit("connection", accepted, request));
});
server.listen({ host: "127.0.0.1", port: 0, backlog }, () => console.log(`port ${server.address().port}`));
