import { describe, expect, it } from '@jest/globals';
import { openLog } from './log.ts';

describe('the log', () => {
  it('shows what an error says, and nothing that a library hung on it', () => {
    const lines: string[] = [];
    const log = openLog(
      { service: 'wallet', instance: '1', level: 'info', format: 'json' },
      { write: (line) => void lines.push(line) },
    );
    const cause = Object.assign(new Error('terminated'), {
      code: '57P01',
      client: { secretKey: 'hidden', password: 'hidden' },
    });
    log.warn({ err: new Error('a connection broke', { cause }) }, 'trouble');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      msg: 'trouble',
      err: { type: 'Error', message: 'a connection broke', cause: { message: 'terminated', code: '57P01' } },
    });
    expect(lines[0]).not.toContain('hidden');
  });
});
