import { lifetimes, tries } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { table } from './markdown.ts'

type Unit = 'bytes' | 'count' | 'letters'
type Words = readonly [what: string, unit: Unit]
type Group = readonly (keyof typeof limits)[]

const words: Readonly<Record<keyof typeof limits, Words>> = {
  request: ['request object', 'bytes'],
  offer: ['credential offer, link', 'bytes'],
  ipcMessage: ['question of a page of the desktop wallet to its engine', 'bytes'],
  metadata: ['metadata of an issuer or server', 'bytes'],
  jsonString: ['a text in JSON, where no other bound is named', 'letters'],
  jsonDepth: ['nesting of JSON', 'count'],
  jsonArray: ['elements of an array, where no other bound is named', 'count'],
  jsonMembers: ['members of an object', 'count'],
  dcqlCredentials: ['credentials a query asks for', 'count'],
  dcqlClaims: ['claims of one of them', 'count'],
  dcqlClaimSets: ['sets of claims of one of them', 'count'],
  dcqlSets: ['sets of credentials', 'count'],
  dcqlOptions: ['options of a set', 'count'],
  dcqlPath: ['steps of a path', 'count'],
  dcqlValues: ['values, types or authorities of one list', 'count'],
  sdJwt: ['what the issuer signed of an SD-JWT', 'bytes'],
  sdJwtWithPortrait: ['an SD-JWT as presented, with a portrait', 'bytes'],
  mdoc: ['an mdoc, base64url', 'letters'],
  mdocItems: ['CBOR items of an mdoc', 'count'],
  mdocDepth: ['nesting of an mdoc', 'count'],
  mdocElements: ['elements of an mdoc', 'count'],
  vcJwt: ['a credential of the W3C data model', 'bytes'],
  vpJwt: ['a presentation of the W3C data model', 'bytes'],
  vpCredentials: ['credentials in one of them', 'count'],
  disclosures: ['disclosures of an SD-JWT', 'count'],
  disclosureNesting: ['disclosures inside disclosures', 'count'],
  jweOverhead: ['a JWE, beyond its content', 'bytes'],
  keyBinding: ['key binding', 'bytes'],
  second: ['second signature', 'bytes'],
  possession: ['key proof', 'bytes'],
  dpop: ['DPoP proof', 'bytes'],
  attestation: ['attestation of a wallet (later)', 'bytes'],
  transactionData: ['things to confirm in one request', 'count'],
  verifierInfo: ['entries of `verifier_info`', 'count'],
  verifierInfoBytes: ['all of them', 'bytes'],
  answerBody: ['posted answer', 'bytes'],
  evidenceBundle: ['evidence bundle', 'bytes'],
  evidenceItems: ['items of evidence in it', 'count'],
  statusListPacked: ['status list as it comes', 'bytes'],
  statusListInflated: ['status list, unpacked', 'bytes'],
  statusListEntries: ['entries of a list of ours, at least', 'count'],
  batch: ['copies in one issuance', 'count'],
  qrSymbol: ['one QR symbol', 'bytes'],
  fja1Fragments: ['parts of a moving code (later)', 'count'],
  fja1Fragment: ['one part (later)', 'bytes'],
  fjp1: ['offline answer', 'bytes'],
  fjp1Inflated: ['offline answer, unpacked', 'bytes'],
  relayBody: ['message in a mailbox', 'bytes'],
  httpBody: ['body of a request to a server', 'bytes'],
  blob: ['file in the registry', 'bytes'],
  operationSequence: ['records sent in one request', 'bytes'],
  didDocument: ['DID document of others (later)', 'bytes'],
  didDocumentKeys: ['keys in it (later)', 'count'],
  didDocumentServices: ['services in it (later)', 'count'],
  operation: ['record that changes a DID', 'bytes'],
  trustRecord: ['any other record', 'bytes'],
  recordDepth: ['nesting of a record', 'count'],
  recordKeys: ['keys of a record', 'count'],
  documentKeys: ['keys of a did:fujie', 'count'],
  documentServices: ['services of a did:fujie', 'count'],
  documentAliases: ['further names of a did:fujie', 'count'],
  batchRecords: ['records of one batch', 'count'],
  logProof: ['hashes of a path in the log', 'count'],
  mapProof: ['hashes of a path in the map', 'count'],
  checkpoint: ['checkpoint with its cosignatures', 'bytes'],
  trustBundle: ['trust bundle', 'bytes'],
  trustBundleInflated: ['trust bundle, unpacked', 'bytes'],
  trustBundleRatio: ['times it may grow when unpacked', 'count'],
  certificateChain: ['certificates of a chain', 'count'],
  certificateChainBytes: ['all of them', 'bytes'],
  accreditationChain: ['levels over which a right is passed on', 'count'],
  typeExtends: ['types that extend each other', 'count'],
  vault: ['vault of a wallet', 'bytes'],
  vaultHeader: ['its header', 'bytes'],
  vaultRecords: ['records in it', 'count'],
}

const groups: Readonly<Record<string, Group>> = {
  'limits-reading': ['jsonString', 'jsonDepth', 'jsonArray', 'jsonMembers', 'httpBody', 'jweOverhead'],
  'limits-credentials': [
    ...(['sdJwt', 'sdJwtWithPortrait', 'disclosures', 'disclosureNesting', 'keyBinding', 'second'] as const),
    ...(['mdoc', 'mdocItems', 'mdocDepth', 'mdocElements', 'vcJwt', 'vpJwt', 'vpCredentials', 'typeExtends'] as const),
    ...(['statusListPacked', 'statusListInflated', 'statusListEntries'] as const),
  ],
  'limits-exchange': [
    ...(['request', 'verifierInfo', 'verifierInfoBytes', 'transactionData', 'answerBody'] as const),
    ...([
      'dcqlCredentials',
      'dcqlClaims',
      'dcqlClaimSets',
      'dcqlSets',
      'dcqlOptions',
      'dcqlPath',
      'dcqlValues',
    ] as const),
    ...(['offer', 'metadata', 'batch', 'possession', 'dpop', 'attestation'] as const),
    ...(['qrSymbol', 'fjp1', 'fjp1Inflated', 'fja1Fragments', 'fja1Fragment', 'relayBody'] as const),
    ...(['evidenceBundle', 'evidenceItems'] as const),
  ],
  'limits-trust': [
    ...(['certificateChain', 'certificateChainBytes', 'accreditationChain'] as const),
    ...(['didDocument', 'didDocumentKeys', 'didDocumentServices'] as const),
    ...(['documentKeys', 'documentServices', 'documentAliases', 'operation', 'trustRecord', 'recordDepth'] as const),
    ...(['recordKeys', 'operationSequence', 'batchRecords', 'blob', 'logProof', 'mapProof', 'checkpoint'] as const),
    ...(['trustBundle', 'trustBundleInflated', 'trustBundleRatio'] as const),
  ],
  'limits-vault': ['ipcMessage', 'vault', 'vaultHeader', 'vaultRecords'],
}

/** A table for each group; a limit in none, or in two, is an error. */
export function limitTables(): Readonly<Record<string, () => string>> {
  const placed = Object.values(groups).flat()
  const odd = (Object.keys(limits) as Group).find((name) => placed.filter((each) => each === name).length !== 1)
  if (odd !== undefined) throw new Error(`The limit ${odd} stands in no group, or in two`)
  return Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, () => limitTable(group)]))
}

function limitTable(group: Group): string {
  return table(
    ['At most', 'Of'],
    group.map((name) => {
      const [what, unit] = words[name]
      return [unit === 'bytes' ? bytes(limits[name]) : limits[name].toLocaleString('en'), what]
    }),
  )
}

/** A size as people read it. */
export function bytes(count: number): string {
  const [mebi, kibi] = [count / 1024 ** 2, count / 1024]
  if (Number.isInteger(mebi)) return `${mebi} MiB`
  return Number.isInteger(kibi) ? `${kibi} KiB` : `${count.toLocaleString('en')} B`
}

const lives: Readonly<Record<keyof typeof lifetimes, string>> = {
  clockSlack: 'how far two clocks may differ',
  session: 'a check, from its first code to its end',
  qrSlotSignIn: 'a code of sign-in (later)',
  qrSlotCounter: 'a code at a counter',
  offlineNonce: 'an offline question (later)',
  relayMailbox: 'a mailbox',
  keyBinding: 'a key binding, from its signature',
  showingSealed: 'an answer on show, before it is signed and sealed anew',
  possession: 'a key proof, either way',
  authorisationCode: 'an authorisation code (later)',
  credentialNonce: 'a nonce of an issuer',
  matchCode: 'a match code of sign-in (later)',
  preAuthorisedCode: 'an offer',
  accessToken: 'an access token',
  idToken: 'an ID token (later)',
  loginCredential: 'a credential a wallet issues to itself to sign in',
  deferredTransaction: 'a document under review, until it is fetched',
  refreshToken: 'a refresh token',
  replayMemory: 'how long an accepted answer is remembered',
  checkpointOnline: 'the age of a head for who is online',
  headSlack: 'how far a proof may be behind a head that was seen',
  checkpointCounter: 'the age of a head for a counter without a network (later)',
  statusToken: 'a status list of ours',
  statusTtlLeast: '`ttl` of ours, at least',
  statusTtlMost: '`ttl` of ours, at most (ours is the least)',
  statusTtlAssumed: '`ttl` where a list has none',
  statusTtlClampLeast: 'a list is not fetched again before',
  statusTtlClampMost: 'a list is fetched again after',
  offlineGrace: 'how long past its end a list may be shown to a person, offline (later; a policy may say so now)',
  offlineGraceMost: 'the same, at most (later)',
  oneTimeCopy: 'a one-time copy (later)',
  operationMost: 'from the seal of an operation to the end it states',
  operation: 'from the signing of an operation by a wallet to the end it states',
  devicePairing: 'from the code a device shows to the answer of its owner',
  phraseSearch: 'a recovery phrase typed to win identities back, in the memory of a wallet',
  keyOverlap: 'a key that is replaced at leisure beside its successor',
  signedMetadata: 'signed metadata',
  dpop: 'a DPoP proof, either way',
  trustBundle: 'a trust bundle',
}

export function lifetimeTable(): string {
  const names = Object.keys(lifetimes) as readonly (keyof typeof lifetimes)[]
  return table(
    ['Lasts', 'What'],
    names.map((name) => [duration(lifetimes[name]), lives[name]]),
  )
}

function duration(seconds: number): string {
  const [size, unit] = ([86_400, 3_600, 60]
    .map((each, i) => [each, ['d', 'h', 'min'][i]] as const)
    .find(([each]) => seconds % each === 0) ?? [1, 's']) as readonly [number, string]
  return `${(seconds / size).toLocaleString('en')} ${unit}`
}

const tried: Readonly<Record<keyof typeof tries, string>> = {
  txCode: 'a wrong transaction code burns an offer',
  matchCode: 'a wrong match code ends a sign-in (later)',
  pickUpCode: 'a wrong pick-up code of six digits, in a minute',
  offerReads: 'an offer may be read',
  recoveryKeys: 'recovery keys of a phrase known to nobody, in a row, end the search for its identities',
  pin: 'a wrong show PIN leaves the passphrase as the way in; from the fourth on with waits of 30 s, 1, 5 and 15 min',
}

export function triesTable(): string {
  const names = Object.keys(tries) as readonly (keyof typeof tries)[]
  return table(
    ['Times', 'What'],
    names.map((name) => [String(tries[name]), tried[name]]),
  )
}
