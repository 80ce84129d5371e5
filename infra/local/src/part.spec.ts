import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backOffMs, Part } from './part.ts';
import { eventually } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokengrid-part-'));
const readyFile = join(folder, 'ready');
const says: string[] = [];
let part: Part | undefined;

afterEach(async () => {
  await part?.stop();
  rmSync(readyFile, { force: true });
  says.length = 0;
});

/** A part that runs this JavaScript, and is ready once it has written its file. */
function partOf(script: string): Part {
  const prelude = `const { writeFileSync, rmSync } = require('node:fs'); const ready = () => writeFileSync(${JSON.stringify(readyFile)}, '');`;
  part = new Part(
    {
      name: 'example',
      command: () => Promise.resolve({ file: process.execPath, args: ['-e', `${prelude}\n${script}`] }),
      isReady: () => Promise.resolve(existsSync(readyFile)),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 300,
      orphanSignal: 'SIGTERM',
    },
    { say: (message) => says.push(message), changed: () => undefined, line: () => undefined },
  );
  return part;
}

const staysUp = `ready(); setInterval(() => undefined, 1000);`;

describe('a part', () => {
  it('is started again at once when it dies in service, and says so', async () => {
    const example = partOf(staysUp);
    await example.start();
    const { pid } = example.record!;
    process.kill(pid, 'SIGKILL');
    await eventually(() => example.record !== undefined && example.record.pid !== pid && says.length === 2);
    expect(says).toEqual(['example died (SIGKILL): starting it again', `example is back (pid ${example.record!.pid})`]);
  });

  it('fails to start, with the end of its output, when it never becomes ready', async () => {
    const example = partOf(`console.error('the port is taken'); process.exit(3);`);
    await expect(example.start()).rejects.toThrow(
      /^example does not start: exit code 3\nThe end of its output:\n {2}\| the port is taken$/,
    );
    expect(example.record).toBeUndefined();
  }, 30_000);

  it('stays down when it was killed on request, until it is started again', async () => {
    const example = partOf(staysUp);
    await example.start();
    await example.kill();
    expect(example.record).toBeUndefined();
    await example.start();
    expect(example.record).toBeDefined();
    expect(says).toEqual([]);
  });

  it('is killed when it ignores the request to stop', async () => {
    const example = partOf(`process.on('SIGTERM', () => undefined); ${staysUp}`);
    await example.start();
    await example.stop();
    expect(example.record).toBeUndefined();
    expect(says).toEqual(['example did not end within 0.3 s of SIGTERM: killed']);
  });

  it('can be stopped while it is not ready yet', async () => {
    const example = partOf(`setInterval(() => undefined, 1000);`);
    const starting = example.start();
    await eventually(() => example.record !== undefined);
    await example.stop();
    await expect(starting).rejects.toThrow('example was stopped before it was ready');
  });

  it('fails to start when its program is missing', async () => {
    part = new Part(
      {
        name: 'missing',
        command: () => Promise.resolve({ file: join(folder, 'no-such-program'), args: [] }),
        isReady: () => Promise.resolve(false),
        stopSignal: 'SIGTERM',
        stopTimeoutMs: 300,
        orphanSignal: 'SIGTERM',
      },
      { say: () => undefined, changed: () => undefined, line: () => undefined },
    );
    await expect(part.start()).rejects.toThrow('ENOENT');
  });
});

describe('the pause before another start', () => {
  it('is none after a death in service, and doubles up to 30 s after deaths before readiness', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 20].map(backOffMs)).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });
});
