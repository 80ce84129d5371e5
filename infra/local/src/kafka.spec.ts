import { afterAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { startKafka } from './kafka.ts';
import type { Kafka } from './kafka.ts';
import { countBrokers } from './kafka-probe.ts';
import { eventually, temporaryHome } from './testing.ts';

const home = temporaryHome();
let kafka: Kafka | undefined;

afterAll(async () => {
  await kafka?.stop();
  rmSync(home, { recursive: true });
}, 30_000);

describe('three brokers', () => {
  it('form one cluster, of which one can be killed and brought back on its port', async () => {
    kafka = await startKafka({ home, brokers: 3 });
    const [first, , last] = kafka.brokers.map((broker) => Number(broker.split(':')[1]));
    await eventually(async () => (await countBrokers(first!)) === 3);

    await kafka.nodes[2]!.kill();
    expect(kafka.pids()).toHaveLength(2);
    await eventually(async () => (await countBrokers(first!)) === 2);

    await kafka.nodes[2]!.start();
    await eventually(async () => (await countBrokers(last!)) === 3);
  }, 120_000);

  it('stay three: a home does not change its number of brokers', async () => {
    await expect(startKafka({ home, brokers: 1 })).rejects.toThrow(
      `The Kafka in ${home} was made with 3 broker(s), not 1`,
    );
  });
});
