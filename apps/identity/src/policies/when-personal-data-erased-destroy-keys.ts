import { Controller } from '@nestjs/common';
import type { EventOf, PersonalDataErased } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import { Policy } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { destroyKeys } from '../key-store/destroy-keys.ts';
import { IssuedSecrets } from '../key-store/issued-secrets.ts';
import { PersonKeys } from '../key-store/person-keys.ts';

@Controller()
export class WhenPersonalDataErasedDestroyKeys {
  constructor(
    private readonly keys: PersonKeys,
    private readonly secrets: IssuedSecrets,
  ) {}

  /** Destroys the keys of a party whose personal data is erased. */
  @Policy({ name: 'when-personal-data-erased-destroy-keys', from: identityCatalogue, on: ['PersonalDataErased'] })
  async destroy({ data }: Recorded<EventOf<typeof PersonalDataErased>>): Promise<readonly []> {
    await destroyKeys(this.keys, this.secrets, data);
    return [];
  }
}
