import { html, type Html } from './html.ts';
import type { Texts } from './texts.ts';

/** Faults of a form, by field. */
export type Faults = Readonly<Record<string, string>>;

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autocomplete: string;
  readonly value?: string | undefined;
  /** Fault of what was typed. */
  readonly error?: string | undefined;
  readonly inputmode?: 'numeric';
}

/** A field with its label, and its error beside it. */
export function fieldOf({ name, label, type, autocomplete, value, error, inputmode }: Field): Html {
  const fault = error === undefined ? undefined : html`<p class="error" id="${name}-error" role="alert">${error}</p>`;
  const described = error === undefined ? undefined : html` aria-invalid="true" aria-describedby="${name}-error"`;
  const mode = inputmode && html` inputmode="${inputmode}"`;
  const filled = value === undefined ? undefined : html` value="${value}"`;
  return html`<label for="${name}">${label}</label> ${fault}<input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      maxlength="254"
      required${mode}${described}${filled}
    /> `;
}

/** A hidden field. */
export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}" />`;

/** A button that says what it does. */
export const button = (name: string, value: string, label: string): Html =>
  html`<button name="${name}" value="${value}">${label}</button>`;

/** Title of a page with an error, which a screen reader says first. */
export const titleWith = (texts: Texts, title: string, error: unknown): string =>
  error === undefined ? title : `${texts.error}: ${title}`;
