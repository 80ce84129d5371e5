import { describe, expect, it } from '@jest/globals';
import { Report } from './report.ts';

describe('a report', () => {
  it('says which part failed, and why', async () => {
    const said: string[] = [];
    const report = new Report((line) => said.push(line));
    const away = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    await expect(report.part('verify', () => Promise.reject(away))).rejects.toBe(away);
    expect(said[0]).toBe('  verify …');
    expect(said[1]).toMatch(/^ {2}verify: failed after \d+\.\d s: Postgres is unreachable: connect ECONNREFUSED/);
  });
});
