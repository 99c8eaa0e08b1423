import type { Beneath, Layer } from './layer.ts'

interface Element {
  readonly tag: number
  /** Its elements, or its content. */
  content: Element[] | Buffer
}

/** DER as certificates are written in: an element is changed and every length around it mended. */
export const derLayer: Layer = {
  name: 'der',
  mutate(bytes, by, depth) {
    if (bytes[0] !== 0x30) return undefined
    const elements = read(bytes)
    if (elements?.length !== 1) return undefined
    change(elements, by, depth)
    return Buffer.concat(elements.map(write))
  },
}

function read(bytes: Buffer): Element[] | undefined {
  const elements: Element[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] as number
    const first = bytes[at + 1] ?? 0x80
    const count = first < 0x80 ? 0 : first & 0x7f
    if (first === 0x80 || count > 3 || at + 2 + count > bytes.length) return undefined
    const length = count === 0 ? first : bytes.readUIntBE(at + 2, count)
    const start = at + 2 + count
    if (start + length > bytes.length) return undefined
    const content = bytes.subarray(start, start + length)
    elements.push({ tag, content: ((tag & 0x20) !== 0 || tag === 4 ? read(content) : undefined) ?? content })
    at = start + length
  }
  return elements
}

function change(elements: Element[], by: Beneath, depth: number): void {
  const { draw } = by
  const at = draw.below(elements.length)
  const element = elements[at]
  if (element === undefined) return
  const { content } = element
  if (draw.chance(75) && Array.isArray(content) && content.length > 0) return change(content, by, depth)
  switch (draw.below(6)) {
    case 0:
      elements.splice(at, 1)
      break
    case 1:
      elements.splice(draw.below(elements.length), 0, element)
      break
    case 2:
      elements[at] = { tag: draw.pick([0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17, 0x18, 0x30, 0x31, 0xa0]), content }
      break
    default:
      element.content = by.mutate(Buffer.isBuffer(content) ? content : Buffer.concat(content.map(write)), depth + 1)
  }
}

function write({ tag, content }: Element): Buffer {
  const inner = Buffer.isBuffer(content) ? content : Buffer.concat(content.map(write))
  const { length } = inner
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, (length >> 8) & 255, length & 255]
  return Buffer.concat([Buffer.of(tag, ...head), inner])
}
