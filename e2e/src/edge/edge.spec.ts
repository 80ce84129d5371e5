import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually as until } from '@tokengrid/infra-local/testing';
import { HeldMemory } from '../idle-streams/held-memory.ts';
import { complaintsOf, idleStreams } from '../idle-streams/proof.ts';
import { apps } from './apps.ts';
import { type Party, unique } from '../api/parties.ts';
import { type ChatTold, Edge } from './edge.ts';
import { images } from './images.ts';

let edge: Edge;

jest.setTimeout(120_000);

beforeAll(async () => {
  edge = await Edge.open({ gateway: 2 }, { NODE_OPTIONS: '--inspect-port=0' });
}, 240_000);
afterAll(() => edge.close(), 60_000);

const gateway = (index: number) => edge.grid.gateways[index]!;

/** A stream that is read: its text so far, and its end, however it ends. */
class Reading {
  text = '';
  readonly ended: Promise<void>;

  constructor(response: Response) {
    this.ended = this.read(response).catch(() => undefined);
  }

  /** Units that came so far: the model server sends one to an event, after an empty one. */
  get units(): number {
    return this.text.match(/"content":"[^"]/g)?.length ?? 0;
  }

  private async read(response: Response): Promise<void> {
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) this.text += part;
  }
}

describe('apps at the edge', () => apps(() => edge));

describe('images at the edge', () => images(() => edge));

describe('tokens at the edge', () => {
  it('are charged for what was served, by any process, and what is left of slices goes back', async () => {
    const bought = 10_000_000n;
    const payer = await edge.payer(bought);
    const chats = Array.from({ length: 60 }, (_, index) => edge.chat(gateway(index % 2), payer, { units: 100 }));
    const answers = await Promise.all(chats);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const cost = answers.reduce((sum, answer) => sum + edge.costOf(answer), 0n);
    expect(answers.reduce((sum, { headers }) => sum + BigInt(headers.get('x-tokengrid-charge')!), 0n)).toBe(cost);
    expect(await edge.settled(payer)).toBe(bought - cost);
  });

  it('end within a second where their wallet is frozen, and what was streamed until then is charged', async () => {
    const payer = await edge.payer(1_000_000n);
    const directions = 'first-unit-ms=0, unit-ms=10';
    const response = await edge.request(gateway(0), payer, { units: 3000, stream: true, directions });
    expect(response.status).toBe(200);
    const reading = new Reading(response);
    await until(() => reading.units > 50);
    const frozen = await edge.grid
      .at('wallet')
      .post(`/v1/wallets/${payer.walletId}/freeze`, edge.grid.operatorKey, { reason: 'a stolen phone' });
    const at = performance.now();
    expect(frozen.status).toBe(200);
    await reading.ended;
    expect(performance.now() - at).toBeLessThan(1000);
    expect(reading.text).toContain('error');
    const charged = 1_000_000n - (await edge.settled(payer));
    expect(charged).toBe(BigInt(reading.units) * 2n + 1n);
    expect((await edge.chat(gateway(0), payer)).status).toBe(403);
  });

  it('come back from a process that was killed, less what it had stored of its streams', async () => {
    const payer = await edge.payer(1_000_000n);
    const directions = 'first-unit-ms=0, unit-ms=10';
    const response = await edge.request(gateway(1), payer, { units: 3000, stream: true, directions });
    const reading = new Reading(response);
    // By then units of running requests were stored.
    await until(() => reading.units > 700, 30_000);
    const part = edge.grid.stack.part('gateway-2');
    await part.kill();
    await reading.ended;
    const charged = 1_000_000n - (await edge.settled(payer));
    expect(charged > 100n).toBe(true);
    expect(charged <= BigInt(reading.units) * 2n + 1n).toBe(true);
    await part.start();
    expect((await edge.chat(gateway(1), payer)).status).toBe(200);
  });

  it('are spent to the end of a stream whose process is asked to end, while new requests go elsewhere', async () => {
    const payer = await edge.payer(1_000_000n);
    const directions = 'first-unit-ms=0, unit-ms=10';
    const response = await edge.request(gateway(1), payer, { units: 300, stream: true, directions });
    const reading = new Reading(response);
    await until(() => reading.units > 50);
    const part = edge.grid.stack.part('gateway-2');
    const stopped = part.stop();
    // It does not listen any more.
    await until(async () => !(await edge.chat(gateway(1), payer).catch(() => undefined)));
    expect((await edge.chat(gateway(0), payer, { units: 1 })).status).toBe(200);
    await reading.ended;
    await stopped;
    expect([reading.units, reading.text.trimEnd().endsWith('data: [DONE]')]).toEqual([300, true]);
    await part.start();
    const charged = 1_000_000n - (await edge.settled(payer));
    expect(charged >= 300n * 2n + 1n + (await edge.costOfChat(1))).toBe(true);
  });

  it.each(['kafka', 'postgres'])(
    'are never spent twice in streams under which %s dies and comes back',
    async (name) => {
      const payer = await edge.payer(1_000_000n);
      const directions = 'first-unit-ms=0, unit-ms=10';
      const readings = await Promise.all(
        [0, 1].map(async (index) => {
          const of = { units: 600, stream: true, directions };
          return new Reading(await edge.request(gateway(index), payer, of));
        }),
      );
      await until(() => readings.every(({ units }) => units > 50));
      const part = edge.grid.stack.part(name);
      await part.kill();
      await part.start();
      await Promise.all(readings.map(({ ended }) => ended));
      const charged = 1_000_000n - (await edge.settled(payer));
      const produced = readings.reduce((sum, { units }) => sum + BigInt(units) * 2n + 1n, 0n);
      expect(charged <= produced).toBe(true);
      // Nothing is lost of an answer that says that it is whole.
      const areWhole = readings.every(({ text }) => text.includes('[DONE]'));
      expect(charged === produced || !areWhole).toBe(true);
      await until(async () => (await edge.chat(gateway(0), payer)).status === 200, 60_000);
    },
  );
});

describe('a request under an Idempotency-Key whose gateway is killed', () => {
  /** Kills the second gateway once it serves a request, and sends that again to the first one. */
  async function repeated(told: ChatTold, isInTheMiddle: (reading: Reading) => boolean) {
    const payer = await edge.payer(1_000_000n);
    const part = edge.grid.stack.part('gateway-2');
    const calls = edge.server.calls.length;
    const response = edge.request(gateway(1), payer, told);
    response.catch(() => undefined);
    await until(() => edge.server.calls.length > calls);
    if (told.stream) {
      const reading = new Reading(await response);
      await until(() => isInTheMiddle(reading), 30_000);
    }
    await part.kill();
    let repeat = await edge.chat(gateway(0), payer, told);
    await until(async () => {
      if (repeat.status === 409 && repeat.headers.get('retry-after') !== null)
        repeat = await edge.chat(gateway(0), payer, told);
      return repeat.headers.get('retry-after') === null;
    }, 40_000);
    const calledFor = edge.server.calls.length - calls;
    const charged = 1_000_000n - (await edge.settled(payer));
    await part.start();
    return { payer, repeat, calledFor, charged };
  }

  it('before its answer is served anew, and charged once', async () => {
    const told = { units: 50, directions: 'first-unit-ms=4000', idempotencyKey: unique('k') };
    const { payer, repeat, calledFor, charged } = await repeated(told, () => true);
    expect([repeat.status, calledFor]).toEqual([200, 2]);
    expect(charged).toBe(edge.costOf(repeat));
    const again = await edge.chat(gateway(1), payer, told);
    expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', repeat.body]);
    expect(1_000_000n - (await edge.settled(payer))).toBe(charged);
  });

  it('in its stream is told the charge of what was stored, and not charged again', async () => {
    const directions = 'first-unit-ms=0, unit-ms=10';
    const told = { units: 3000, stream: true, directions, idempotencyKey: unique('k') };
    const { repeat, calledFor, charged } = await repeated(told, (reading) => reading.units > 700);
    expect([repeat.status, repeat.body['error']]).toMatchObject([409, { code: 'answer_not_kept' }]);
    expect([calledFor, charged > 100n]).toEqual([1, true]);
  });
});

describe('streams of which nothing comes', () => {
  it('are held in flat memory, a little each, and leave none behind', async () => {
    const of = { edge, payer: await edge.payer(1_000_000_000n), memory: await memoryOf('gateway') };
    const streams = 300;
    // The first ones warm the process up.
    await idleStreams(of, { streams, idleMs: 0 });
    expect(complaintsOf(await idleStreams(of, { streams, idleMs: 3000 }), streams)).toEqual([]);
    of.memory.close();
  });

  const memoryOf = (part: string) => HeldMemory.of(edge.grid.stack.part(part).pids()[0]!, edge.grid.logOf(part));
});

describe('keys for agents', () => {
  const expiresAt = '2099-01-01T00:00:00.000Z';
  const identity = () => edge.grid.at('identity');

  /** An agent's key of a payer, once all gateways know it. */
  async function agentOf(payer: Party, limits: object): Promise<Party> {
    const scopes = ['gateway:completions:write', 'identity:api-keys:write'];
    const asked = { name: 'agent', scopes, expiresAt, ...limits };
    const { status, body } = await identity().post('/v1/api-keys', payer.key, asked);
    expect([status, body['parent']]).toEqual([201, expect.stringMatching(/^key_/)]);
    const key = String(body['secret']);
    const isKnown = (index: number) => gateway(index).get('/v1/key', key);
    for (const index of [0, 1]) await until(async () => (await isKnown(index)).status === 200);
    return { ...payer, key, keyId: String(body['id']) };
  }

  it('use the models that they name, mint narrower ones, and say what limits them', async () => {
    const payer = await edge.payer(1_000_000n);
    const agent = await agentOf(payer, { models: [edge.model.toUpperCase(), 'nothing*'], requestsPerMinute: 100 });
    const child = await agentOf(agent, { models: ['nothing-*'], streams: 1 });
    expect((await edge.chat(gateway(0), agent)).status).toBe(200);
    expect((await edge.chat(gateway(1), child)).status).toBe(403);
    const { body } = await gateway(1).get('/v1/key', child.key);
    expect(body).toMatchObject({ parent: agent.keyId, expiresAt, models: ['nothing-*'] });
    expect((await gateway(0).get('/v1/models', child.key)).body['data']).toEqual([]);
  });

  it('spend exactly their budget, however many requests come at once', async () => {
    const [served, cost] = [10n, await edge.costOfChat(8)];
    const payer = await edge.payer(100_000_000n);
    const agent = await agentOf(payer, { budget: { total: String(served * cost) } });
    let count = 0;
    for (let last = -1; count > last;) {
      last = count;
      const chats = Array.from({ length: 100 }, (_, index) => edge.chat(gateway(index % 2), agent, { units: 8 }));
      const statuses = (await Promise.all(chats)).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 402 && status !== 503)).toEqual([]);
      count += statuses.filter((status) => status === 200).length;
    }
    expect(BigInt(count)).toBe(served);
    expect(await edge.settled(payer)).toBe(100_000_000n - served * cost);
    const caps = async () => (await gateway(1).get('/v1/key', agent.key)).body['caps'];
    await until(async () => JSON.stringify(await caps()).includes('"remainingInAll":"0"'));
    expect(await caps()).toMatchObject([{ keyId: agent.keyId, spentToday: String(served * cost) }]);
    expect((await edge.chat(gateway(0), payer)).status).toBe(200);
  });

  it('end what they stream within a second of their end', async () => {
    const payer = await edge.payer(1_000_000n);
    const endsAt = Date.now() + 4000;
    const agent = await agentOf(payer, { expiresAt: new Date(endsAt).toISOString() });
    const directions = 'first-unit-ms=0, unit-ms=10';
    const streams = [0, 1].map((index) =>
      edge.request(gateway(index), agent, { units: 3000, stream: true, directions }),
    );
    const readings = (await Promise.all(streams)).map((response) => new Reading(response));
    await Promise.all(readings.map(({ ended }) => ended));
    const late = Date.now() - endsAt;
    expect([late >= 0, late < 1000]).toEqual([true, true]);
    for (const { text } of readings) expect(text).toContain('key-expired');
    const charged = 1_000_000n - (await edge.settled(payer));
    expect(charged).toBe(readings.reduce((sum, { units }) => sum + BigInt(units) * 2n + 1n, 0n));
    expect((await edge.chat(gateway(0), agent)).status).toBe(401);
  });

  it('end within a second of the key that they were minted from, in the middle of a stream, too', async () => {
    const payer = await edge.payer(1_000_000n);
    const parent = await agentOf(payer, {});
    const child = await agentOf(parent, {});
    const directions = 'first-unit-ms=0, unit-ms=10';
    const response = await edge.request(gateway(1), child, { units: 3000, stream: true, directions });
    const reading = new Reading(response);
    await until(() => reading.units > 20);
    expect((await identity().delete(`/v1/api-keys/${parent.keyId}`, payer.key)).status).toBe(204);
    const at = performance.now();
    await reading.ended;
    await until(async () => (await edge.chat(gateway(0), child)).status === 401);
    expect(performance.now() - at).toBeLessThan(1000);
    expect(reading.text).toContain('error');
    expect((await edge.chat(gateway(0), payer)).status).toBe(200);
  });
});
