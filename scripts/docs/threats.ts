/** What somebody may try, what stands against it, and what shows that it does. */
export interface Threat {
  readonly id: string
  readonly attack: string
  readonly defence: string
  /** Test files, without `.test.ts`, from the root of the repository. */
  readonly tests: readonly string[]
  /** Sets of the hostile corpus. */
  readonly corpus?: readonly string[]
  /** What of the defence, or of its tests, is not built. */
  readonly missing?: string
}

export type Area = 'tokens' | 'protocols' | 'registry' | 'wallet' | 'supply'

const tokens: readonly Threat[] = [
  {
    id: 'T1',
    attack: 'A token without signature, or one that names another algorithm than its key has',
    defence: 'A key carries one algorithm and the header must name it; each purpose has its own short list',
    tests: ['tests/security/tokens/alg-confusion', 'tests/house/algorithms', 'shared/core/crypto/jws'],
    corpus: ['jose'],
  },
  {
    id: 'T2',
    attack:
      'A key that comes along in the header, a key id of another party or one that is a path, a certificate of anybody',
    defence:
      'Such headers are refused; the party whose key verified is the one that is trusted; chains end at pinned anchors',
    tests: [
      'tests/security/tokens/header-key-injection',
      'tests/security/trust/signer-is-trusted-party',
      'tests/security/trust/untrusted-did',
      'tests/security/did/kid-bound',
      'tests/security/x509/chain-hostile',
    ],
    corpus: ['jose', 'did'],
  },
  {
    id: 'T3',
    attack: 'A token made for one purpose, used for another',
    defence: 'One `typ` for each purpose, looked at first, and one verifying function for each',
    tests: ['tests/security/tokens/typ-matrix'],
    corpus: ['jose'],
  },
  {
    id: 'T4',
    attack: 'Disclosures that are doubled, foreign, cyclic, of a reserved name, or under a weak hash',
    defence: 'The rules of RFC 9901, 7.1, each with its own code',
    tests: ['shared/core/credential/sd-jwt', 'shared/core/credential/rfc9901'],
    corpus: ['sdjwt'],
  },
  {
    id: 'T5',
    attack: 'An end, a type, a holder key or a status hidden in a disclosure that is left out',
    defence: 'Claims that the judgement needs must stand in the clear',
    tests: ['shared/core/credential/sd-jwt', 'shared/core/credential/sd-jwt-format'],
    corpus: ['sdjwt'],
  },
  {
    id: 'T6',
    attack: 'A presentation without key binding, or with an old one, or one made for somebody else',
    defence: 'The policy demands it, never the token; type, audience, nonce, hash, time and key must all fit',
    tests: [
      'shared/core/credential/key-binding',
      'tests/security/tokens/aud-matrix',
      'tests/flow/refusals',
      'verifier/routes/counter',
    ],
    corpus: ['vp'],
  },
  {
    id: 'T7',
    attack: 'JSON or CBOR that two readers read differently: names twice, other spellings, huge numbers, `__proto__`',
    defence: 'Strict readers, objects without prototype, safe integers',
    tests: [
      'shared/core/encoding/json',
      'shared/core/encoding/cbor',
      'shared/core/credential/mdoc-cbor',
      'tests/security/mdoc/bytes',
    ],
    corpus: ['jose', 'sdjwt', 'registry'],
  },
  {
    id: 'T8',
    attack: 'The same token respelled, so that it passes a memory of what was seen',
    defence: 'Decoded and encoded again it must be equal; the memory keeps signed bytes and nonce, not the text',
    tests: ['shared/core/encoding/base64url', 'shared/core/crypto/jws.wycheproof', 'verifier/desk/judge'],
    corpus: ['jose'],
  },
  {
    id: 'T9',
    attack: 'A JSON-LD context that gives a claim another meaning',
    defence: 'No JSON-LD is processed and no context is fetched; an unknown one leaves a verdict undecided',
    tests: ['shared/core/credential/contexts'],
  },
  {
    id: 'T10',
    attack: 'An encrypted answer that costs too much, or by a weak scheme',
    defence: 'ECDH-ES with AES-GCM alone; no compression, no passwords, no RSA; a cap before any work',
    tests: ['shared/core/crypto/jwe', 'tests/security/bombs/bombs', 'shared/core/crypto/hpke'],
  },
  {
    id: 'T11',
    attack: 'A status list that is forged, foreign, rolled back or a bomb',
    defence: 'Its signer is the issuer or its delegate, its content the one the log has, and it inflates up to a cap',
    tests: ['tests/security/status/hostile-list', 'tests/security/status/bombs', 'shared/core/status/status-list'],
    corpus: ['status'],
  },
  {
    id: 'T12',
    attack: 'A status that cannot be had, taken as good; a verdict kept beyond its time',
    defence: 'Unknown never accepts; signatures may be remembered, status and verdict never',
    tests: [
      'tests/security/status/fail-closed',
      'tests/security/status/revoked-visible-within-ttl',
      'tests/security/status/no-verdict-cache',
      'tests/security/trust/evidence-age',
    ],
    corpus: ['status'],
  },
  {
    id: 'T13',
    attack: 'A place in a status list that can be guessed, or is given twice',
    defence: 'Drawn at random among free ones, under a unique constraint',
    tests: ['tests/security/status/allocation-unique-and-random'],
  },
  {
    id: 'T14',
    attack: 'An issuer without a right to this type, region or time; an address in a credential that tells who looks',
    defence: 'Accreditation is looked at first; no address is opened before it holds',
    tests: [
      'tests/security/trust/order-of-checks',
      'tests/security/trust/verdict-at-time',
      'shared/core/trust/judge-accreditation',
      'shared/evidence/gather',
    ],
    corpus: ['did'],
  },
  {
    id: 'T15',
    attack: 'A good envelope around a forged credential',
    defence: 'Each credential in a presentation is judged by itself, and bound to its own holder key',
    tests: ['tests/security/vp/tampered-inner', 'shared/core/credential/vc-jwt'],
  },
  {
    id: 'T16',
    attack: 'An mdoc with elements twice, digests of nothing, words of the holder’s own, or made for another verifier',
    defence:
      'A strict pass before anything is believed; who asked, nonce, address and key stand under the holder’s signature',
    tests: [
      'shared/core/credential/mdoc',
      'tests/security/mdoc/bytes',
      'tests/security/mdoc/differential',
      'verifier/desk/judge',
    ],
  },
  {
    id: 'T17',
    attack: 'A second suite used where nobody asked for it, or a demanded second signature left out',
    defence:
      'Names of a suite count for the suite alone and where a policy names it; missing is a finding that no policy lightens',
    tests: ['tests/house/suites', 'shared/core/suites/gm/presented', 'shared/core/suites/pq/presented'],
  },
  {
    id: 'T18',
    attack: 'A library for VC-JWT that forgets a check, or changes its options',
    defence: 'It is asked beside the judge, with fresh options each time, and can only add a refusal',
    tests: [
      'tests/security/tokens/did-jwt-options',
      'tests/security/tokens/did-jwt-lax',
      'shared/core/credential/vcdm-11',
    ],
  },
]

const protocols: readonly Threat[] = [
  {
    id: 'P1',
    attack: 'An answer presented twice, at once or later, here or elsewhere',
    defence: 'A check is consumed by its first post, good or bad; what was accepted is remembered for a day',
    tests: ['verifier/routes/counter', 'verifier/adapters/checks', 'verifier/desk/judge', 'tests/flow/refusals'],
  },
  {
    id: 'P2',
    attack: 'A check begun in one browser and finished for another',
    defence:
      'What the wallet knows of a check and the browser’s cookie are apart; without the cookie there is nothing to see',
    tests: ['verifier/routes/counter', 'tests/flow/receive-and-show'],
    missing: 'release by `response_code` at websites, with sign-in',
  },
  {
    id: 'P3',
    attack: 'A code passed on, a counter that is none',
    defence: 'A code lives for two minutes and is fetched once; names come from the registry, never from the request',
    tests: [
      'verifier/routes/counter',
      'verifier/routes/news-stream',
      'shared/core/trust/judge-verifier',
      'tests/journeys/refusals',
    ],
    missing: 'the match code of sign-in, and the simulated relay against it',
  },
  {
    id: 'P4',
    attack: 'A request nobody signed; a name that looks like another',
    defence: 'Unsigned requests are refused',
    tests: ['shared/core/trust/judge-verifier', 'tests/flow/receive-and-show'],
    corpus: ['vp'],
    missing: 'a corpus of deceptive names for the consent screen',
  },
  {
    id: 'P5',
    attack: 'The answer to one verifier sent to another',
    defence:
      'The address of the answer lies at the origin of the request and at a registered host; the prefix of a client id belongs to it',
    tests: ['shared/core/presentation/request', 'shared/core/trust/judge-verifier'],
    corpus: ['vp'],
  },
  {
    id: 'P6',
    attack: 'A request from outside that makes us open an address inside',
    defence:
      'One guarded way out: every address looked at, one look-up of the name, no redirects, caps in bytes and time',
    tests: [
      'tests/security/net/ssrf-matrix',
      'tests/security/net/no-redirect',
      'tests/security/net/slow-body',
      'tests/security/net/huge-body',
      'shared/adapters/fetch-http',
      'shared/web/fetch-http',
    ],
  },
  {
    id: 'P7',
    attack: 'A verifier that asks for more than it registered, or learns from a refusal what somebody has',
    defence: 'What exceeds the registration is off or blocks; declining and having nothing look alike',
    tests: [
      'shared/core/trust/judge-verifier',
      'wallet/engine/request-view',
      'wallet/screens/consent.chromium',
      'tests/flow/receive-and-show',
    ],
    missing: 'the measured time of refusals',
  },
  {
    id: 'P8',
    attack: 'A query that costs too much to answer',
    defence: 'Bounds on queries, claims, sets and paths, before any document is looked at',
    tests: ['shared/core/presentation/dcql', 'tests/security/bombs/bombs'],
    corpus: ['vp'],
  },
  {
    id: 'P9',
    attack: 'A false offer; a transaction code that is guessed',
    defence: 'The issuer is shown before the code is asked for; five wrong tries burn an offer; DPoP always',
    tests: [
      'issuer/routes/issuance',
      'tests/flow/receive-and-show',
      'shared/core/issuance/dpop',
      'tests/journeys/refusals',
    ],
    missing: 'the authorisation code flow with PKCE and PAR',
  },
  {
    id: 'P10',
    attack: 'A proof of a key used twice, or for another issuer',
    defence: 'A nonce is spent by its first use; the audience is the issuer; the keys of a batch differ',
    tests: ['shared/core/issuance/possession', 'issuer/routes/issuance'],
    corpus: ['jose'],
  },
  {
    id: 'P11',
    attack: 'Redirects, codes and audiences of OpenID Connect',
    defence: 'Exact redirects, codes once, PKCE, `iss` in the answer',
    tests: [],
    missing: 'sign-in for websites',
  },
  {
    id: 'P12',
    attack: 'An account taken over by a claim that two people share',
    defence: 'An account is issuer and subject, or a pairwise key',
    tests: [],
    missing: 'sign-in for websites',
  },
  {
    id: 'P13',
    attack: 'A photograph of the code that a wallet shows',
    defence: 'That code holds no claim and takes one request; an answer by code carries the counter’s nonce',
    tests: [
      'shared/server/relay',
      'verifier/routes/counter',
      'shared/core/qr/engagement',
      'shared/core/qr/answer',
      'tests/journeys/refusals',
    ],
    corpus: ['qr'],
    missing: 'offline answers at the counter; their formats are there',
  },
  {
    id: 'P14',
    attack: 'Another program that takes our link scheme',
    defence: 'Links carry requests and offers alone, never answers',
    tests: [
      'shared/core/qr/link',
      'shared/ui/scan/classify',
      'wallet/screens/app.chromium',
      'tests/security/wallet/deeplink-hostile-args',
    ],
    corpus: ['qr'],
  },
  {
    id: 'P15',
    attack: 'An ID token despite a finding',
    defence: 'Tokens are made from an accepted verdict alone',
    tests: [],
    missing: 'sign-in for websites',
  },
  {
    id: 'P16',
    attack: 'A verifier that tells of a verdict it never reached',
    defence:
      'A bundle is replayed by whoever reads it, down to its first difference; what can be reckoned may not be carried',
    tests: [
      'shared/core/presentation/evidence-bundle',
      'tests/flow/evidence-bundle',
      'tests/vectors/evidence-bundle',
      'verifier/commands',
    ],
  },
]

const registry: readonly Threat[] = [
  {
    id: 'R1',
    attack: 'A log that shows different people different histories',
    defence:
      'The head is swapped before it is signed; witnesses and auditors sign one; readers keep the last head they saw',
    tests: [
      'tests/security/witness/race',
      'tests/security/witness/rollback',
      'tests/security/crash/commit-steps',
      'tests/hostile/registry/lies',
      'registry/monitor/main',
      'shared/evidence/follow-log',
    ],
    corpus: ['registry'],
  },
  {
    id: 'R2',
    attack: 'A second history after a backup was restored',
    defence: 'A start compares itself with witnesses, ledger and mirrors; one that is behind signs nothing',
    tests: [
      'tests/security/log/restore-old-backup-refuses-to-sign',
      'tests/security/log/restore-from-mirror',
      'tests/hostile/registry/lies',
    ],
  },
  {
    id: 'R3',
    attack: 'A record that was acknowledged and is lost',
    defence: 'An answer only once it is sealed and on disk; every step is one that a crash may follow',
    tests: [
      'tests/security/crash/commit-steps',
      'tests/security/crash/kill9',
      'tests/security/crash/every-syscall',
      'tests/security/crash/power-cut',
    ],
  },
  {
    id: 'R4',
    attack: 'A flipped bit, a disk that is full or fails, two errors in a row',
    defence:
      'What is signed is reckoned again from the disk; a failed write ends the process; a full disk makes it read-only',
    tests: ['tests/security/corruption/bit-flip-anywhere', 'tests/security/fault/faults', 'registry/admission'],
  },
  {
    id: 'R5',
    attack: 'Records that are withheld, or published late under an early time',
    defence: 'The whole record is the leaf; auditors replay before they sign',
    tests: ['tests/hostile/registry/lies', 'registry/audited', 'registry/audit'],
  },
  {
    id: 'R6',
    attack: 'A ledger that is down, lies or is reorganised; a log that ignores what was forced on it',
    defence:
      'Serving needs no ledger; more than half of the nodes must agree; a deep change stops anchoring, never the log',
    tests: [
      'tests/security/ledger/node-down',
      'tests/security/ledger/byzantine',
      'tests/security/ledger/partition',
      'tests/security/ledger/reorg',
      'tests/security/ledger/conflict-freezes',
      'tests/security/ledger/forced-record',
      'tests/security/ledger/watchers',
      'tests/security/ledger/no-foreign-call',
      'tests/hostile/registry/forced',
    ],
  },
  {
    id: 'R7',
    attack: 'A stolen update key; a key used for what it is not for, or after it was lost; a deactivated DID',
    defence: 'Two tiers of keys named beforehand; the judge looks at state, purpose and time of signing',
    tests: [
      'shared/core/record/history',
      'tests/security/did/deactivated-refused',
      'tests/security/did/purpose-enforced',
      'tests/security/trust/verdict-at-time',
      'tests/journeys/stories',
    ],
    corpus: ['did', 'registry'],
  },
  {
    id: 'R8',
    attack: 'A flood of records or of connections',
    defence: 'Quotas, a lane for emergencies, limits on time and size of requests; reads are files',
    tests: ['registry/admission', 'tests/security/load/slowloris'],
    missing: 'the long load test',
  },
  {
    id: 'R9',
    attack: 'Rights taken by one administrator',
    defence: 'Several of them sign what grants, and it waits; fewer sign what removes, at once',
    tests: ['shared/core/record/history'],
  },
  {
    id: 'R10',
    attack: 'An answer of the registry without proof, or under an old head',
    defence: 'Presence and absence are proven under a fresh head with its quorum; else there is no answer',
    tests: [
      'shared/adapters/did-resolver',
      'shared/core/log/bundle',
      'tests/security/trust/evidence-age',
      'tests/security/log/asked-under-another-name',
    ],
    corpus: ['registry'],
  },
]

const wallet: readonly Threat[] = [
  {
    id: 'W1',
    attack: 'A stolen vault whose passphrase is guessed',
    defence: 'argon2id at the highest cost the machine bears; weak passphrases are refused',
    tests: [
      'wallet/engine/vault',
      'wallet/engine/recovery-words',
      'wallet/engine/show-pin',
      'wallet/screens/app.chromium',
    ],
  },
  {
    id: 'W2',
    attack: 'A vault made cheaper to guess, or with its records exchanged',
    defence: 'Costs and places stand under authentication; there is a floor and a ceiling in code',
    tests: ['wallet/engine/vault', 'tests/security/wallet/backup-tamper'],
  },
  {
    id: 'W3',
    attack: 'An edited flag or counter',
    defence: 'No flag opens anything; only the key does',
    tests: ['wallet/engine/vault', 'wallet/engine/access', 'wallet/engine/show-pin'],
  },
  {
    id: 'W4',
    attack: 'An older state of the vault put back',
    defence: 'Its generation stands in a second place; an older one is named and opened with its copies marked used',
    tests: ['wallet/engine/vault', 'wallet/engine/access'],
  },
  {
    id: 'W5',
    attack: 'A crash while the vault is written',
    defence: 'A new file beside the old one, then two renames; what fails puts the state before back',
    tests: [
      'wallet/adapters/vault-stores',
      'wallet/web/vault-indexeddb.chromium',
      'tests/security/wallet/power-cut',
      'tests/security/wallet/kill9',
    ],
    missing: 'power cuts of a whole machine, as the registry has them',
  },
  {
    id: 'W6',
    attack: 'A page that makes the engine sign',
    defence: 'No question of the contract signs bytes; approval stands on a list of its own',
    tests: [
      'wallet/engine/contract',
      'wallet/transport/transports',
      'wallet/transport/ipc',
      'tests/security/ipc/unknown-channel',
      'tests/security/ipc/foreign-sender',
      'tests/security/electron/confined',
    ],
  },
  {
    id: 'W7',
    attack: 'A keyring of the system that protects nothing',
    defence: 'Nothing is kept there, and the passphrase is always needed',
    tests: ['wallet/web/vault-indexeddb.chromium', 'tests/security/vault/linux-no-keyring'],
  },
  {
    id: 'W8',
    attack: 'Switches of the runtime that let code in',
    defence: 'They are off in what is packed, and the switches that no fuse covers end the program',
    tests: ['tests/security/electron/fuses', 'tests/security/electron/start', 'tests/house/desktop'],
    missing: 'the packed program itself, run',
  },
  {
    id: 'W9',
    attack: 'A hostile picture or code before the camera',
    defence: 'Read in a worker, within bounds of size and time; foreign codes are named and never opened',
    tests: [
      'shared/ui/scan/classify',
      'shared/ui/scan/decode-chain',
      'shared/ui/scan/decoder.chromium',
      'shared/ui/scan/picture-file',
      'shared/ui/scan/scanner.chromium',
      'tests/security/qr/hostile-images.chromium',
      'tests/security/qr/hostile-images-many.chromium',
      'tests/journeys/refusals',
    ],
    corpus: ['qr'],
  },
  {
    id: 'W10',
    attack: 'Personal data in a log, a database, a fault or a picture of the screen',
    defence: 'Faults cross as their code; checks keep no claims; numbers are masked',
    tests: [
      'tests/house/faults',
      'verifier/routes/counter',
      'verifier/desk/told',
      'shared/ui/mask',
      'shared/server/app',
    ],
    missing: 'markers in every claim, looked for after all stories; protection of the screen',
  },
]

const supply: readonly Threat[] = [
  {
    id: 'S1',
    attack: 'A package that is replaced, runs at install, or comes from elsewhere',
    defence: 'A hash for each, no install scripts, no hosts, exact versions, a week of age',
    tests: ['scripts/lockfile'],
  },
  {
    id: 'S2',
    attack: 'More code of others than anybody reads',
    defence:
      'A budget of packages for each role; what is for servers stays out of pages, and no page loads from elsewhere',
    tests: ['tests/supply/budget', 'tests/house/bundle'],
  },
  {
    id: 'S3',
    attack: 'A build that is not of this source',
    defence: 'Two builds that are equal, signed tags, a list of what is inside',
    tests: [],
    missing: 'the release job',
  },
  {
    id: 'S4',
    attack: 'Our own code that loses a check, or never had a test for it',
    defence: 'Checks taken away by hand, each noticed by a named test; parsers fuzzed along their coverage',
    tests: [
      'tests/mutants/mutants',
      'tests/fuzz/targets',
      'tests/fuzz/control',
      'tests/hostile/corpus',
      'tests/house/hostile',
    ],
  },
]

/** THE table of threats: every file under `tests/security` stands in a row of it. */
export const threats: Readonly<Record<Area, readonly Threat[]>> = { tokens, protocols, registry, wallet, supply }
