import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@tokengrid/service/testing';
import { whole } from '../../testing/chat-chunks.ts';
import { type RunningApps, runApps, type SpecApp, type SpecSubscriber } from '../../testing/run-apps.ts';
import { CallerSocket, takeSockets } from '../../testing/sockets.ts';

let running: RunningApps;
let app: SpecApp;
let subscriber: SpecSubscriber;
const requests = { name: 'requests', unit: 'request', aggregation: 'sum', reportedBy: 'gateway' } as const;
beforeAll(async () => {
  running = await runApps({ APP_FIRST_BYTE_MS: '300', APP_IDLE_MS: '300' });
  app = await running.app({ meters: [requests] });
  subscriber = await running.subscriber(app);
}, 120_000);
afterAll(() => running.close(), 60_000);
beforeEach(() => {
  running.server.reset();
  Object.assign(running.purse, { available: 10_000n, refuses: undefined, beforeFinish: undefined });
  running.purse.opened.length = 0;
});

const call = (path = '', init: RequestInit = {}) => running.fetch(app, subscriber.caller, path, init);
const charged = ({ headers }: Response) =>
  ['x-tokengrid-charge', 'x-tokengrid-remaining'].map((name) => headers.get(name));
/** Status and code of a problem. */
const told = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

describe('a request of an app whose requests the gateway reports', () => {
  it('is set aside before it goes out, and stored before the head of its answer leaves', async () => {
    let isStored = false;
    running.server.answerBy((_request, response) => {
      expect(running.purse.opened.map(({ ended }) => ended)).toEqual([undefined]);
      response.end('tea');
    });
    running.purse.beforeFinish = () => {
      isStored = true;
      return Promise.resolve();
    };
    const response = await call();
    expect([isStored, charged(response), await response.text()]).toEqual([true, ['1000', '9000'], 'tea']);
    const [{ wish, use }] = running.purse.opened as [(typeof running.purse.opened)[0]];
    expect(wish).toMatchObject({
      ...{ requestId: response.headers.get('x-request-id'), partyId: subscriber.caller.partyId },
      use: { app: app.slug },
    });
    expect([whole(wish.estimate), whole(use!.units)]).toEqual([{ requests: 1 }, { requests: 1 }]);
  });

  it('is charged once, however long its answer is, and whoever breaks it off', async () => {
    running.server.answerBy((_request, response) => void response.write('data: 1\n\n'));
    const leaving = new AbortController();
    const response = await call('/events', { signal: leaving.signal });
    await response.body!.getReader().read();
    leaving.abort();
    expect(running.purse.opened.map(({ ended }) => ended)).toEqual(['finished']);
  });

  it.each([400, 404, 429, 500, 503])('costs nothing where the app answers %i', async (status) => {
    running.server.answerBy((_request, response) => void response.writeHead(status).end());
    const response = await call();
    expect([response.status, charged(response)]).toEqual([status, [null, null]]);
    expect(running.purse.opened.map(({ ended }) => ended)).toEqual(['dropped']);
  });

  it('costs nothing where the app does not answer in time, and is 504', async () => {
    running.server.answerBy(() => undefined);
    expect(await told(await call())).toEqual([504, 'GATEWAY.APP_TIMED_OUT']);
    expect(running.purse.opened.map(({ ended }) => ended)).toEqual(['dropped']);
  });

  it('costs nothing where its caller has gone before the answer', async () => {
    running.server.answerBy(() => undefined);
    const leaving = new AbortController();
    const answer = call('', { signal: leaving.signal });
    await until(() => Promise.resolve(running.server.got.length === 1));
    leaving.abort();
    await expect(answer).rejects.toThrow('aborted');
    await until(() => Promise.resolve(running.purse.opened[0]!.ended === 'dropped'));
  });

  it('of a WebSocket is charged with its opening', async () => {
    takeSockets(running.server);
    const socket = CallerSocket.ask(running.url, `/apps/${app.slug}/ws`, subscriber.caller.secret);
    await socket.has('\r\n\r\n');
    expect(socket.text).toContain('x-tokengrid-charge: 1000\r\n');
    socket.socket.destroy();
  });

  it.each([
    ['insufficient-tokens', 402, 'GATEWAY.INSUFFICIENT_TOKENS'],
    ['limit-exceeded', 402, 'GATEWAY.LIMIT_EXCEEDED'],
    ['frozen', 403, 'PERMISSION_DENIED'],
    ['unavailable', 503, 'UNAVAILABLE'],
  ] as const)('that can not be paid (%s) is %i, and reaches no app', async (refuses, status, code) => {
    running.purse.refuses = refuses;
    expect(await told(await call())).toEqual([status, code]);
    expect(running.server.got).toEqual([]);
  });

  it('ends where its tokens are called back before the answer', async () => {
    running.server.answerBy(() => undefined);
    const answer = call();
    await until(() => Promise.resolve(running.server.got.length === 1));
    running.purse.opened[0]!.recall('frozen');
    expect(await told(await answer)).toEqual([403, 'PERMISSION_DENIED']);
    expect(running.purse.opened[0]!.ended).toBe('dropped');
  });
});

it('a request of an app whose developer reports its uses takes no tokens here', async () => {
  const others = await running.app({ meters: [{ ...requests, reportedBy: 'developer' }] });
  const { caller } = await running.subscriber(others);
  expect((await running.fetch(others, caller)).status).toBe(200);
  expect(running.purse.opened).toEqual([]);
});

describe('an answer', () => {
  it('that stops is cut off after a time without a byte', async () => {
    running.server.answerBy((_request, response) => void response.write('one'));
    await expect((await call()).text()).rejects.toThrow('terminated');
  });

  it('goes on as long as its parts come in time', async () => {
    running.server.answerBy((_request, response) => {
      let parts = 0;
      const timer = setInterval(() => {
        if (++parts <= 8) return void response.write(`${parts}`);
        clearInterval(timer);
        response.end();
      }, 60);
    });
    expect(await (await call()).text()).toBe('12345678');
  });

  it('to a safe request that meets a closing connection comes by another one', async () => {
    let isFirst = true;
    running.server.answerBy((request, response) => {
      if (!isFirst) return void response.end('second');
      isFirst = false;
      request.socket.destroy();
    });
    expect(await (await call()).text()).toBe('second');
    isFirst = true;
    expect(await told(await call('', { method: 'POST', body: 'once' }))).toEqual([502, 'GATEWAY.APP_UNREACHABLE']);
  });
});
