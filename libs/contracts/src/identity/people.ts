import { z } from 'zod';
import { event } from '../event.ts';
import { partyId } from '../ids.ts';
import { codesOf } from '../refusals/commands.ts';
import { identityRefusals } from '../refusals/identity.ts';
import { encrypted, instant, keyHolderKind, text } from '../vocabulary.ts';

const userId = text(40);
const contactStreamId = text(120);
/** Hex SHA-256, or HMAC-SHA-256 for what can be guessed. */
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Roles of an organization's people. */
export const organizationRole = z.enum(['owner', 'admin', 'developer', 'finance', 'viewer']);
/** Roles of the operator's people. */
export const operatorRole = z.enum(['admin', 'finance', 'support', 'auditor', 'reviewer']);
/** Roles of people: what they may do for a party. */
export const partyRole = z.enum([...new Set([...organizationRole.options, ...operatorRole.options])]);
export type Role = z.output<typeof partyRole>;

export const PersonRegistered = event(
  'PersonRegistered',
  'A person got an account, as the first owner of an organization or by an invitation.',
  z.strictObject({
    userId,
    name: encrypted,
    email: encrypted,
    passwordHash: encrypted,
    contactStreamId,
    /** The organization that the person registered. Its address is this person's. */
    organizationId: partyId.optional(),
  }),
);
export const EmailProofRequested = event(
  'EmailProofRequested',
  'A person got a code by e-mail, to prove that the address is theirs.',
  z.strictObject({ userId, codeHash: digest, sentAt: instant, expiresAt: instant }),
);
export const EmailProved = event('EmailProved', 'A person proved an e-mail address.', z.strictObject({ userId }));
export const PersonSignedIn = event('PersonSignedIn', 'A person signed in.', z.strictObject({ userId }));
/** Later attempts are refused until `lockedUntil`, longer with each wrong password. */
export const SignInRefused = event(
  'SignInRefused',
  'A person was not signed in.',
  z.strictObject({ userId, code: codesOf(identityRefusals, 'signIn'), lockedUntil: instant.optional() }),
);
export const PasswordChanged = event(
  'PasswordChanged',
  'A person chose another password.',
  z.strictObject({ userId, passwordHash: encrypted }),
);
/** Scopes are those of the client's request that the person's role had when it was given. */
export const AccessGranted = event(
  'AccessGranted',
  'A person allowed an OAuth client to act for them, on behalf of a party.',
  z.strictObject({
    userId,
    grantId: text(64),
    clientId: text(40),
    /** Absent where the client only learns who the person is. */
    partyId: partyId.optional(),
    scopes: z.array(text(80)).max(100),
  }),
);
export const AccessGrantEnded = event(
  'AccessGrantEnded',
  'What a person allowed an OAuth client ended: its tokens stop working everywhere.',
  z.strictObject({
    userId,
    grantId: text(64),
    clientId: text(40),
    /** `reused`: a code or refresh token came a second time. */
    reason: z.enum(['person', 'client', 'reused', 'replaced']),
    /** After the end of the last access token of the grant. */
    expiresAt: instant,
  }),
);
export const PersonErased = event(
  'PersonErased',
  "The encryption key of a person's data was destroyed: the person's data in the log can't be read any more.",
  z.strictObject({ userId, contactStreamId }),
);
export const PersonRefused = event(
  'PersonRefused',
  'A command to a person was refused in its current state.',
  z.strictObject({
    userId,
    code: codesOf(
      identityRefusals,
      'registerPerson',
      'giveUpPerson',
      'requestEmailProof',
      'proveEmail',
      'changePassword',
      'erasePerson',
      'grantAccess',
      'endAccessGrant',
    ),
  }),
);

/** The secret is in the mail alone. The address is encrypted with the key of the future person. */
export const PersonInvited = event(
  'PersonInvited',
  'A party invited a person by e-mail.',
  z.strictObject({
    partyId,
    partyKind: keyHolderKind,
    invitationId: text(40),
    userId,
    role: partyRole,
    email: encrypted,
    contactStreamId,
    secretHash: digest,
    expiresAt: instant,
    invitedBy: text(40),
  }),
);
export const InvitationWithdrawn = event(
  'InvitationWithdrawn',
  'An invitation was withdrawn before it was accepted.',
  z.strictObject({ partyId, invitationId: text(40), userId }),
);
export const PersonJoined = event(
  'PersonJoined',
  'A person became a member of a party.',
  z.strictObject({ partyId, partyKind: keyHolderKind, userId, role: partyRole, invitationId: text(40).optional() }),
);
export const RoleChanged = event(
  'RoleChanged',
  'A member of a party got another role.',
  z.strictObject({ partyId, userId, role: partyRole }),
);
export const MembershipEnded = event(
  'MembershipEnded',
  'A person is a member of a party no more.',
  z.strictObject({ partyId, userId }),
);
export const MembershipRefused = event(
  'MembershipRefused',
  'A command about a member of a party was refused.',
  z.strictObject({
    partyId,
    code: codesOf(
      identityRefusals,
      'invitePerson',
      'withdrawInvitation',
      'acceptInvitation',
      'addOwner',
      'changeRole',
      'endMembership',
    ),
  }),
);

/** People, from their registration to their erasure. */
export const personEvents = [
  PersonRegistered,
  EmailProofRequested,
  EmailProved,
  PersonSignedIn,
  SignInRefused,
  PasswordChanged,
  AccessGranted,
  AccessGrantEnded,
  PersonErased,
  PersonRefused,
] as const;
/** Members of parties, from their invitation to their end. */
export const membershipEvents = [
  PersonInvited,
  InvitationWithdrawn,
  PersonJoined,
  RoleChanged,
  MembershipEnded,
  MembershipRefused,
] as const;
