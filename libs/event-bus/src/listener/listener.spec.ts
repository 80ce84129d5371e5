import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event } from '@tokengrid/contracts';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { FollowedLog } from '../tailing-log.fixture.ts';
import { Listener, type Listening } from './listener.ts';

const TokensSent = event('TokensSent', 'Tokens left a wallet.', z.looseObject({}));
const TokensReceived = event('TokensReceived', 'Tokens arrived.', z.looseObject({}));
const wallet = catalogue('wallet', [TokensSent, TokensReceived] as const);
const { topic } = wallet;
const limits = { maxBytes: 1024 * 1024, maxWaitMs: 60_000, retryDelayMs: 1 };

describe('a listener', () => {
  let log: FollowedLog;
  let heard: string[];
  let missed: string[];
  let failed: number;
  let listener: Listener;
  let heardMore: () => void;

  beforeEach(async () => {
    log = new FollowedLog();
    [heard, missed, failed] = [[], [], 0];
    heardMore = () => undefined;
    const listening: Listening = {
      name: 'purse',
      from: wallet as never,
      on: ['TokensSent'],
      hear: (events) => {
        heard.push(...events.map(({ id }) => id));
        heardMore();
      },
      missed: (reason) => missed.push(reason),
    };
    const observer = { failed: () => void (failed += 1) };
    listener = new Listener(listening, { log, limits, observer, topicRetryMs: 1 });
  });
  afterEach(() => listener.close());

  const topicOf = (lanes: number) => log.createTopic(topic, { partitions: lanes, replicationFactor: 1 });
  const events = (count: number, lane = 0, typeOf = (_: number) => 'TokensSent') =>
    chainedEvents(count, (at) => ({ lane, type: typeOf(at) }));
  /** Resolves once an event was heard. */
  const untilHeard = (id: string) =>
    new Promise<void>((resolve) => {
      const look = () => void (heard.includes(id) && resolve());
      heardMore = look;
      look();
    });

  it('hears wanted events of all lanes from now on, and none of before', async () => {
    await topicOf(2);
    const [before, ...after] = events(4, 0, (at) => (at === 2 ? 'TokensReceived' : 'TokensSent'));
    await log.append(topic, 0, [before!]);
    await listener.start();
    await log.append(topic, 0, after);
    await log.append(topic, 1, events(1, 1));
    await Promise.all([untilHeard('wallet/0/4')]);
    await untilHeard('wallet/1/1');
    expect([heard.toSorted(), missed]).toEqual([['wallet/0/2', 'wallet/0/4', 'wallet/1/1'], []]);
  });

  it('hears a topic that comes later from its start', async () => {
    await listener.start();
    await topicOf(1);
    await log.append(topic, 0, events(2));
    await untilHeard('wallet/0/2');
    expect([heard, missed]).toEqual([['wallet/0/1', 'wallet/0/2'], []]);
  });

  it('hears each event once, however often it was published', async () => {
    await topicOf(1);
    await listener.start();
    const [one, two, three] = events(3);
    await log.append(topic, 0, [one!, two!, one!, two!, three!]);
    await untilHeard('wallet/0/3');
    expect([heard, missed]).toEqual([['wallet/0/1', 'wallet/0/2', 'wallet/0/3'], []]);
  });

  it('tells that events are missing, and goes on behind them', async () => {
    await topicOf(1);
    await listener.start();
    const [one, , three, four] = events(4);
    await log.append(topic, 0, [one!, three!, four!]);
    await untilHeard('wallet/0/4');
    expect(heard).toEqual(['wallet/0/1', 'wallet/0/3', 'wallet/0/4']);
    expect(missed).toEqual([expect.stringContaining('the events between are missing')]);
  });

  it('tells of a wanted event that can not be read here', async () => {
    await topicOf(1);
    await listener.start();
    const [one, two] = chainedEvents(2, (at) => (at === 0 ? { version: 2 } : {}));
    await log.append(topic, 0, [one!, two!]);
    await untilHeard('wallet/0/2');
    expect([heard, missed]).toEqual([['wallet/0/2'], [expect.stringContaining("can't be read")]]);
  });

  it('ignores what no service of ours wrote', async () => {
    await topicOf(1);
    await listener.start();
    log.smuggle(topic, 0, { key: 'a', headers: {}, value: null });
    await log.append(topic, 0, events(1));
    await untilHeard('wallet/0/1');
    expect(missed).toEqual([]);
  });

  it('goes on where it was after an outage', async () => {
    await topicOf(1);
    await listener.start();
    const [one, two] = events(2);
    await log.append(topic, 0, [one!]);
    await untilHeard('wallet/0/1');
    log.away = true;
    const waking = log.append(topic, 0, []).catch(() => undefined);
    await waking;
    log.away = false;
    await log.append(topic, 0, [two!]);
    await untilHeard('wallet/0/2');
    expect([heard, missed]).toEqual([['wallet/0/1', 'wallet/0/2'], []]);
  });

  it('begins once the log answers', async () => {
    await topicOf(1);
    log.away = true;
    const starting = listener.start();
    await new Promise<void>((resolve) => {
      const look = () => (failed > 0 ? resolve() : void setImmediate(look));
      look();
    });
    log.away = false;
    await starting;
    await log.append(topic, 0, events(1));
    await untilHeard('wallet/0/1');
  });
});
