import { walletCatalogue } from '@tokengrid/contracts';
import { foreignProjection } from '@tokengrid/service';
import { CappedKeys1765000000011 } from '../migrations/1765000000011-capped-keys.ts';
import { KeyUses1765000000012 } from '../migrations/1765000000012-key-uses.ts';
import { Slices1765000000010 } from '../migrations/1765000000010-slices.ts';
import { cappedKeys } from '../projections/capped-keys.projection.ts';
import { openSlices } from '../projections/open-slices.projection.ts';

/** Data of slices: its own projections, those of others' events, and their tables. */
export const slicesData = {
  projections: [openSlices],
  foreignProjections: [foreignProjection(walletCatalogue, cappedKeys)],
  migrations: [Slices1765000000010, CappedKeys1765000000011, KeyUses1765000000012],
};
