import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const benchMs = 240_000;
const root = fileURLToPath(new URL('../../../', import.meta.url));

// It writes the wallet's tables by SQL of its own, so a change of those tables can break it. Its
// speed does not matter here.
it(
  'fills the tables of a wallet and asks it everything',
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bench/dist/wallet-queries/main.js', '--events', '10000', '--seconds', '0.1', '--writers', '2'],
      { cwd: root, timeout: benchMs },
    );
    expect(stdout).toMatch(/^196 wallets more, with 40 entries each, and one with 2000$/m);
    expect(stdout).toMatch(/^trial balance, sequence( +\d+\.\d\d \/ \d+\.\d\d){3}$/m);
    expect(stdout).toMatch(/^statement as CSV: 2000 entries, /m);
  },
  benchMs + 10_000,
);
