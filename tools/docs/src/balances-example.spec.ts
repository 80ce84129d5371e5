import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './root.ts';

const program = readFileSync(join(root, 'docs/examples/balances.mjs'), 'utf8');

describe('the balances that the README sums', () => {
  /** Output of the program for these events. */
  const sums = (...events: readonly object[]) => {
    const input = events.map((data) => `${JSON.stringify({ data })}\n`).join('');
    const { stdout } = spawnSync(process.execPath, ['docs/examples/balances.mjs'], {
      cwd: root,
      input,
      encoding: 'utf8',
    });
    return stdout.trimEnd().split('\n');
  };
  const samples = JSON.parse(readFileSync(join(root, 'libs/contracts/src/samples/wallet.json'), 'utf8')) as Record<
    string,
    Record<string, object>
  >;
  const posting = (account: string, amount: string) => ({ account, asset: 'AIT', amount });

  it('are summed by the lines that it shows, twenty at most', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`\`\`\`js\n${program}\`\`\``);
    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });

  it('are exact, by account and asset, whatever their size', () =>
    expect(
      sums(
        { walletId: 'wal_1' },
        {
          postings: [
            posting('lane:0:issuance', '-9007199254740993'),
            posting('wallet:1:available', '9007199254740993'),
          ],
        },
        { postings: [posting('wallet:1:available', '-1'), posting('lane:0:in-transit', '1')] },
      ),
    ).toEqual([
      'lane:0:in-transit AIT 1',
      'lane:0:issuance AIT -9007199254740993',
      'wallet:1:available AIT 9007199254740992',
    ]));

  it('come to zero per asset over all golden samples', () => {
    const lines = sums(...Object.values(samples).flatMap((versions) => Object.values(versions)));
    const totals = new Map<string, bigint>();
    for (const line of lines) {
      const [, asset = '', amount = ''] = line.split(' ');
      totals.set(asset, (totals.get(asset) ?? 0n) + BigInt(amount));
    }
    expect([...totals.keys()]).toContain('AIT');
    expect([...totals.values()].filter((total) => total !== 0n)).toEqual([]);
  });
});
