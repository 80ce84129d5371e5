import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The floor of accepting: reads a report, parses it, and answers as metering does, without storing
// it.
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const report = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    const answer = JSON.stringify({ accepted: Array.isArray(report) ? report.length : 1, duplicates: 0, rejected: [] });
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
