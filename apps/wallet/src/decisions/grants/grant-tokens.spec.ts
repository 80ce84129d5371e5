import { describe, expect, it } from '@jest/globals';
import { CapacityUsed, GrantRefused } from '@tokengrid/contracts';
import { onSystemStream } from '@tokengrid/kernel';
import { context, given, granted, grantId, hour, limitedTo, now, opened, walletId } from '../examples.fixture.ts';
import { grantTokens } from './grant-tokens.ts';

describe('grant tokens', () => {
  const grant = (tokens: bigint, expiresAt?: number) =>
    ({ grantId, tokens, source: 'plan', expiresAt, transferable: false }) as const;
  const refused = (tokens: bigint, code: Parameters<typeof GrantRefused>[0]['code'], amounts: object = {}) =>
    GrantRefused({ walletId, grantId, tokens, code, ...amounts });
  const used = (tokens: bigint) => onSystemStream(CapacityUsed({ walletId, tokens }));

  it('issues tokens that burn down before bought ones', () =>
    given(opened)
      .when(grantTokens, grant(50n), context)
      .then(granted(50n, { transferable: false }), used(50n)));

  it('issues tokens with an end', () =>
    given(opened)
      .when(grantTokens, grant(50n, now + hour), context)
      .then(granted(50n, { transferable: false, expiresAt: now + hour }), used(50n)));

  it('is refused where they would have expired already, whatever the capacity', () =>
    given(opened).when(grantTokens, grant(50n, now), limitedTo(0n)).then(refused(50n, 'WALLET.EXPIRY_PASSED')));

  it("asks for a larger slice before it decides past the lane's own", () =>
    expect(() => given(opened).when(grantTokens, grant(50n), limitedTo(49n))).toThrow('fact needed: capacity'));

  it('is refused once there is known to be no more, and says what there is', () =>
    given(opened)
      .when(grantTokens, { ...grant(50n), capacityLeft: 0n }, limitedTo(49n))
      .then(refused(50n, 'WALLET.ISSUANCE_EXHAUSTED', { available: 49n, required: 50n })));
});
