// Who may know whom. One way only: screens → contract; routes → rules → evidence → ports → core.

/** A folder, then the only folders of ours it may import (itself always). */
const core = ['shared/core']
const rules = [...core, 'shared/ports', 'shared/evidence']
const pieces = [...core, 'shared/ui']
const node = [...core, 'shared/ports', 'shared/adapters']
const page = ['shared/(core|ports|evidence|web|ui)']
const layers = [
  ['shared/core', []],
  ['shared/ports', core],
  ['shared/evidence', rules],
  ['shared/adapters', node],
  ['shared/web', [...core, 'shared/ports']],
  ['shared/packages', ['shared/(core|ports|evidence|adapters|web)']],
  ['shared/server', [...core, 'shared/ports']],
  ['shared/ui', pieces],
  ['shared/cli', [...core, 'shared/ui/(messages|reasons)']],
  ['wallet/engine', rules],
  ['wallet/transport', [...core, 'wallet/engine/contract']],
  ['wallet/screens', [...pieces, 'wallet/engine/contract']],
  ['wallet/adapters', [...node, 'wallet/engine/(ports|host-config)']],
  ['wallet/electron', ['shared', 'wallet/(engine|transport|screens|adapters)']],
  ['wallet/web', [...page, 'wallet/(engine|transport|screens)']],
  ['wallet/cli', ['shared', 'wallet/(engine|adapters)']],
  ...[
    ['issuer', 'catalogue|desk'],
    ['verifier', 'desk|sign-in'],
    ['registry', 'log|lists'],
  ].flatMap(([role, inner]) => [
    [`${role}/(${inner})`, rules],
    [`${role}/contract`, core],
    [`${role}/routes`, [...core, 'shared/server', `${role}/(${inner}|contract)`]],
    [`${role}/adapters`, [...node, `${role}/[^/]+/ports`, `${role}/contracts`]],
    [`${role}/screens`, [...pieces, `${role}/contract`]],
  ]),
  ['verifier/page', page],
  ['registry/contracts', []],
  ['registry/(signer|witness|auditor|monitor)', ['shared']],
  // Composition; nobody imports these.
  ['wallet/main', ['shared']],
  ...['issuer', 'verifier', 'registry'].map((role) => [`${role}/(main|config|commands)`, ['shared', role]]),
  ['(scripts|tests|bench)', ['.*']],
]

/** Packages with one home. */
const homes = {
  electron: 'wallet/electron/(?!page)',
  svelte: '[^/]+/(ui|screens|page|web|electron)',
  '@zxing': 'shared/ui/scan',
  'zxing-wasm': 'shared/ui/scan',
  unpdf: 'shared/ui/scan',
  fastify: 'shared/server|[^/]+/routes',
  'oidc-provider': '[^/]+/adapters/openid-provider',
  viem: 'registry/adapters/ledger-evm',
  pg: 'registry/adapters',
  'did-jwt': 'shared/adapters/vc-jwt',
  'did-resolver': 'shared/adapters/did-resolver',
  'hash-wasm': 'wallet/engine',
  '@scure/bip39': 'wallet/engine',
  oauth4webapi: 'wallet/engine',
  '@owf/mdoc': 'shared/core/credential/mdoc',
  '(node:)?(crypto|zlib)': 'shared/core/crypto/primitive\\.node|[^/]+/adapters',
  '@peculiar/x509': 'shared/core/x509|shared/adapters/certificate',
  'node:sqlite': '[^/]+/adapters',
  '(node:)?(https?|http2|net|tls|dns|dgram)': 'shared/adapters/fetch-http',
}

/** What the five workspaces ask for. */
const declared = ['shared', 'wallet', 'verifier', 'registry', 'issuer'].flatMap((role) =>
  Object.keys(require(`./${role}/package.json`).dependencies),
)

const workspaces = '^(shared|wallet|verifier|registry|issuer)/'
/** A package that one workspace needs in a version of its own is installed below it. */
const ours = '^(shared|wallet|verifier|registry|issuer|scripts|tests|bench)/(?!node_modules/)'
const pages = '^[^/]+/(ui|web|screens|page)/'
const pure =
  '^(shared/(core|ports|evidence)|wallet/(engine|transport)|issuer/(catalogue|desk)|verifier/(desk|sign-in)|registry/(log|lists)|[^/]+/contract)(/|\\.)'

/** Everything of ours but the folder itself and what its row grants. */
const layerRules = layers.map(([folder, allowed]) => ({
  name: `layer ${folder}`,
  severity: 'error',
  comment: `${folder} may import itself${allowed.length === 0 ? ' only' : ` and ${allowed.join(', ')}`}`,
  from: { path: `^${folder}(/|\\.)` },
  to: { path: ours, pathNot: [folder, ...allowed].map((each) => `^${each}(/|\\.)`) },
}))

/** A module of Node is named bare; a package by where it is installed. */
const homeRules = Object.entries(homes).map(([name, home]) => ({
  name: `home ${name}`,
  severity: 'error',
  comment: `${name} is imported only in ${home}`,
  from: { path: workspaces, pathNot: `^(${home})` },
  to: { path: [`^${name}$`, `^${name}/`, `node_modules/${name}/`] },
}))

const otherRules = [
  {
    name: 'row',
    severity: 'error',
    comment: 'Every folder has a row in the table of layers',
    from: { path: workspaces, pathNot: layers.map(([folder]) => `^${folder}(/|\\.)`) },
    to: {},
  },
  { name: 'cycle', severity: 'error', from: {}, to: { circular: true } },
  // Vite's `?url` and `?worker` name a file it resolves itself; a wrong one fails the build.
  { name: 'unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?' } },
  {
    name: 'undeclared',
    severity: 'error',
    comment: 'A package stands in a package.json on the way up',
    from: { path: workspaces },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'undeclared anywhere',
    severity: 'error',
    comment: 'Scripts, tests and figures use what any workspace declares',
    from: { path: '^(scripts|tests|bench)/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: declared.map((name) => `node_modules/${name}/`) },
  },
  {
    name: 'dev package in the product',
    severity: 'error',
    comment:
      "What a role's Node process imports is a dependency of the role; shared's rooms, pages and the desktop's bundle are exempt",
    from: {
      path: workspaces,
      pathNot: ['^shared/(server|adapters|ui|packages|core/x509)/', '^wallet/electron/', pages],
    },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
  },
  {
    name: 'node where rules or pages run',
    severity: 'error',
    from: { path: [pure, pages], pathNot: '^shared/core/crypto/primitive\\.node\\.ts$' },
    to: { dependencyTypes: ['core'] },
  },
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layerRules, ...homeRules, ...otherRules],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(test|contract)\\.ts$' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
