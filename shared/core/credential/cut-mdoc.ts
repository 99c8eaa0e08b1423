import { Tagged } from 'cborg'
import { decodeBase64url, encodeBase64url } from '../encoding/base64url.ts'
import { encodeCbor } from '../encoding/cbor.ts'
import { Fault, within } from '../fault.ts'
import type { CutToken, EvidenceForm } from './cut.ts'
import { EmbeddedCbor, readMdocCbor } from './mdoc-cbor.ts'
import { coseOf } from './mdoc-cose.ts'
import { embeddedItems } from './mdoc-issue.ts'
import { parseMdoc, type MdocItem, type UnverifiedMdoc } from './mdoc.ts'

/**
 * An answer without its items (ISO/IEC 18013-5, 8.3.2.1.2.2). What the issuer signed holds digests alone, and what the
 * holder signed does not say which items were chosen: both signatures hold without them.
 *
 * A disclosure is base64url of `[namespace, IssuerSignedItemBytes]` in CBOR.
 */
export const cutMdoc: EvidenceForm<UnverifiedMdoc> = { isJudgedCut: true, cut, restore }

function cut(mdoc: UnverifiedMdoc): CutToken {
  const { items, defects } = mdoc
  // What the holder says of itself is under the holder's signature: that cannot be cut out.
  const isSelfSaid = defects.includes('disclosure.unreferenced') && hasNameSpaces(mdoc)
  if (isSelfSaid) throw new Fault('evidence.not_replayable', { at: 'device nameSpaces' })
  return { token: formatAnswer(mdoc, []), disclosures: items.map(formatItem) }
}

const emptyMap = 0xa0

function hasNameSpaces({ deviceAuth }: UnverifiedMdoc): boolean {
  return deviceAuth?.nameSpaces[0] !== emptyMap
}

function restore(token: string, disclosures: readonly string[]): string {
  return within('evidence.malformed', () => {
    const mdoc = parseMdoc(token)
    if (mdoc.items.length > 0) throw new Fault('evidence.malformed', { at: 'token' })
    return formatAnswer(mdoc, disclosures.map(parseItem))
  })
}

type Item = Pick<MdocItem, 'namespace' | 'bytes'>

/** The answer as it came, with these items: of what a reader passes over nothing is kept. */
function formatAnswer({ docType, issuerAuth, deviceAuth }: UnverifiedMdoc, items: readonly Item[]): string {
  if (deviceAuth === undefined) throw new Fault('evidence.not_replayable', { at: 'deviceSigned' })
  const { nameSpaces, signature } = deviceAuth
  // A MAC is not looked at: that there was one is all that counts.
  const auth = signature === undefined ? { deviceMac: null } : { deviceSignature: coseOf(signature) }
  const document = {
    docType,
    issuerSigned: { issuerAuth: coseOf(issuerAuth), ...(items.length === 0 ? {} : { nameSpaces: spacesOf(items) }) },
    deviceSigned: { nameSpaces: new Tagged(24, nameSpaces), deviceAuth: auth },
  }
  return encodeBase64url(encodeCbor({ version: '1.0', documents: [document], status: 0 }))
}

function spacesOf(items: readonly Item[]): ReadonlyMap<string, unknown> {
  const spaces = new Map<string, Uint8Array[]>()
  for (const { namespace, bytes } of items) spaces.set(namespace, [...(spaces.get(namespace) ?? []), bytes])
  return embeddedItems(spaces)
}

function formatItem({ namespace, bytes }: Item): string {
  return encodeBase64url(encodeCbor([namespace, new Tagged(24, bytes)]))
}

function parseItem(text: string): Item {
  const bytes = decodeBase64url(text)
  const read = bytes && readMdocCbor(bytes)
  const [namespace, item] = Array.isArray(read) && read.length === 2 ? (read as readonly unknown[]) : []
  if (typeof namespace !== 'string' || !(item instanceof EmbeddedCbor))
    throw new Fault('evidence.malformed', { at: 'disclosures' })
  return { namespace, bytes: item.bytes }
}
