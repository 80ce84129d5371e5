import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const libraries = [
  'type:kernel',
  'type:contracts',
  'type:rating',
  'type:event-store',
  'type:event-bus',
  'type:service-lib',
];

/**
 * Allowed imports by tag (ARCHITECTURE.md). No service is in any list: services communicate through
 * events only.
 */
const arrows = {
  'type:kernel': [],
  'type:contracts': ['type:kernel'],
  'type:rating': ['type:kernel', 'type:contracts'],
  'type:event-store': ['type:kernel', 'type:contracts'],
  'type:event-bus': ['type:kernel', 'type:contracts', 'type:event-store'],
  'type:service-lib': ['type:kernel', 'type:contracts', 'type:event-store', 'type:event-bus'],
  'type:service': libraries,
  'type:simulation-kit': [],
  'type:simulation': [...libraries, 'type:service', 'type:simulation-kit'],
  'type:infra': [],
  'type:tool': [...libraries, 'type:infra'],
  'type:bench': [...libraries, 'type:infra'],
  'type:e2e': [...libraries, 'type:infra', 'type:simulation-kit'],
};

/** @param also tags that any project but the kernel may import beside its own */
const boundaries = (also = []) => [
  'error',
  {
    depConstraints: Object.entries(arrows).map(([sourceTag, tags]) => ({
      sourceTag,
      onlyDependOnLibsWithTags: sourceTag === 'type:kernel' ? tags : [...tags, ...also],
    })),
  },
];

/**
 * Tests may start real infrastructure, and are read from top to bottom: no limit on the length of a
 * `describe`.
 */
const tests = [
  '**/*.spec.ts',
  '**/*.contract.ts',
  '**/*.fixture.ts',
  '**/testing/**/*.ts',
  '**/testing.ts',
  '**/specimen/**/*.ts',
  'e2e/**/*.ts',
];

const onePrivacy = {
  selector: 'PrivateIdentifier',
  message: 'One word for what is private: `private`, which constructor parameters need.',
};
/** Restricted syntax: everywhere `#private`, and the rules of a folder. */
const restricted = (...syntax) => ['error', onePrivacy, ...syntax];

const onlyInWire = { name: 'kafkajs', message: 'Only libs/event-bus/src/kafka/kafkajs.ts knows kafkajs.' };
const onlyInSpecs = {
  regex: '/testing(/|$)|/specimen$|/stock$',
  message: 'Only specs import what is made for specs.',
};
const onlyInConfig = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only configuration reads the environment; take the value as a parameter.',
};
const noFloats = [
  {
    selector: 'CallExpression[callee.name="parseFloat"], MemberExpression[property.name="parseFloat"]',
    message: 'No float touches an amount: `scaled` of @tokengrid/contracts reads decimals exactly.',
  },
  {
    selector: 'CallExpression > MemberExpression[property.name="toFixed"]',
    message: 'No float touches an amount: amounts are bigint, and print by themselves.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="round"]',
    message: 'No float touches an amount: `divideHalfUp` of @tokengrid/contracts is the one rounding rule.',
  },
];
const onlyPure = [
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Decisions are pure: randomness arrives in the command.',
  },
  {
    selector:
      'MemberExpression[object.name="Date"][property.name="now"], NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Decisions are pure: the time arrives in the context.',
  },
];
const onlyDeclaredRefusals = {
  selector:
    'TSArrayType > TSTypeReference > Identifier[name=/^(Wallet|Identity|AppRegistry|Metering|Settlement)Event$/]',
  message: "`Decided<'sendTokens'>` admits the command's declared refusals alone; a list of all events admits any.",
};
const onlyStorageTime = {
  selector:
    'MemberExpression[object.name="Date"][property.name="now"], NewExpression[callee.name="Date"][arguments.length=0]',
  message: "A process' own clock decides nothing: take `StorageClock` of @tokengrid/event-store, or the lane's time.",
};
const pureGlobals = [
  'process',
  'fetch',
  'crypto',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
];

/**
 * The floors of `decisions/`, and the folders below each. Commands of one topic do not know those
 * of another.
 */
const floors = [
  ['state', ['apps/*/src/decisions/state/*.ts'], []],
  ['rules', ['apps/*/src/decisions/rules/*.ts'], ['state']],
  ['commands', ['apps/*/src/decisions/**/*.ts'], ['rules', 'state']],
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'tools/generate/templates/**',
      '**/node_modules/**',
      '.nx/**',
      '.tokengrid/**',
      'coverage/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.ts', '**/*.mjs'], extends: [tseslint.configs.base] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The compiler finds unused names better.
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@nx/enforce-module-boundaries': boundaries(),
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': ['error', { paths: [onlyInWire], patterns: [onlyInSpecs] }],
      'no-restricted-syntax': restricted(onlyInConfig),
    },
  },
  {
    files: [...tests, 'tools/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [onlyInWire] }] },
  },
  {
    // Folders with amounts; the other libraries carry them as bytes.
    files: ['apps/**/src/**/*.ts', 'libs/{contracts,kernel,rating}/src/**/*.ts'],
    rules: { 'no-restricted-syntax': restricted(onlyInConfig, onlyStorageTime, ...noFloats) },
  },
  ...floors.map(([floor, files, lower]) => ({
    files,
    ignores: ['**/*.spec.ts', '**/*.fixture.ts', ...(floor === 'commands' ? ['**/state/**', '**/rules/**'] : [])],
    rules: {
      'no-restricted-globals': ['error', ...pureGlobals],
      'no-restricted-syntax': restricted(onlyInConfig, onlyDeclaredRefusals, ...noFloats, ...onlyPure),
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(?!\\./|${lower.map((name) => `\\.\\./${name}/|`).join('')}@tokengrid/(kernel|contracts|rating)$)`,
              message: `Decisions are pure, and know only what is below them: ${floor} import ${[...lower, 'rating', 'contracts', 'kernel'].join(', ')} and their siblings.`,
            },
          ],
        },
      ],
    },
  })),
  {
    // Handlers alone know HTTP: flows, streams and projections serve policies too.
    files: ['apps/*/src/*/**/*.ts'],
    ignores: ['apps/*/src/{http,decisions,testing}/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [onlyInWire],
          patterns: [
            onlyInSpecs,
            {
              regex: '^\\.\\./(.*/)?http/',
              message: 'Handlers import flows, streams and projections, never the other way.',
            },
          ],
        },
      ],
    },
  },
  {
    // Subscribers use the interface of a log; only one folder knows that it is Kafka.
    files: ['libs/event-bus/src/**/*.ts'],
    ignores: ['libs/event-bus/src/kafka/**', 'libs/event-bus/src/index.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^kafkajs|/kafka/|/testing(/|$)',
              message: 'The wire stays in libs/event-bus/src/kafka: take `TailingLog`.',
            },
          ],
        },
      ],
    },
  },
  {
    // Its internals have only the types declared beside it. Other code has a client of its own.
    files: [
      'libs/event-bus/src/kafka/kafkajs.ts',
      'libs/event-bus/src/kafka/kafkajs-internals.d.ts',
      'e2e/src/**/outsider.ts',
    ],
    rules: { 'no-restricted-imports': 'off', '@typescript-eslint/triple-slash-reference': 'off' },
  },
  {
    // Files that read the environment, named accordingly.
    files: [
      'libs/service/src/config/**/*.ts',
      'apps/*/src/config.ts',
      'infra/local/src/**/*.ts',
      'tools/**/*.ts',
      'bench/**/*.ts',
      'e2e/**/*.ts',
    ],
    rules: { 'no-restricted-syntax': restricted() },
  },
  {
    // A migration is one list of statements, in order.
    files: ['**/migrations/*.ts', '**/*.migration.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // Programs of the command line print.
    files: ['infra/local/src/**/*.ts', 'tools/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['type:infra']),
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-syntax': restricted(),
    },
  },
);
