import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { buy, registerSubscriber } from './parties.ts';
import { services, type Tokengrid } from './tokengrid.ts';

const sample = fileURLToPath(new URL('../../../tools/cli/samples/trace.csv', import.meta.url));

/** Commands of operators in a terminal. */
export function commandLine(grid: () => Tokengrid): void {
  it.each(['the first time', 'again, on what the first time left'])('tells the story: %s', async () => {
    const { exitCode, stdout } = await grid().tokengrid('story', sample);
    expect(stdout.split('\n').filter((line) => line.includes('✗'))).toEqual([]);
    expect(exitCode).toBe(0);
  });

  describe('replay-trace', () => {
    it('charges the good rows once though it is run twice, and names the bad ones', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tokengrid-trace-'));
      try {
        const good = readFileSync(sample, 'utf8').split('\n').slice(0, 41);
        const file = join(folder, 'trace.csv');
        const bad = ['2026-01-15 09:00:00,-5,3', 'yesterday,5,3', '2026-01-15 09:00:00,5'];
        writeFileSync(file, [...good.slice(0, 21), ...bad, ...good.slice(21)].join('\n'));
        const first = await grid().tokengrid('replay-trace', file);
        const second = await grid().tokengrid('replay-trace', file);
        for (const [run, accepted, duplicates] of [
          [first, 40, 0],
          [second, 0, 40],
        ] as const) {
          expect(run.exitCode).toBe(1);
          for (const line of [22, 23, 24]) expect(run.stderr).toContain(`trace.csv:${line}: `);
          expect(run.stdout).toContain('rows: 40 good, 3 bad');
          expect(run.stdout).toContain(`accepted: ${accepted}, duplicates: ${duplicates}, rejected: 0`);
          expect(run.stdout).toContain('µAIT: equal');
        }
        expect(chargedIn(second.stdout)).toBe(chargedIn(first.stdout));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it('says what is wrong with a file that is no trace, or not there', async () => {
      const wrong = await grid().tokengrid('replay-trace', fileURLToPath(import.meta.url));
      expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('header') });
      const missing = await grid().tokengrid('replay-trace', '/nowhere.csv');
      expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('/nowhere.csv') });
    });
  });

  it('rebuilds read models while the service works, to the same digest', async () => {
    const [lin, bo] = await Promise.all([registerSubscriber(grid()), registerSubscriber(grid())]);
    await buy(grid(), lin, 1_000n);
    let over = false;
    const working = (async () => {
      const statuses = new Set<number>();
      while (!over) {
        const body = { toWalletId: bo.walletId, tokens: '1' };
        statuses.add((await grid().at('wallet').post(`/v1/wallets/${lin.walletId}/transfers`, lin.key, body)).status);
      }
      return statuses;
    })();
    const { exitCode, stderr } = await grid()
      .tokengrid('rebuild', 'wallet')
      .finally(() => (over = true));
    const statuses = await working;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    for (const status of statuses) expect([201, 409]).toContain(status);
  });

  it('finds nothing parked, and nothing to replay', async () => {
    for (const what of ['list', 'replay']) {
      expect(await grid().tokengrid('parked', what)).toMatchObject({ exitCode: 0, stdout: 'Nothing is parked.\n' });
    }
  });

  it('verifies every topic end to end', async () => {
    const { exitCode, stdout } = await grid().tokengrid('verify');
    expect(stdout.match(/ whole/g)).toHaveLength(services.length);
    expect(exitCode).toBe(0);
  });

  it('does not know other commands or services', async () => {
    expect((await grid().tokengrid('frobnicate')).exitCode).toBe(2);
    expect((await grid().tokengrid('verify', 'frobnicate')).exitCode).not.toBe(0);
  });
}

function chargedIn(output: string): string | undefined {
  return /^charged: (\d+) µAIT/m.exec(output)?.[1];
}
