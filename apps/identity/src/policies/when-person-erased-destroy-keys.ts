import { Controller } from '@nestjs/common';
import type { EventOf, PersonErased } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { destroyKeys } from '../key-store/destroy-keys.ts';
import { IssuedSecrets } from '../key-store/issued-secrets.ts';
import { PersonKeys } from '../key-store/person-keys.ts';
import { StoredModels } from '../oauth/stored-models.ts';

@Controller()
export class WhenPersonErasedDestroyKeys {
  constructor(
    private readonly keys: PersonKeys,
    private readonly secrets: IssuedSecrets,
    private readonly models: StoredModels,
  ) {}

  /** Destroys the key of an erased person, and ends their sessions. */
  @Policy({ name: 'when-person-erased-destroy-keys', from: identityCatalogue, on: ['PersonErased'] })
  async destroy({ data: { userId } }: Recorded<EventOf<typeof PersonErased>>): Promise<readonly []> {
    await destroyKeys(this.keys, this.secrets, { personIds: [userId], partyId: userId });
    await this.models.destroyOf(userId);
    return [];
  }
}
