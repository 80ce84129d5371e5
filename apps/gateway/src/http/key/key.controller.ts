import { Controller, Get, Inject } from '@nestjs/common';
import { instant, instantOf, keyHolderKind, keyLimits, modelPattern, partyId, slug } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import { Authenticated, Caller, operatorCalendar, type Principal, Responds } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type CapsOfKey, KeyCaps } from '../../requests/key-caps.reads.ts';

const amount = (description: string, example: string) => z.string().meta({ description, example });
const cap = (when: string) => amount(`µAIT that the key may spend ${when}`, '5000000').optional();
const remaining = (when: string) => amount(`µAIT left of the cap ${when}, never below 0`, '3750000').optional();
const when = { daily: 'per day', monthly: 'per month', total: 'in all' };

const CapsAnswer = z.strictObject({
  keyId: z.string(),
  daily: cap(when.daily),
  monthly: cap(when.monthly),
  total: cap(when.total),
  spentToday: amount('µAIT charged, captured, sent, bought and sold today', '1250000'),
  spentThisMonth: amount('µAIT charged, captured, sent, bought and sold this month', '1250000'),
  spentInAll: amount('µAIT charged, captured, sent, bought and sold since the caps were set first', '1250000'),
  remainingToday: remaining(when.daily),
  remainingThisMonth: remaining(when.monthly),
  remainingInAll: remaining(when.total),
});

const KeyAnswer = z
  .strictObject({
    keyId: z.string().meta({ description: 'Id of the key; bootstrap: that of the environment' }),
    partyId,
    partyKind: keyHolderKind,
    scopes: z.array(z.string()),
    expiresAt: instant
      .nullable()
      .meta({ description: 'Time at which it ends; null: never', example: '2026-12-31T00:00:00.000Z' }),
    parent: z
      .string()
      .nullable()
      .meta({ description: 'Key that it was minted from and ends with; null: it stands by itself', example: null }),
    models: z
      .array(modelPattern)
      .optional()
      .meta({ description: 'Models that it may use; absent: all', example: ['deepseek-ai/*'] }),
    apps: z
      .array(slug)
      .optional()
      .meta({ description: 'Slugs of the apps that it may use; absent: all', example: ['tea-shop'] }),
    limits: z.array(z.strictObject({ keyId: z.string(), ...keyLimits })).meta({
      description: 'Limits per minute and at once of the key, and of the keys that it comes of, which all bind it',
      example: [{ keyId: 'key_01jzx0000000000000000000ab', requestsPerMinute: 60, streams: 4 }],
    }),
    caps: z.array(CapsAnswer).meta({
      description:
        "Caps of the key, and of the keys that it comes of, which all bind it, and what counts against them; days and months are the operator's",
    }),
  })
  .meta({ id: 'Key' });

/** The key of a request. */
@Controller('v1/key')
export class KeyController {
  constructor(
    @Inject(DataSource) private readonly dataSource: Pick<DataSource, 'query'>,
    private readonly keyCaps: KeyCaps,
    private readonly clock: StorageClock,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Gets the API key of the request: what it may do, and what limits it. Caps of the wallet bind
   * whatever its scopes allow. What was spent is there a moment after the request that spent it;
   * what running requests set aside is not part of it.
   */
  @Get()
  @Authenticated()
  @Responds(200, KeyAnswer)
  async getKey(@Caller() { keyId, partyId: party, kind, scopes, rights, limited, line }: Principal) {
    const today = this.calendar.dayOf(this.clock.now());
    const [ends, caps] = await Promise.all([this.endsOf(keyId), this.keyCaps.of(line, today)]);
    const { models, apps } = rights;
    return {
      ...{ keyId, partyId: party, partyKind: kind, scopes, ...ends },
      ...(models && { models }),
      ...(apps && { apps }),
      limits: limited.map(({ person, limits }) => ({ keyId: person, ...limits })),
      caps: caps.map(capsShown),
    };
  }

  private async endsOf(keyId: string): Promise<{ readonly expiresAt: string | null; readonly parent: string | null }> {
    const [row] = await this.dataSource.query<{ expires_at: Date | null; parent: string | null }[]>(
      'select expires_at, parent from api_keys where key_id = $1',
      [keyId],
    );
    return { expiresAt: row?.expires_at ? instantOf(row.expires_at.getTime()) : null, parent: row?.parent ?? null };
  }
}

function capsShown({ keyId, daily, monthly, total, ...spent }: CapsOfKey): z.output<typeof CapsAnswer> {
  const { spentToday, spentThisMonth, spentInAll } = spent;
  return {
    keyId,
    ...(daily !== null && { daily, remainingToday: rest(daily, spentToday) }),
    ...(monthly !== null && { monthly, remainingThisMonth: rest(monthly, spentThisMonth) }),
    ...(total !== null && { total, remainingInAll: rest(total, spentInAll) }),
    ...spent,
  };
}

function rest(cap: string, spent: string): string {
  const left = BigInt(cap) - BigInt(spent);
  return String(left > 0n ? left : 0n);
}
