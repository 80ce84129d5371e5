import { instantOf } from '@tokengrid/contracts';
import type { StoredSession } from '../oauth/stored-models.ts';
import type { PartyOfPerson } from './consent-giving.ts';
import { button, type Faults, fieldOf, hidden } from './fields.ts';
import { html, type Html } from './html.ts';
import type { Texts } from './texts.ts';

const secondMs = 1000;

/** What a person sees of their account. */
export interface ShownAccount {
  readonly person: { readonly name?: string; readonly email?: string };
  readonly parties: readonly PartyOfPerson[];
  readonly sessions: readonly StoredSession[];
  /** Name of the session of this browser. */
  readonly thisSession: string;
  readonly grants: readonly {
    readonly grantId: string;
    readonly client: string;
    readonly partyId: string | undefined;
    readonly scopes: readonly string[];
  }[];
}

type Form = (content: Html) => Html;

/** The account page of a person who is signed in. */
export function accountContent(texts: Texts, form: Form, faults: Faults, shown: ShownAccount): Html {
  const { person, parties, sessions, thisSession, grants } = shown;
  return html`<p>${texts.signedInAs} <strong>${person.name}</strong> ${person.email}</p>
    ${form(button('do', 'sign-out', texts.signOut))}
    <h2>${texts.memberships}</h2>
    ${listOf(
      texts,
      parties.map(({ name, role }) => html`${name} (${role})`),
    )}
    <h2>${texts.sessions}</h2>
    ${listOf(
      texts,
      sessions.map(({ uid, signedInAt }) => sessionOf(texts, form, uid, signedInAt, uid === thisSession)),
    )}
    <h2>${texts.grants}</h2>
    ${listOf(
      texts,
      grants.map(
        ({ grantId, client, partyId, scopes }) =>
          html`${client} ${partyId}
            <code>${scopes.join(' ')}</code>
            ${form(html`${hidden('grant', grantId)}${button('do', 'end-grant', `${texts.end}: ${client}`)}`)}`,
      ),
    )}
    <h2>${texts.changePassword}</h2>
    ${form(passwordFields(texts, faults))}`;
}

function sessionOf(texts: Texts, form: Form, uid: string, signedInAt: number, isThis: boolean): Html {
  const since = instantOf(signedInAt * secondMs);
  const label = `${texts.end}: ${since}`;
  const ending = isThis
    ? html`(${texts.thisSession})`
    : form(html`${hidden('session', uid)}${button('do', 'end-session', label)}`);
  return html`${texts.since} <time datetime="${since}">${since}</time> ${ending}`;
}

function passwordFields(texts: Texts, faults: Faults): Html {
  const old = { name: 'old', label: texts.oldPassword, type: 'password', autocomplete: 'current-password' } as const;
  const chosen = { name: 'new', label: texts.newPassword, type: 'password', autocomplete: 'new-password' } as const;
  return html`${fieldOf({ ...old, error: faults['old'] })}${fieldOf({ ...chosen, error: faults['new'] })}${button('do', 'change-password', texts.changePassword)}`;
}

const listOf = (texts: Texts, items: readonly Html[]): Html =>
  items.length === 0
    ? html`<p>${texts.none}</p>`
    : html`<ul>
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>`;
