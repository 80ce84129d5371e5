import { connect } from 'node:net';

const timeoutMs = 1000;

/**
 * Number of brokers in the cluster, by a broker's answer; 0 without one. A listening broker that is
 * not part of the cluster yet does not count itself. One request of Kafka's protocol, Metadata
 * version 1, for no topic.
 */
export function countBrokers(port: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs });
    let answer = Buffer.alloc(0);
    const finish = (brokers: number) => {
      socket.destroy();
      resolve(brokers);
    };
    socket.on('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      // length, correlation id, number of brokers
      if (answer.length >= 12) finish(answer.readInt32BE(8));
    });
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => finish(0));
  });
}

function metadataRequest(): Buffer {
  const request = Buffer.alloc(18);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(3, 4); // Metadata
  request.writeInt16BE(1, 6); // version
  request.writeInt32BE(1, 8); // correlation id
  request.writeInt16BE(-1, 12); // no client id
  request.writeInt32BE(0, 14); // of no topic
  return request;
}
