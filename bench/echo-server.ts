import http from 'node:http';
import { WebSocketServer } from 'ws';

// The least that a chat server can do: says every frame back. Measures the machine, the sockets and the driver.
const server = http.createServer((_, response) => response.end('ready'));
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (data) => socket.send((data as Buffer).toString('utf8')));
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
