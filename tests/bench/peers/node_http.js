#!/usr/bin/env node
// HTTP/1.1 on node:http. `node_http.js FILE`.
"use strict";
const fs = require("node:fs");
const http = require("node:http");

const file = process.argv[2];
const backlog = 4096;

function send(response, type, body) {
  response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

function sendFile(response) {
  fs.stat(file, (error, status) => {
    if (error) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": status.size });
    fs.createReadStream(file).pipe(response);
  });
}

const server = http.createServer((request, response) => {
  switch (request.method === "GET" ? request.url : "") {
    case "/plaintext": return send(response, "text/plain", "Hello, World!");
    case "/json": return send(response, "application/json", JSON.stringify({ message: "Hello, World!" }));
    case "/file": return sendFile(response);
    default: return response.writeHead(404).end();
  }
});
server.listen({ host: "127.0.0.1", port: 0, backlog }, () => console.log(`port ${server.address().port}`));
