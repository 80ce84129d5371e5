import { afterEach, describe, expect, it } from '@jest/globals';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { homePaths } from './home.ts';
import { readOrCreateSecrets } from './secrets.ts';
import { temporaryHome } from './testing.ts';

const homes: string[] = [];
const newHome = () => homes[homes.push(temporaryHome()) - 1]!;
afterEach(() => homes.splice(0).forEach((home) => rmSync(home, { recursive: true })));

describe("a home's secrets", () => {
  it('are made once, kept, and only their owner can read them', () => {
    const home = newHome();
    const secrets = readOrCreateSecrets(home);
    expect(readOrCreateSecrets(home)).toEqual(secrets);
    expect(statSync(homePaths(home).secrets).mode & 0o777).toBe(0o600);
    expect(readOrCreateSecrets(newHome())).not.toEqual(secrets);
  });

  it('have keys of 32 bytes', () => {
    const { identityMasterKey, gatewayMasterKey, inputHashKey, receiptSigningKey } = readOrCreateSecrets(newHome());
    for (const key of [identityMasterKey, gatewayMasterKey, inputHashKey, receiptSigningKey])
      expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  });

  it('get what is newer than the home', () => {
    const home = newHome();
    const {
      paymentWebhookSecret: _,
      receiptSigningKey: __,
      gatewayMasterKey: ___,
      ...older
    } = readOrCreateSecrets(home);
    writeFileSync(homePaths(home).secrets, JSON.stringify(older));
    const completed = readOrCreateSecrets(home);
    expect(completed).toEqual({
      ...older,
      paymentWebhookSecret: expect.stringMatching(/^whsec_.{44}$/),
      receiptSigningKey: expect.stringMatching(/^[\w-]{43}$/),
      gatewayMasterKey: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(readOrCreateSecrets(home)).toEqual(completed);
  });

  it('are not replaced when the file is damaged: the data needs them', () => {
    const home = newHome();
    writeFileSync(homePaths(home).secrets, '{"operatorApiKey":"x"}');
    expect(() => readOrCreateSecrets(home)).toThrow(`${homePaths(home).secrets} is damaged`);
  });
});
