import { createHash } from 'node:crypto'
import { deflateRawSync, deflateSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { Layer } from './layer.ts'

const most = { maxOutputLength: 1024 * 1024 }

const zlib: Layer = {
  name: 'zlib',
  mutate(bytes, by, depth) {
    if (bytes[0] !== 0x78) return undefined
    try {
      return deflateSync(by.mutate(inflateSync(bytes, most), depth + 1), { level: 1 })
    } catch {
      return undefined
    }
  },
}

/** `FJB1`, length, JWS, packed body: the body is changed and what is signed over it mended. */
const trustBundle: Layer = {
  name: 'trust bundle',
  mutate(bytes, by, depth) {
    if (bytes.subarray(0, 4).toString() !== 'FJB1' || bytes.length < 8) return undefined
    const end = 8 + bytes.readUInt32BE(4)
    const [header = '', payload = '', signature = ''] = bytes.subarray(8, end).toString('latin1').split('.')
    try {
      const inner = inflateRawSync(bytes.subarray(end), most)
      const packed = deflateRawSync(by.mutate(inner, depth + 1), { level: 1 })
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
      const sha256 = createHash('sha256').update(packed).digest('base64url')
      const body = Buffer.from(JSON.stringify({ ...claims, size: packed.length, sha256 })).toString('base64url')
      const jws = Buffer.from([header, body, signature].join('.'))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(jws.length)
      return Buffer.concat([Buffer.from('FJB1'), length, jws, packed])
    } catch {
      return undefined
    }
  },
}

export const packedLayers: readonly Layer[] = [zlib, trustBundle]
