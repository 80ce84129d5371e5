import { Controller } from '@nestjs/common';
import type { EventOf, VersionPublished } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { type Arrival, Recycling } from '../flows/recycling.ts';

type Published = EventOf<typeof VersionPublished>;

@Controller()
export class WhenVersionPublishedRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates usage of an app that was reported before its prices, or a ratable plan, were known. */
  @Policy({ name: 'when-version-published-recycle-uses', from: appRegistryCatalogue, on: ['VersionPublished'] })
  recycleUses(event: Recorded<Published>, reaction: Reaction) {
    return this.recycling.release(versionArrival(event), reaction);
  }
}

/** Arrival of a published version. */
function versionArrival({ data: { slug, version, manifest } }: Published): Arrival {
  return {
    about: { app: slug },
    needs: () => [`app:${slug}`, ...manifest.plans.map(({ id }) => `plan:${slug}:${id}`)],
    isIn: ({ apps }) => apps.get(slug)?.versions.some((known) => known.version === version) ?? false,
  };
}
