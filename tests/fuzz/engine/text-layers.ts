import { createHash } from 'node:crypto'
import type { Beneath, Layer } from './layer.ts'
import { decodeBase45, encodeBase45 } from './base45.ts'

const printable = /^[\n\x20-\x7e]*$/

/** Parts between marks: one is left out, doubled, moved, emptied or changed. */
function changeParts(parts: string[], by: Beneath, depth: number): void {
  const { draw } = by
  const at = draw.below(parts.length)
  const part = parts[at] ?? ''
  switch (draw.below(10)) {
    case 0:
      parts.splice(at, 1)
      break
    case 1:
      parts.splice(draw.below(parts.length + 1), 0, part)
      break
    case 2:
      parts[at] = parts[draw.below(parts.length)] ?? ''
      parts[parts.length - 1 - at] = part
      break
    case 3:
      for (let i = draw.below(300); i > 0; i--) parts.splice(at, 0, part)
      break
    case 4:
      parts[at] = draw.pick(by.words)?.toString() ?? ''
      break
    default:
      parts[at] = by.mutate(Buffer.from(part), depth + 1).toString('utf8')
  }
}

function marked(name: string, mark: string, form: RegExp): Layer {
  return {
    name,
    mutate(bytes, by, depth) {
      const text = bytes.toString('latin1')
      if (!text.includes(mark) || !form.test(text)) return undefined
      const parts = text.split(mark)
      changeParts(parts, by, depth)
      return Buffer.from(parts.join(mark))
    },
  }
}

/** An SD-JWT whose disclosure is changed, and whose digest of it with it: so changes reach the claims that were hidden. */
const disclosures: Layer = {
  name: 'disclosures',
  mutate(bytes, by, depth) {
    const text = bytes.toString('latin1')
    const parts = /^[\w.~-]+$/.test(text) ? text.split('~') : []
    const [jwt = '', ...rest] = parts
    const [header, payload, signature] = jwt.split('.')
    const at = by.draw.below(rest.length - 1)
    const old = rest[at]
    if (parts.length < 3 || payload === undefined || old === undefined || old === '') return undefined
    const changed = by.mutate(Buffer.from(old, 'base64url'), depth + 1).toString('base64url')
    const mend = (part: string) => {
      const json = Buffer.from(part, 'base64url').toString()
      return json.includes(digest(old))
        ? Buffer.from(json.replaceAll(digest(old), digest(changed))).toString('base64url')
        : part
    }
    const others = rest.map((part, i) => (i === at ? changed : i === rest.length - 1 ? part : mend(part)))
    return Buffer.from([[header, mend(payload), signature].join('.'), ...others].join('~'))
  },
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

const base64url: Layer = {
  name: 'base64url',
  mutate(bytes, by, depth) {
    const text = bytes.toString('latin1')
    if (text.length < 4 || !/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined
    return Buffer.from(by.mutate(Buffer.from(text, 'base64url'), depth + 1).toString('base64url'))
  },
}

const base64: Layer = {
  name: 'base64',
  mutate(bytes, by, depth) {
    const text = bytes.toString('latin1')
    if (text.length < 8 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
    return Buffer.from(by.mutate(Buffer.from(text, 'base64'), depth + 1).toString('base64'))
  },
}

/** `FJQ1:…` and `FJP1:…`, and base45 alone. */
const base45: Layer = {
  name: 'base45',
  mutate(bytes, by, depth) {
    const found = /^(FJ[QP]1:)?([0-9A-Z $%*+./:-]+?)(\.?)$/.exec(bytes.toString('latin1'))
    const inner = found === null ? undefined : decodeBase45(found[2] ?? '')
    if (found === null || inner === undefined || inner.length < 2) return undefined
    return Buffer.from(`${found[1] ?? ''}${encodeBase45(by.mutate(inner, depth + 1))}${found[3] ?? ''}`)
  },
}

/** Percent-encoded values of a link. */
const query: Layer = {
  name: 'query',
  mutate(bytes, by, depth) {
    const text = bytes.toString('latin1')
    const mark = text.indexOf('?') + 1
    if (!/^[!-~]*$/.test(text) || !text.slice(mark).includes('=')) return undefined
    const pairs = text.slice(mark).split('&')
    const at = by.draw.below(pairs.length)
    const [name = '', value = ''] = (pairs[at] ?? '').split('=')
    if (by.draw.chance(20)) changeParts(pairs, by, depth)
    else pairs[at] = `${name}=${encodeURIComponent(by.mutate(Buffer.from(decoded(value)), depth + 1).toString())}`
    return Buffer.from(text.slice(0, mark) + pairs.join('&'))
  },
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

export const textLayers: readonly Layer[] = [
  disclosures,
  marked('tildes', '~', /^[\w.~-]+$/),
  marked('dots', '.', /^[\w.-]+$/),
  marked('colons', ':', /^(did|z)[!-~]*$/),
  marked('lines', '\n', /^[^{[][^]*$/),
  marked('words', ' ', printable),
  ...[base64url, base64, base45, query],
]
