import type { AskedAccess } from './consent-giving.ts';
import { button, type Faults, fieldOf } from './fields.ts';
import { html, type Html } from './html.ts';
import type { Texts } from './texts.ts';

/** Fields of an address and a password. */
export function loginContent(texts: Texts, client: string, email: string | undefined, faults: Faults): Html {
  return html`<p>${texts.signIn} ${texts.toClient} <strong>${client}</strong></p>
    ${signInFields(texts, email, faults)}`;
}

/** Fields by which a person signs in. */
export function signInFields(texts: Texts, email: string | undefined, faults: Faults): Html {
  const address = { name: 'email', label: texts.email, type: 'email', autocomplete: 'username' } as const;
  const password = { name: 'password', label: texts.password, type: 'password' } as const;
  return html`${fieldOf({ ...address, value: email, error: faults['email'] })}${fieldOf({ ...password, autocomplete: 'current-password', error: faults['password'] })}${button('do', 'sign-in', texts.signIn)}`;
}

/** Field of the code that was sent to a person. */
export function proofContent(texts: Texts, faults: Faults): Html {
  const field = { name: 'code', label: texts.code, type: 'text', autocomplete: 'one-time-code' } as const;
  return html`<p>${texts.proveText}</p>
    ${fieldOf({ ...field, inputmode: 'numeric', error: faults['code'] })}${button('do', 'prove', texts.confirm)}<button
      name="do"
      value="send"
      formnovalidate
    >
      ${texts.sendAgain}
    </button>`;
}

/** What a client asks for, and on whose behalf it is allowed. */
export function consentContent(texts: Texts, client: string, asked: AskedAccess, faults: Faults): Html {
  const { openid, services, parties } = asked;
  const claims: Readonly<Record<string, string>> = {
    ...{ openid: texts.openid, profile: texts.profile, email: texts.emailScope, offline_access: texts.offline },
  };
  const scopes = services.map(
    (scope) => html`<li>${scope.endsWith(':read') ? texts.read : texts.write}: <code>${scope}</code></li>`,
  );
  const list = html`<p><strong>${client}</strong> ${texts.asks}</p>
    <ul>
      ${openid.map((scope) => html`<li>${claims[scope] ?? scope}</li>`)}${scopes}
    </ul>`;
  if (services.length === 0) return html`${list}${button('do', 'allow', texts.allow)}`;
  if (parties.length === 0)
    return html`${list}
      <p class="error" role="alert">${texts.noParty}</p>`;
  const fault = faults['party'] === undefined ? undefined : html`<p class="error" role="alert">${faults['party']}</p>`;
  const choices = parties.map(({ partyId, name, role }, index) => {
    const checked = index === 0 && parties.length === 1 ? html` checked` : undefined;
    return html`<label
      ><input type="radio" name="party" value="${partyId}" required${checked} /> ${name} (${role})</label
    >`;
  });
  return html`${list}
    <fieldset>
      <legend>${texts.onBehalf}</legend>
      ${fault}${choices}
    </fieldset>
    <p>${texts.roleLimits}</p>
    ${button('do', 'allow', texts.allow)}`;
}
