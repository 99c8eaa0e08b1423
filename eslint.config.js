import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'

/** Folders where time, randomness and the network arrive as arguments. */
const pure = [
  'shared/{core,ports,evidence}/**/*.ts',
  'wallet/{engine,transport}/**/*.ts',
  'issuer/{catalogue,desk}/**/*.ts',
  'verifier/{desk,sign-in}/**/*.ts',
  'registry/{log,lists}/**/*.ts',
  '{issuer,verifier,registry}/contract.ts',
]

/** The files that may open a connection; everybody else is handed the Http port. */
const reachesOut = [
  'shared/adapters/fetch-http.ts',
  'shared/web/fetch-http.ts',
  'shared/ui/role-{client,events}.ts',
  'shared/packages/**/*.ts',
  'wallet/web/{engine-worker,service-worker}.ts',
  // Where a page is put together it may ask its own server for its settings.
  '{issuer,verifier,registry}/screens/main.ts',
  'wallet/web/main.ts',
  'scripts/**/*.{ts,svelte}',
]
const tests = ['**/*.test.ts', '**/*.contract.ts', 'tests/**/*.ts', 'bench/**/*.ts']

const strayFetch = [
  'error',
  { name: 'fetch', message: 'Take the Http port; only the guarded clients call fetch.' },
  { name: 'XMLHttpRequest', message: 'Take the Http port.' },
  { name: 'WebSocket', message: 'Nothing of ours uses web sockets.' },
  { name: 'EventSource', message: 'Only shared/ui/role-events listens.' },
]

const everywhere = [
  { selector: 'ExportDefaultDeclaration', message: 'Exports have names.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import the file that owns the name.' },
  { selector: 'TSEnumDeclaration', message: 'Node cannot strip an enum.' },
  { selector: 'TSParameterProperty', message: 'Node cannot strip a parameter property.' },
]

/** `no-restricted-globals` sees a name; this sees the same behind the global object. */
const byGlobal = [
  {
    selector:
      'MemberExpression[object.name=/^(globalThis|window|self)$/][property.name=/^(fetch|XMLHttpRequest|WebSocket|EventSource)$/]',
    message: 'Take the Http port; only the guarded clients reach out.',
  },
]

const instant = 'Time is an argument: take the Clock port or an Instant.'
const chance = 'Randomness is an argument: take the Random port.'
const inPure = [
  ...everywhere,
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: instant },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: chance },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: instant },
  { selector: "CallExpression[callee.name='Date']", message: instant },
  { selector: "Identifier[name='performance']", message: instant },
  { selector: "Identifier[name='globalThis']", message: 'Pure code names what it uses.' },
]

export default ts.config(
  { ignores: ['**/node_modules/', '**/dist/', 'coverage/', 'tests/oracles/', 'bench/results/', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [ts.configs.base],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    rules: {
      'no-restricted-syntax': ['error', ...everywhere, ...byGlobal],
      'no-restricted-globals': strayFetch,
      'no-var': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always'],
      'no-throw-literal': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
    },
  },
  ...svelte.configs.base,
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['**/*.svelte'],
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-at-debug-tags': 'error',
      'svelte/no-dupe-else-if-blocks': 'error',
      'svelte/no-target-blank': 'error',
      'svelte/button-has-type': 'error',
      'svelte/require-each-key': 'error',
      // A prop with $bindable is reassigned by its owner, which this rule does not see.
      'prefer-const': 'off',
    },
  },
  { files: pure, ignores: tests, rules: { 'no-restricted-syntax': ['error', ...inPure] } },
  {
    files: [...reachesOut, ...tests],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-syntax': ['error', ...everywhere] },
  },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
)
