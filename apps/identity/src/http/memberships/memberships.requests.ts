import { instant, organizationRole, partyRole } from '@tokengrid/contracts';
import { pageOf, shownName } from '@tokengrid/service';
import { z } from 'zod';
import { password } from '../registrations/registrations.requests.ts';

const role = partyRole.meta({
  description: `Role: of an organization's people ${organizationRole.options.join(', ')}; of the operator's admin, finance, support, auditor, reviewer`,
  example: 'finance',
});
const personalData = z.enum(['readable', 'erased', 'unreadable']);

export const InvitationRequest = z
  .strictObject({ email: z.email('must be an e-mail address').max(254), role })
  .meta({ id: 'InvitationRequest' });
export type InvitationRequest = z.output<typeof InvitationRequest>;

export const InvitationAnswer = z
  .strictObject({ invitationId: z.string(), role, expiresAt: instant })
  .meta({ id: 'Invitation' });

export const AcceptanceRequest = z
  .strictObject({
    secret: z.string().min(1).max(200).meta({ description: 'secret of the mail' }),
    name: shownName(200).optional(),
    password: password.optional(),
  })
  .meta({ id: 'AcceptanceRequest', description: 'name and password are those of a person without an account' });
export type AcceptanceRequest = z.output<typeof AcceptanceRequest>;

export const MembershipAnswer = z
  .strictObject({ partyId: z.string(), userId: z.string(), role })
  .meta({ id: 'Membership' });

export const RoleRequest = z.strictObject({ role }).meta({ id: 'RoleRequest' });
export type RoleRequest = z.output<typeof RoleRequest>;

export const PeopleOfParty = pageOf(
  z.strictObject({
    userId: z.string(),
    role,
    name: z.string().nullable(),
    email: z.string().nullable(),
    emailProved: z.boolean(),
    personalData,
    joinedAt: instant,
  }),
).meta({ id: 'PeopleOfParty' });

export const InvitationList = pageOf(
  z.strictObject({
    invitationId: z.string(),
    role,
    email: z.string().nullable(),
    invitedBy: z.string(),
    expiresAt: instant,
  }),
).meta({ id: 'InvitationList' });
