import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { call } from '../specimen/call.ts';
import { operatorApiKey, runJars } from '../specimen/run-jars.ts';
import { ledgerLine } from './ledger.ts';
import { openLog } from './log.ts';

const recorded = (type: string, data: unknown, revision: number, streamId = 'wal_7') =>
  ({ type, data, revision, streamId }) as Recorded<DomainEvent>;

describe('a line of the ledger', () => {
  const sent = recorded('TokensSent', { tokens: 250n }, 17);
  const caused = { streamId: 'wal_7', id: 'c1', causationId: 'metering/3/812', causationType: 'UsageRated' };
  const done = { events: [sent], repeated: false, published: true };

  it.each([
    [
      'what was asked, what happened, why, and how long it took',
      caused,
      done,
      'wallet send-tokens wal_7 #17 TokensSent 250 ← UsageRated metering/3/812 3 ms',
    ],
    [
      'no cause where a caller asked',
      { ...caused, causationId: undefined },
      done,
      'wallet send-tokens wal_7 #17 TokensSent 250 3 ms',
    ],
    [
      'the code of a refusal',
      caused,
      { ...done, events: [recorded('TransferRefused', { code: 'WALLET.FROZEN' }, 18)] },
      'wallet send-tokens wal_7 #18 TransferRefused WALLET.FROZEN ← UsageRated metering/3/812 3 ms',
    ],
    [
      'all events, and the revision of the command’s own stream',
      caused,
      { ...done, events: [sent, recorded('CapacityReceived', {}, 4, 'lane-0-0')] },
      'wallet send-tokens wal_7 #17 TokensSent 250 + CapacityReceived ← UsageRated metering/3/812 3 ms',
    ],
    [
      'that it was a repeat',
      caused,
      { ...done, repeated: true },
      'wallet send-tokens wal_7 #17 TokensSent 250 ← UsageRated metering/3/812 (repeated) 3 ms',
    ],
    [
      'that it waits for Kafka',
      caused,
      { ...done, published: false },
      'wallet send-tokens wal_7 #17 TokensSent 250 ← UsageRated metering/3/812 (not published yet) 3 ms',
    ],
  ])('says %s', (_what, command, outcome, line) => {
    expect(ledgerLine('wallet', 'sendTokens', command, outcome, 3.2)).toBe(line);
  });
});

describe('the log', () => {
  it('has a line for each command, and no key', async () => {
    const jars = await runJars({ environment: { LOG_LEVEL: 'trace' } });
    await call(
      `${jars.url}/v1/jars/a/fillings`,
      'POST',
      { tokens: '5', memo: 'for Li Wei' },
      { 'x-correlator': 'c-1' },
    );
    await call(`${jars.url}/v1/whoami`, 'GET', undefined, { authorization: 'Bearer wrong-key' });
    const lines = jars.logged.map((line) => JSON.parse(line) as { msg: string });
    expect(lines.filter(({ msg }) => msg.startsWith('jars fill-jar'))).toEqual([
      expect.objectContaining({
        level: 'info',
        service: 'jars',
        msg: expect.stringMatching(/^jars fill-jar a #2 LaneNoticed \+ JarFilled 5 \d+ ms$/),
        ledger: expect.objectContaining({ correlationId: 'c-1', published: true }),
      }),
    ]);
    expect(jars.logged.join()).not.toMatch(new RegExp(`${operatorApiKey}|wrong-key|Li Wei`));
    await jars.close();
  });

  it('hides what must not be in it, should somebody log it', () => {
    const lines: string[] = [];
    const settings = { service: 'jars', instance: '1', level: 'info', format: 'json' } as const;
    const log = openLog(settings, { write: (line) => void lines.push(line) });
    log.info(
      { headers: { authorization: 'Bearer hush' }, apiKey: 'hush', owner: { password: 'hush', email: 'hush' } },
      'x',
    );
    expect(lines.join()).not.toContain('hush');
    expect(lines.join()).toContain('[redacted]');
  });

  it('says all of what it was told on standard output, in order, by a process that ends at once', () => {
    const program = `
      import { openLog } from '${new URL('log.ts', import.meta.url).href}';
      const log = openLog({ service: 'jars', instance: '1', level: 'info', format: 'json' });
      for (let line = 0; line < 2000; line++) log.info('jar ' + line + ' \u2190 ' + 'x'.repeat(line % 90));
      process.exit(0);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    const lines = output
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(lines).toEqual(Array.from({ length: 2000 }, (_, line) => `jar ${line} \u2190 ${'x'.repeat(line % 90)}`));
  });

  it('is for people on a terminal: time, level, line', () => {
    const lines: string[] = [];
    const settings = { service: 'jars', instance: '1', level: 'info', format: 'pretty' } as const;
    const log = openLog(settings, { write: (line) => void lines.push(line) });
    log.info({ ledger: { commandId: 'c' } }, 'jars fill-jar a #1 JarFilled 5 1 ms');
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: jars fill-jar a #1 JarFilled 5 1 ms\n$/);
  });
});
