import { Module } from '@nestjs/common';
import { RateLimits } from './rate-limits.ts';
import { SharedUses } from './shared-uses.ts';

/** Limits of keys per minute and at once. */
@Module({ providers: [RateLimits, SharedUses], exports: [RateLimits] })
export class LimitsModule {}
