import { Controller } from '@nestjs/common';
import type { EventOf, VersionPublished } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Published = EventOf<typeof VersionPublished>;

@Controller()
export class WhenVersionPublishedRecycleUsage {
  constructor(private readonly recycling: Recycling) {}

  /** Rates what was reported of an app before it had prices, or before its plan could be rated. */
  @Policy({ name: 'when-version-published-recycle-usage', from: appRegistryCatalogue, on: ['VersionPublished'] })
  recycleUsage(event: Recorded<Published>, reaction: Reaction) {
    return this.recycling.release(versionArrival(event), reaction);
  }
}

/** What a published version brings. */
export function versionArrival({ data: { slug, version, manifest } }: Published): Arrival {
  return {
    about: { app: slug },
    needs: () => [`app:${slug}`, ...manifest.plans.map(({ id }) => `plan:${slug}:${id}`)],
    isIn: ({ apps }) => apps.get(slug)?.versions.some((known) => known.version === version) ?? false,
  };
}
