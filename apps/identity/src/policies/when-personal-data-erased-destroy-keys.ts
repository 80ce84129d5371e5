import { Controller } from '@nestjs/common';
import type { EventOf, PersonalDataErased } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { IssuedSecrets } from '../key-store/issued-secrets.ts';
import { PersonKeys } from '../key-store/person-keys.ts';

@Controller()
export class WhenPersonalDataErasedDestroyKeys {
  constructor(
    private readonly keys: PersonKeys,
    private readonly secrets: IssuedSecrets,
  ) {}

  /** Destroys the keys of an erased party's persons, and what is sealed for it: from then on the log can't be read about them. */
  @Policy({ name: 'when-personal-data-erased-destroy-keys', from: identityCatalogue, on: ['PersonalDataErased'] })
  async destroy({ data }: Recorded<EventOf<typeof PersonalDataErased>>): Promise<readonly []> {
    await this.keys.destroy(data.personIds);
    await this.secrets.destroyOf(data.partyId);
    return [];
  }
}
