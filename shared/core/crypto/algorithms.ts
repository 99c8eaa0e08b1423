import { suites, type SuiteAlgorithm, type SuiteKty, type SuiteName } from '../suites/known.ts'

/** What a signature is for; each purpose has its own list of algorithms (wire profile, 11). */
export type Purpose =
  | (
      | 'credential'
      | 'vcdm-1.1'
      | 'status'
      | 'key-binding'
      | 'possession'
      | 'dpop'
      | 'request'
      | 'metadata'
      | 'record'
      | 'id-token'
    )
  /** What a suite signs by names of its own, and nothing else. */
  | `suite:${SuiteName}`

export type AlgorithmName = 'ES256' | 'ES384' | 'EdDSA' | 'ES256K' | SuiteAlgorithm

interface AlgorithmRow {
  readonly kty: 'EC' | 'OKP' | SuiteKty
  readonly crv: string
  /** Bytes of one coordinate and, for EC, of half a signature. */
  readonly width: number
  readonly hash: 'sha256' | 'sha384' | 'none'
  /** Header values that name it. */
  readonly headers: readonly string[]
  readonly purposes: readonly Purpose[]
}

const all: readonly Purpose[] = [
  'credential',
  'vcdm-1.1',
  'status',
  'key-binding',
  'possession',
  'dpop',
  'request',
  'metadata',
  'record',
  'id-token',
]

/** A suite's row has no purpose but the suite's own: wherever else its name turns up, it is refused as unknown. */
const ofSuites = Object.fromEntries(
  suites.map(({ name, algorithm, kty, crv, width }): [string, AlgorithmRow] => [
    algorithm,
    { kty: kty as SuiteKty, crv, width, hash: 'none', headers: [algorithm], purposes: [`suite:${name}`] },
  ]),
) as Readonly<Record<SuiteAlgorithm, AlgorithmRow>>

/** THE table of signature algorithms. A new one is a row here and its vectors; those of suites come by their table. */
export const algorithms: Readonly<Record<AlgorithmName, AlgorithmRow>> = {
  ES256: { kty: 'EC', crv: 'P-256', width: 32, hash: 'sha256', headers: ['ES256'], purposes: all },
  ES384: {
    kty: 'EC',
    crv: 'P-384',
    width: 48,
    hash: 'sha384',
    headers: ['ES384'],
    purposes: ['credential', 'status', 'request', 'metadata'],
  },
  EdDSA: {
    kty: 'OKP',
    crv: 'Ed25519',
    width: 32,
    hash: 'none',
    headers: ['EdDSA', 'Ed25519'],
    purposes: [
      'credential',
      'vcdm-1.1',
      'status',
      'key-binding',
      'possession',
      'dpop',
      'request',
      'metadata',
      'record',
    ],
  },
  ES256K: { kty: 'EC', crv: 'secp256k1', width: 32, hash: 'sha256', headers: ['ES256K'], purposes: ['vcdm-1.1'] },
  ...ofSuites,
}

export const algorithmNames = Object.keys(algorithms) as readonly AlgorithmName[]

/** The one algorithm that a key of this type and curve carries; undefined for curves we do not verify. */
export function algorithmOfKey(jwk: { readonly kty: string; readonly crv: string }): AlgorithmName | undefined {
  return algorithmNames.find((name) => algorithms[name].kty === jwk.kty && algorithms[name].crv === jwk.crv)
}

/** The algorithm a header value names, if the purpose allows it. */
export function algorithmOfHeader(header: string, purpose: Purpose): AlgorithmName | undefined {
  return algorithmNames.find((name) => {
    const row: AlgorithmRow = algorithms[name]
    return row.headers.includes(header) && row.purposes.includes(purpose)
  })
}

/** The header values a purpose allows, for metadata that say so to others. */
export function headersFor(purpose: Purpose): readonly string[] {
  const rows: readonly AlgorithmRow[] = Object.values(algorithms)
  return rows.filter(({ purposes }) => purposes.includes(purpose)).flatMap(({ headers }) => headers)
}
