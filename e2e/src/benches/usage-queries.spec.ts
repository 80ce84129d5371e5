import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const benchMs = 240_000;
const root = fileURLToPath(new URL('../../../', import.meta.url));

// It goes through identity, the registry and metering as a user does, and checks the sums at the
// end. Its speed does not matter here.
it(
  'reports a month of one party, and asks for its sums',
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bench/dist/usage-queries/main.js', '--uses', '3000', '--seconds', '0.1'],
      { cwd: root, timeout: benchMs },
    );
    expect(stdout).toMatch(/^by day and key in Berlin +(\d+\.\d\d \/ ){2}\d+\.\d\d +\d+ /m);
    expect(stdout).toMatch(/^by hour and key, first page +(\d+\.\d\d \/ ){2}\d+\.\d\d +\d+ /m);
    expect(stdout).toMatch(/^all 3000 uses are in the sums$/m);
  },
  benchMs + 10_000,
);
