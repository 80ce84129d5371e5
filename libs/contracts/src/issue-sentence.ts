/** Words for zod's names of types. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  map: 'an object',
  array: 'a list',
  null: 'null',
};
const kindOf = (name: string): string => kinds[name] ?? name;

/** Forms of zod's messages, and what they say about the field. */
const forms: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^Invalid input: expected (\w+), received undefined$/, () => 'must be there'],
  [
    /^Invalid input: expected (\w+), received (\w+)$/,
    (expected, received) => `must be ${kindOf(expected!)}, not ${kindOf(received!)}`,
  ],
  [/^Invalid option: expected one of (.+)$/, (options) => `must be one of ${options!.replaceAll('|', ', ')}`],
  [/^Invalid input: expected (".*")$/, (only) => `must be ${only!}`],
  [/^Invalid key in record$/, () => 'must not be there: its name is no valid one'],
  [/^Too big: expected \w+ to have <=(\d+) (\w+?)s?$/, (most, unit) => `must have at most ${counted(most!, unit!)}`],
  [
    /^Too small: expected \w+ to have >=(\d+) (\w+?)s?$/,
    (least, unit) => `must have at least ${counted(least!, unit!)}`,
  ],
  [/^Too big: expected \w+ to be <=(\S+)$/, (most) => `must be at most ${most!}`],
  [/^Too small: expected \w+ to be >=(\S+)$/, (least) => `must be at least ${least!}`],
  [/^Too small: expected \w+ to be >(\S+)$/, (than) => `must be more than ${than!}`],
];

const counted = (number: string, unit: string): string => `${number} ${unit}${number === '1' ? '' : 's'}`;

/**
 * What a field must be, as a sentence without its subject: a message of zod's in the words of our
 * own ones, which stay as they are.
 */
export function issueSentence(message: string): string {
  for (const [form, sentence] of forms) {
    const found = form.exec(message);
    if (found) return sentence(...found.slice(1));
  }
  return message.replace(/^Invalid input: /, '');
}
