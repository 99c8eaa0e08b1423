import { Fault } from '../fault.ts'

/** One element of DER (X.690, 10): its tag, itself whole, and what is in it. */
export interface DerElement {
  readonly tag: number
  readonly bytes: Uint8Array
  readonly content: Uint8Array
}

/** Tags that certificates have outside their extensions. */
export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  sequence: 0x30,
  version: 0xa0,
  extensions: 0xa3,
} as const

/**
 * The elements that stand one behind the other in these bytes: definite lengths in their shortest form, nothing left.
 *
 * @throws Fault `certificate.malformed`
 */
export function derElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = []
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at)
    elements.push(element)
    at += element.bytes.length
  }
  return elements
}

function elementAt(bytes: Uint8Array, at: number): DerElement {
  const tag = bytes[at] as number
  const first = bytes[at + 1]
  // Tags above 30 take more bytes; certificates have none.
  if ((tag & 31) === 31 || first === undefined) malformed()
  const { start, length } = first < 0x80 ? { start: at + 2, length: first } : longLength(bytes, at + 2, first & 0x7f)
  const end = start + length
  if (end > bytes.length) malformed()
  return { tag, bytes: bytes.subarray(at, end), content: bytes.subarray(start, end) }
}

function longLength(bytes: Uint8Array, at: number, count: number): { readonly start: number; readonly length: number } {
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + i] ?? 0)
  const isShortest = count > 0 && count <= 3 && bytes[at] !== 0 && length >= 0x80
  return isShortest ? { start: at + count, length } : malformed()
}

/** Whether the bytes are DER all the way down, as far as structured elements go. */
export function checkDer(bytes: Uint8Array, depth = 0): void {
  if (depth > deepest) malformed()
  for (const { tag, content } of derElements(bytes)) if ((tag & 0x20) !== 0) checkDer(content, depth + 1)
}

const deepest = 16

/** The contents of an element that has to have this tag. */
export function derContent(element: DerElement | undefined, tag: number): Uint8Array {
  return element?.tag === tag ? element.content : malformed()
}

/** A number that is not negative, without the zero that keeps it so; undefined for another or a longer spelling. */
export function derUnsigned(content: Uint8Array): Uint8Array | undefined {
  const [first, second = 0x80] = content
  if (first === undefined || first > 0x7f) return undefined
  if (first !== 0 || content.length === 1) return content
  return second > 0x7f ? content.subarray(1) : undefined
}

function malformed(): never {
  throw new Fault('certificate.malformed', { reason: 'not DER' })
}
